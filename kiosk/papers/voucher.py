"""The voucher that thanks for a rating, where the municipality gives one. It knows nobody."""

from collections.abc import Iterator
from datetime import date

import msgspec

from hardware.printer.document import Block, Document, Line, Role
from kiosk.papers.parts import as_copy, dated, in_thai, whose, words_in
from kiosk.slip import BREATH, SECTION

_MOST_ROWS = 6


class VoucherWords(msgspec.Struct, frozen=True, kw_only=True):
    """What a voucher says; neither the score nor anything that leads back to a rating.

    `text` is the municipality's own, in `language`; what ends in `_th` is in Thai.
    """

    municipality: str
    municipality_th: str = ""
    language: str = "th"
    text: str
    text_th: str = ""
    division: str = ""
    given_on: date | None = None
    thai_digits: bool = False
    is_copy: bool = False


def document_for(words: VoucherWords) -> Document:
    """The voucher, its promise in large type."""
    return Document(tuple(_blocks(words)))


def _blocks(words: VoucherWords) -> Iterator[Block]:
    said = words_in(words.language)
    yield from whose(words.municipality, words.municipality_th)
    yield Line(said.gettext("Thank you for your rating"))
    if words.is_copy:
        yield from as_copy(words.language)
    yield SECTION
    yield Line(words.text, Role.TITLE, bold=True, most_rows=_MOST_ROWS)
    yield from in_thai(words.text, words.text_th, _MOST_ROWS)
    yield SECTION
    if words.division:
        yield Line(words.division, most_rows=2)
    yield from dated(words.given_on, words.language, thai_digits=words.thai_digits)
    yield BREATH
    yield Line(said.gettext("Nothing on this paper tells who you are."), Role.SMALL)
