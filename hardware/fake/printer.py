"""A virtual slip printer: a device with a roll, a cover and a tray, not a mock.

Each slip stays in the tray as the bytes that came in (`slip-0001.bin`) and as what they
put on paper (`slip-0001.png`); one that was never cut off stays `slip-0001.part`. From
outside, `control.json` in the tray makes a running printer fail (`Controls`), and
`roll.json` tells and sets how much paper is left. Write both by renaming.
"""

import fcntl
import re
import time
from pathlib import Path
from typing import BinaryIO, Literal, TypeVar

import msgspec

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceMisuse
from hardware.fake.interpreter import Act, Command, Reader, Sheet
from hardware.printer.paper import DOTS_PER_MM, Paper

NEW_ROLL_MM = 80_000.0
NEAR_END_MM = 3_000.0
"""Less paper than this lets the near-end sensor speak."""
CUTTER_MM = 12.0
"""From the print head to the blade: this much is fed before each cut."""

_PATIENCE_S = 5.0
_GLANCE_S = 0.05
_WELL, _OFF_LINE = 0x12, 0x08
_COVER, _NO_PAPER = 0x04, 0x20
_NEAR_END, _PAPER_END = 0x0C, 0x60
_TURN_NEAR_END, _TURN_PAPER_END = 0x03, 0x0C
_BLANK = (255, 255)
_GARBAGE = b"\xff\x93\x81"
"""No answer of any printer: bits stand wrong in each byte."""
_REALTIME = re.compile(rb"\x10\x04([\x01-\x04])")
_CONTROL, _ROLL = "control.json", "roll.json"
_Shape = TypeVar("_Shape", bound=msgspec.Struct)
_SLIP = re.compile(r"slip-(\d+)\.")


