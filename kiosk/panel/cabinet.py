"""Whether the cabinet is open, kept across power cuts: what opened it meanwhile is found."""

import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from sync.whole import put

log = logging.getLogger(__name__)

CABINET_FILE = "cabinet.json"
OPENED, CLOSED = "cabinet_opened", "cabinet_closed"

Keep = Callable[[str, bool], bool]
"""A kind of event, and whether it was found at the start; True once it is durably kept."""


class Seen(msgspec.Struct, frozen=True):
    """The state that an event was kept for last."""

    is_open: bool


class Cabinet:
    """Compares what the switch says with what was kept last, in `state_dir`.

    The event is kept before the state: a power cut in between tells of it twice, never not
    at all. A new box's cabinet is as it is found, and nobody is told; where the state is
    there and can't be read, it counts as closed, so that an open one is.
    """

    def __init__(self, state_dir: Path, keep: Keep) -> None:
        self._file = state_dir / CABINET_FILE
        self._keep = keep
        self._kept = self._read()
        self._is_first = True

    def look(self, is_open: bool | None) -> bool:
        """Keep an event if the state is another; True when it was opened just now.

        `is_open` is None while the switch is not known. What can't be kept now is tried
        again at the next look.
        """
        if is_open is None:
            return False
        at_start, self._is_first = self._is_first, False
        if self._kept is None:
            self._note(is_open)
        elif self._kept.is_open != is_open:
            kind = OPENED if is_open else CLOSED
            if not self._keep(kind, at_start):
                self._is_first = at_start
                return False
            log.warning("%s%s", kind.replace("_", " "), ", found at the start" if at_start else "")
            self._note(is_open)
            return is_open and not at_start
        return False

    def _note(self, is_open: bool) -> None:
        self._kept = Seen(is_open)
        try:
            put(self._file, msgspec.json.encode(self._kept))
        except OSError as error:
            log.warning("the cabinet's state was not kept: %s", error.strerror)

    def _read(self) -> Seen | None:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Seen)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("the cabinet's state cannot be read: %s", type(error).__name__)
            return Seen(is_open=False)
