"""What somebody who signed up for an activity takes home. No name and no number stand on it."""

from collections.abc import Iterator
from datetime import date

import msgspec

from hardware.printer.document import Block, Document, Line, Role, Rule
from kiosk.papers.parts import as_copy, in_thai, whose, words_in
from kiosk.slip import BREATH, SECTION
from sync.deadline import day_in_words

_MOST_TITLE_ROWS = 4
_MOST_ROWS = 9
_NO_BREAK = "\N{NO-BREAK SPACE}"


class JoinedWords(msgspec.Struct, frozen=True, kw_only=True):
    """The activity as the glass told of it: `about` says when and where, in its own words.

    What ends in `_th` is in Thai. `phone` is the municipality's.
    """

    municipality: str
    municipality_th: str = ""
    language: str = "th"
    title: str
    title_th: str = ""
    about: str = ""
    about_th: str = ""
    phone: str = ""
    signed_on: date | None = None
    thai_digits: bool = False
    is_copy: bool = False


def document_for(words: JoinedWords) -> Document:
    """The activity in large type, then when and where."""
    return Document(tuple(_blocks(words)))


def _blocks(words: JoinedWords) -> Iterator[Block]:
    said = words_in(words.language)
    yield from whose(words.municipality, words.municipality_th)
    yield Line(said.gettext("Signed up for an activity"))
    if words.is_copy:
        yield from as_copy(words.language)
    yield SECTION
    yield Line(words.title, Role.TITLE, bold=True, most_rows=_MOST_TITLE_ROWS)
    yield from in_thai(words.title, words.title_th, _MOST_TITLE_ROWS)
    if words.about:
        yield BREATH
        yield Line(words.about, most_rows=_MOST_ROWS)
        yield from in_thai(words.about, words.about_th, _MOST_ROWS)
    yield from (BREATH, Rule(), BREATH)
    if words.signed_on is not None:
        day = day_in_words(words.signed_on, words.language, thai_digits=words.thai_digits)
        on_day = said.gettext("Signed up on {day}").format(day=day.replace(" ", _NO_BREAK))
        yield Line(on_day, Role.SMALL)
    if words.phone:
        phone = words.phone.replace(" ", _NO_BREAK)
        yield Line(said.gettext("Call {phone}").format(phone=phone))
    yield BREATH
    bring = said.gettext("Please bring this paper. Nothing on it tells who you are.")
    yield Line(bring, Role.SMALL)