class Controls(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`control.json`: what is wrong with the printer now. Counted in bytes of one job.

    `stall_after_bytes` takes no more until it is lifted; `lost_after_bytes` is a pulled
    cable; at `cover_opens_after_bytes` somebody opens the cover. `answers` is what status
    questions get; `near_end` makes the sensor speak before its time. Dots that would
    fall off the roll's end are not printed.
    """

    paper: bool = True
    near_end: bool = False
    cover_open: bool = False
    off_line: bool = False
    missing: bool = False
    stall_after_bytes: int | None = None
    lost_after_bytes: int | None = None
    cover_opens_after_bytes: int | None = None
    answers: Literal["right", "none", "garbage"] = "right"


class Roll(msgspec.Struct, frozen=True):
    """`roll.json`: paper left. Remove the file to put in a new roll."""

    roll_mm: float = NEW_ROLL_MM


class VirtualPrinter:
    """A link with a printer at its end.

    Args:
        tray: the folder where slips land and the control files lie.
        paper: what it is loaded with.
        patience_s: how long a write waits for a printer that takes nothing.
    """

    def __init__(self, tray: Path, paper: Paper, *, patience_s: float = _PATIENCE_S) -> None:
        self._tray = tray
        self._paper = paper
        self._patience_s = patience_s
        self._lock: BinaryIO | None = None
        self._roll_mm = 0.0
        self._answers = b""
        self._start_job()

    def open(self) -> None:
        """Take the printer. Raises DeviceMissing, or DeviceBusy: another process has it."""
        try:
            self._tray.mkdir(parents=True, exist_ok=True)
            self._lock = (self._tray / ".lock").open("ab")
        except OSError as error:
            raise DeviceMissing(f"{self._tray}: {error.strerror}") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            raise DeviceBusy(f"{self._tray} is in use") from error
        if self._controls().missing:
            self.close()
            raise DeviceMissing("the virtual printer is unplugged")
        self._start_job()
        self._roll_mm = _read(self._tray / _ROLL, Roll).roll_mm

    def write(self, data: bytes) -> None:
        """Print as the bytes come. Raises DeviceBusy: stalled; DeviceLost: went away."""
        if _REALTIME.fullmatch(data):
            self.ask(data)
            return
        give_up_at = time.monotonic() + self._patience_s
        while data:
            if taken := self.take(data):
                data, give_up_at = data[taken:], time.monotonic() + self._patience_s
            elif time.monotonic() >= give_up_at:
                raise DeviceBusy("the virtual printer takes no more")
            else:
                time.sleep(_GLANCE_S)

    def ask(self, question: bytes) -> None:
        """Answer DLE EOT at once, off line or not. Raises DeviceLost: went away."""
        self._presence()
        self._answer(self._status(question[-1]))

    def take(self, data: bytes) -> int:
        """Print what it can of `data` now; how many bytes that were.

        Raises:
            DeviceLost: it went away.
            DeviceBusy: the roll ended in the middle of a slip.
        """
        taken = self._room(len(data))
        self._taken += taken
        for command in self._reader.take(data[:taken]):
            self._do(command)
        return taken

    def read(self, timeout_s: float) -> bytes:  # noqa: ARG002  answers are there at once
        """The status bytes not read yet. Raises DeviceLost: went away."""
        self._presence()
        answers, self._answers = self._answers, b""
        return answers

    def close(self) -> None:
        """Let the printer go."""
        if self._lock is not None:
            if self._has_fed:
                _replace(self._tray / _ROLL, msgspec.json.encode(Roll(self._roll_mm)))
            self._lock.close()
            self._lock = None

    def _start_job(self) -> None:
        self._reader = Reader()
        self._sheet = Sheet(self._paper.width_dots)
        self._part: Path | None = None
        self._answers = b""
        self._taken = 0
        self._has_fed = False

    def _room(self, wanted: int) -> int:
        """How many of `wanted` bytes the printer takes now."""
        controls = self._presence()
        if self._is_off_line(controls):
            return 0
        limits = [
            controls.stall_after_bytes,
            controls.lost_after_bytes,
            controls.cover_opens_after_bytes,
        ]
        rooms = (limit - self._taken for limit in limits if limit is not None)
        return max(0, min([wanted, *rooms]))

    def _presence(self) -> Controls:
        """The controls of a printer that is there. Raises DeviceLost: it is not."""
        controls = self._controls()
        pulled = controls.lost_after_bytes
        if controls.missing or (pulled is not None and self._taken >= pulled):
            raise DeviceLost("the virtual printer was unplugged")
        return controls

    def _do(self, command: Command) -> None:
        if command.act is Act.NOTHING:
            return
        if command.act is Act.ANSWER:
            self._answer(self._in_turn())
            return
        if command.act is Act.STATUS:
            self._answer(self._status(command.raw[-1]))
            return
        if command.act is Act.RESET:
            self._part, self._sheet = None, Sheet(self._paper.width_dots)
        self._use_paper(command.rows)
        self._keep(command.raw)
        if command.act is Act.CUT:
            self._cut()
        else:
            self._sheet.put(command)

    def _answer(self, byte: int) -> None:
        match self._controls().answers:
            case "right":
                self._answers += bytes([byte])
            case "garbage":
                self._answers += _GARBAGE

    def _use_paper(self, rows: int) -> None:
        """Unroll paper; what is not there any more is not printed on."""
        self._roll_mm -= rows / DOTS_PER_MM
        self._has_fed = True
        if self._roll_mm < 0:
            self._roll_mm = 0.0
            raise DeviceBusy("the roll ended in the middle of a slip")

    def _keep(self, raw: bytes) -> None:
        if self._part is None:
            self._part = self._tray / f"slip-{self._next_number():04d}.part"
        with self._part.open("ab") as part:
            part.write(raw)

    def _cut(self) -> None:
        """The slip falls into the tray."""
        if self._part is None:
            raise DeviceMisuse("a cut with nothing to cut off")
        self._use_paper(round(CUTTER_MM * DOTS_PER_MM))
        picture = self._sheet.picture()
        if picture.getextrema() == _BLANK:
            self._part.unlink()  # a scrap, and no slip
        else:
            drawn = self._part.with_suffix(".drawn")
            picture.save(drawn, format="PNG")
            self._part.replace(self._part.with_suffix(".bin"))
            drawn.replace(self._part.with_suffix(".png"))
        self._part, self._sheet, self._taken = None, Sheet(self._paper.width_dots), 0

    def _next_number(self) -> int:
        taken = [
            int(found[1]) for path in self._tray.iterdir() if (found := _SLIP.match(path.name))
        ]
        return max(taken, default=0) + 1

    def _status(self, question: int) -> int:
        """The answer to DLE EOT `question`: printer, cause of being off line, error, paper."""
        controls = self._controls()
        has_paper = self._has_paper(controls)
        match question:
            case 1:
                return _WELL | (_OFF_LINE if self._is_off_line(controls) else 0)
            case 2:
                cover = _COVER if self._is_open(controls) else 0
                return _WELL | cover | (0 if has_paper else _NO_PAPER)
            case 4:
                near = _NEAR_END if self._is_near_end(controls) else 0
                return _WELL | near | (0 if has_paper else _PAPER_END)
        return _WELL

    def _in_turn(self) -> int:
        """The answer to GS r 1: paper."""
        controls = self._controls()
        near = _TURN_NEAR_END if self._is_near_end(controls) else 0
        return near | (0 if self._has_paper(controls) else _TURN_PAPER_END)

    def _is_near_end(self, controls: Controls) -> bool:
        """Whether the sensor above the roll's end sees none; a used up roll it never sees."""
        is_low = self._roll_mm < NEAR_END_MM
        return controls.near_end or is_low or not self._has_paper(controls)

    def _is_off_line(self, controls: Controls) -> bool:
        return controls.off_line or self._is_open(controls) or not self._has_paper(controls)

    def _is_open(self, controls: Controls) -> bool:
        at = controls.cover_opens_after_bytes
        return controls.cover_open or (at is not None and self._taken >= at)

    def _has_paper(self, controls: Controls) -> bool:
        return controls.paper and self._roll_mm > 0

    def _controls(self) -> Controls:
        return _read(self._tray / _CONTROL, Controls)


def _read(path: Path, shape: type[_Shape]) -> _Shape:
    """A file in the tray; its defaults when it is not there."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=shape)
    except FileNotFoundError:
        return shape()
    except msgspec.MsgspecError as error:
        raise DeviceMisuse(f"{path}: {error}") from error


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(data)
    fresh.replace(path)
