"""The report on a box for the folder in its cabinet: what `kiosk status` says, on paper."""

from collections.abc import Iterator
from datetime import date

import msgspec

from hardware.printer.document import Block, Document, Line, Pair, Role
from kiosk.papers.parts import dated, whose, words_in
from kiosk.slip import BREATH, SECTION


class DeviceWords(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of name and words, the technician's; nothing that anybody said."""

    municipality: str
    device_code: str
    day: date | None = None
    rows: list[tuple[str, str]]
    is_copy: bool = False


def document_for(words: DeviceWords) -> Document:
    """Which box, and how it is, in the words of the command line."""
    return Document(tuple(_blocks(words)))


def _blocks(words: DeviceWords) -> Iterator[Block]:
    said = words_in("th")
    yield from whose(words.municipality)
    yield Line(said.gettext("Report on this kiosk"))
    yield from dated(words.day)
    yield SECTION
    yield Line(said.gettext("Kiosk"), Role.SMALL)
    yield Line(words.device_code, Role.DISPLAY, bold=True)
    yield BREATH
    for name, told in words.rows:
        yield Pair(name, told, Role.SMALL)
