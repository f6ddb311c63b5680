"""How much of a roll was printed on, for printers that have no sensor near its end."""

import logging
from pathlib import Path

import msgspec

from kiosk.files import write_atomically

log = logging.getLogger(__name__)

ROLL_FILE = "roll.json"
"""In the state directory."""
PAPER_CHANGED = "paper-changed"
"""In the runtime directory: the front desk says that there is a new roll."""
LOW_SHARE = 0.9
"""Of a roll's length; the last tenth is worth a warning."""


class _Kept(msgspec.Struct, frozen=True):
    used_mm: float = 0.0


class Roll:
    """Counts the paper that goes out; an estimate, so a file that is gone or odd means a new roll.

    Args:
        state_dir: where `roll.json` is kept.
        length_m: of a new roll; 0 where it is not known, and nobody is warned.
    """

    def __init__(self, state_dir: Path, length_m: float) -> None:
        self._path = state_dir / ROLL_FILE
        self._length_mm = length_m * 1000
        self._used_mm = self._read()

    @property
    def is_low(self) -> bool:
        """Whether nine tenths of it are used up."""
        return 0 < self._length_mm * LOW_SHARE < self._used_mm

    def use(self, length_mm: float) -> None:
        """So much paper went out. Nothing is kept where no length is known."""
        if self._length_mm:
            self._keep(self._used_mm + length_mm)

    def renew(self) -> None:
        """There is a new roll."""
        if self._used_mm:
            log.info("paper changed after %.0f m", self._used_mm / 1000)
            self._keep(0.0)

    def _keep(self, used_mm: float) -> None:
        self._used_mm = used_mm
        try:
            write_atomically(self._path, msgspec.json.encode(_Kept(used_mm)))
        except OSError as error:
            log.warning("the length of paper used is not kept: %s", error.strerror)

    def _read(self) -> float:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=_Kept).used_mm
        except (OSError, msgspec.MsgspecError):
            return 0.0


def used_m(state_dir: Path) -> float:
    """Metres of the roll that went out, by what was kept last."""
    return Roll(state_dir, 0.0)._used_mm / 1000
