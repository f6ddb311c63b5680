"""The restart ladder's upper rungs: what to do about a glass that systemd gave up on.

`python -m kiosk.ladder` ends well (0) where the box is to reboot, and notes that first, on
the disk; anything else means out of service. Two reboots an hour at most: what they do not
mend, a third will not, and a box that reboots for ever says nothing to anybody.
"""

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from kiosk import log as logs
from kiosk.config import config_path, load
from kiosk.errors import ConfigError
from sync.whole import put

log = logging.getLogger(__name__)

LADDER_FILE = "ladder.json"
MOST_REBOOTS, WITHIN = 2, timedelta(hours=1)
REBOOT, OUT_OF_SERVICE = 0, 1
_WRONG_SETTINGS = "2"
"""How the glass ends where its settings are wrong, and `kiosk.giving_up` after it: a reboot
does not mend a file."""


class Climbed(msgspec.Struct, frozen=True, kw_only=True):
    """When this box rebooted for its glass, in UTC by its own clock."""

    reboots: list[datetime] = []


def climb(reboots: Sequence[datetime], now: datetime) -> list[datetime] | None:
    """The reboots to note before one more; None where there were enough of late.

    A box without a battery may wake in the past. What lies in its future then counts as of
    now, so it neither falls out of the hour nor stays in it for ever.
    """
    recent = [min(at, now) for at in reboots if now - at < WITHIN]
    return None if len(recent) >= MOST_REBOOTS else [*recent, now]


def decide(state_dir: Path, monitored: Mapping[str, str], now: datetime) -> bool:
    """Whether to reboot; it is noted durably by then. `monitored` is what systemd tells.

    Raises:
        OSError: it could not be noted; then the box must not reboot.
    """
    if monitored.get("MONITOR_EXIT_STATUS") == _WRONG_SETTINGS:
        return False
    path = state_dir / LADDER_FILE
    told = _read(path)
    noted = None if told is None else climb(told.reboots, now)
    if noted is None:
        _keep(path, Climbed(reboots=_since(told, now)))
        return False
    _keep(path, Climbed(reboots=noted))
    return True


def main() -> int:
    """0 to reboot, 1 to be out of service."""
    logs.to_stderr()
    try:
        state_dir = load(config_path()).state_dir
        is_to_reboot = decide(state_dir, os.environ, datetime.now(UTC))
    except (ConfigError, OSError) as error:
        log.error("the glass gave up, and no reboot mends it: %s", error)  # noqa: TRY400
        return OUT_OF_SERVICE
    log.error("the glass gave up: %s", "rebooting" if is_to_reboot else "out of service")
    return REBOOT if is_to_reboot else OUT_OF_SERVICE


def _since(told: Climbed | None, now: datetime) -> list[datetime]:
    """What still counts; a file that nobody can read counts as just now, twice."""
    if told is None:
        return [now] * MOST_REBOOTS
    return [min(at, now) for at in told.reboots if now - at < WITHIN]


def _read(path: Path) -> Climbed | None:
    """What was noted; None where it cannot be read. Raises OSError: the disk does not answer."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Climbed)
    except FileNotFoundError:
        return Climbed()
    except msgspec.MsgspecError:
        return None


def _keep(path: Path, climbed: Climbed) -> None:
    """The whole new file or the whole old one, on the disk. Raises OSError."""
    put(path, msgspec.json.encode(climbed))


if __name__ == "__main__":
    sys.exit(main())
