"""A little ESC/POS interpreter: what a printer would put on paper, from the bytes alone.

Written from Epson's reference and not from `hardware.printer`, so that the one checks
the other. A command it does not know is an error, never skipped.
"""

from collections.abc import Callable, Iterator
from enum import Enum, auto

import msgspec
from PIL import Image, ImageChops

from hardware.errors import DeviceMisuse


class Act(Enum):
    """What a command makes the printer do."""

    RESET = auto()
    DOTS = auto()
    FEED = auto()
    CUT = auto()
    ANSWER = auto()
    STATUS = auto()
    NOTHING = auto()


class Command(msgspec.Struct, frozen=True):
    """One command: its bytes, what it does, and for how many rows of paper."""

    raw: bytes
    act: Act
    rows: int = 0


_Reader = Callable[[bytes], Command | None]
_NEED = {b"\0": 1, b"\x10\x04": 3, b"\x1b@": 2, b"\x1bJ": 3, b"\x1dv0": 8, b"\x1dV": 3, b"\x1dr": 3}
_CUTS_AT_ONCE = (0, 1, 48, 49)
_CUTS_AFTER_FEED = (65, 66)
_NORMAL_SIZE = (0, 48)
_RASTER_HEAD = 8


class Reader:
    """Cuts a stream of bytes, arriving in any pieces, into commands."""

    def __init__(self) -> None:
        self._buffer = b""

    def take(self, data: bytes) -> Iterator[Command]:
        """The commands complete with `data`.

        Raises:
            DeviceMisuse: a command this printer does not have.
        """
        self._buffer += data
        while (command := _first(self._buffer)) is not None:
            self._buffer = self._buffer[len(command.raw) :]
            yield command


class Sheet:
    """The paper that has come out since the last cut."""

    def __init__(self, width_dots: int) -> None:
        self._width = width_dots
        self._strips: list[Image.Image] = []

    def put(self, command: Command) -> None:
        """Print a command's rows below what is there.

        Raises:
            DeviceMisuse: the raster is wider than the paper.
        """
        if command.rows:
            self._strips.append(self._strip(command))

    def picture(self) -> Image.Image:
        """All of it, 1-bit, as wide as the paper."""
        height = sum(strip.height for strip in self._strips)
        picture, top = Image.new("1", (self._width, height), 255), 0
        for strip in self._strips:
            picture.paste(strip, (0, top))
            top += strip.height
        return picture

    def _strip(self, command: Command) -> Image.Image:
        blank = Image.new("1", (self._width, command.rows), 255)
        if command.act is not Act.DOTS:
            return blank
        width = 8 * int.from_bytes(command.raw[4:6], "little")
        if width > self._width:
            raise DeviceMisuse(f"a raster of {width} dots on paper of {self._width}")
        ink = Image.frombytes("1", (width, command.rows), command.raw[_RASTER_HEAD:])
        blank.paste(ImageChops.invert(ink), (0, 0))
        return blank


def picture_of(data: bytes, width_dots: int = 576) -> Image.Image:
    """What a job's bytes put on paper `width_dots` wide, up to the first cut.

    Raises:
        DeviceMisuse: an unknown command, or one that is cut short.
    """
    sheet = Sheet(width_dots)
    for command in Reader().take(data):
        if command.act is Act.CUT:
            return sheet.picture()
        sheet.put(command)
    raise DeviceMisuse("the job ends without a cut")


def _first(data: bytes) -> Command | None:
    """The command at the start of `data`; None while it is incomplete."""
    for opening, need in _NEED.items():
        if data.startswith(opening):
            return _read(data) if len(data) >= need else None
    if any(opening.startswith(data) for opening in _NEED):
        return None
    raise DeviceMisuse(f"unknown command {data[:4].hex(' ')}")


def _read(data: bytes) -> Command | None:
    if data.startswith(b"\0"):
        return Command(data[:1], Act.NOTHING)
    match data[:2]:
        case b"\x10\x04":
            return Command(data[:3], Act.STATUS)
        case b"\x1b@":
            return Command(data[:2], Act.RESET)
        case b"\x1bJ":
            return Command(data[:3], Act.FEED, rows=data[2])
        case b"\x1dr":
            return Command(data[:3], Act.ANSWER)
        case b"\x1dV":
            return _read_cut(data)
    return _read_raster(data)


def _read_cut(data: bytes) -> Command | None:
    if data[2] in _CUTS_AT_ONCE:
        return Command(data[:3], Act.CUT)
    if data[2] not in _CUTS_AFTER_FEED:
        raise DeviceMisuse(f"unknown cut {data[2]}")
    return Command(data[:4], Act.CUT) if len(data) > len(b"\x1dVB") else None


def _read_raster(data: bytes) -> Command | None:
    if data[3] not in _NORMAL_SIZE:
        raise DeviceMisuse("only rasters of normal size")
    width_bytes, rows = (int.from_bytes(data[at : at + 2], "little") for at in (4, 6))
    if not width_bytes or not rows:
        raise DeviceMisuse("an empty raster")
    length = _RASTER_HEAD + width_bytes * rows
    return Command(data[:length], Act.DOTS, rows=rows) if len(data) >= length else None
