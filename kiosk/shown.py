"""The display log as the glass kept it; read by the agent, which needs no pictures for that."""

import logging
from pathlib import Path

import msgspec

from sync.wire import ItemShown

log = logging.getLogger(__name__)

SHOWN_FILE = "shown.json"
"""Where the counts lie, in the state directory, until they are too old to be told again."""


def read_shown(state_dir: Path) -> list[ItemShown]:
    """The display log as it was kept; empty where there is none, or a broken one."""
    try:
        return msgspec.json.decode((state_dir / SHOWN_FILE).read_bytes(), type=list[ItemShown])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.MsgspecError) as error:
        log.warning("display log is not used: %s", type(error).__name__)
        return []
