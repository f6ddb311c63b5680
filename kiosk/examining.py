"""The doctor's round, which nobody asked for: `python -m kiosk.examining`, at boot and each night.

Looked at is what no vital stands for: every page of the store, keys and codes, what central
holds, the release. The log hears of each finding, and the vital `doctor` names them to central.
"""

import logging
import sys
import time
from collections.abc import Callable

import msgspec

from kiosk import log as logs
from kiosk.alone import last_deed
from kiosk.config import Config, config_path, load
from kiosk.doctor import Examination, round_of
from kiosk.errors import Busy, ConfigError, NotNow
from kiosk.files import write_atomically
from kiosk.vitals import ROUND_FILE, Round
from sync.store import STORE_FILE, has_been

log = logging.getLogger(__name__)


def look(
    config: Config, go_round: Callable[[Config], Examination] = round_of
) -> Examination | None:
    """Make the round, and note for the vital what was found; None on a box that keeps nothing yet.

    Raises:
        Busy: a technician is at the box, or was meanwhile: what they are about is no finding.
        OSError: it cannot be noted.
    """
    if not has_been(config.state_dir / STORE_FILE):
        return None
    before = last_deed(config)
    found = go_round(config)
    if last_deed(config) != before:
        raise Busy("a technician was at the box meanwhile; next: systemctl start kiosk-health")
    noted = Round(
        at_s=time.monotonic(),
        ill=[each.name for each in found.findings if not each.is_well],
        worth_a_look=[each.name for each in found.findings if each.is_worth_a_look],
    )
    write_atomically(config.runtime_dir / ROUND_FILE, msgspec.json.encode(noted))
    return found


def main() -> int:
    """1 where nothing could be looked at; what was found is no failure of the round."""
    logs.to_stderr()
    try:
        found = look(load(config_path()))
    except NotNow as error:
        log.info("no round: %s", error)
        return 0
    except (ConfigError, OSError) as error:
        log.error("no round: %s", error)  # noqa: TRY400
        return 1
    for finding in found.findings if found else []:
        if not finding.is_well:
            log.warning("%s: %s; next: %s", finding.name, finding.evidence, finding.next)
    return 0


if __name__ == "__main__":
    sys.exit(main())
