"""The test slip: whether printer, paper and settings fit. It stands for no case."""

from collections.abc import Iterator
from datetime import date

import msgspec

from hardware.printer.document import Block, Document, Gauge, Line, Pair, Qr, Role
from kiosk.papers.parts import dated, whose, words_in
from kiosk.slip import BREATH, SECTION

_CODE = "RAPFANG TEST PRINT"
_SCRIPTS = (
    "ที่ ปู่ น้ำ กตัญญู ผู้ใหญ่ ๑๒๓",
    "Hamburg fjord 0123456789",
    "ផ្លូវ ស្រ្តី ដ្ឋាន កណ្ដឹង",
    "လမ်း ကျွန်ုပ် သတ္တဝါ ဦး",
    "ທາງ ນ້ຳຖ້ວມ ໝູ່ບ້ານ",
)
"""In each script what is hard to stack."""


class TrialWords(msgspec.Struct, frozen=True, kw_only=True):
    """Whose box it is, and what its settings say of the printer; no `day` by a guessing clock."""

    municipality: str
    day: date | None = None
    printer: str = ""
    paper_width_mm: int = 80
    is_copy: bool = False


def document_for(words: TrialWords) -> Document:
    """All scripts, all sizes, a code, and a ruler from edge to edge."""
    return Document((*_head(words), *_patterns()))


def _head(words: TrialWords) -> Iterator[Block]:
    said = words_in("th")
    yield from whose(words.municipality)
    yield Line(said.gettext("Test print"))
    yield from dated(words.day)
    yield BREATH
    if words.printer:
        yield Pair(said.gettext("Printer"), words.printer)
    yield Pair(said.gettext("Paper"), f"{words.paper_width_mm} mm")
    yield SECTION


def _patterns() -> Iterator[Block]:
    said = words_in("th")
    for script in _SCRIPTS:
        yield Line(script)
    yield Line(_SCRIPTS[0], Role.TITLE, bold=True)
    yield Line(_SCRIPTS[0], Role.SMALL)
    yield Qr(_CODE)
    yield Gauge()
    yield BREATH
    yield Line(said.gettext("Please check that every line is clear and the code scans."))
    ends = said.gettext("Both ends of the ruler must be there, and no white stripe in the bar.")
    yield Line(ends)
