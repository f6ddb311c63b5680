"""The record of a box opening: the day's counts and a digest over every case so far.

Once it is signed and filed, no case can be changed, taken away or slipped in afterwards
without the digest telling so: central works the same one out from what it holds.
"""

from collections.abc import Iterator
from datetime import date

import msgspec

from hardware.printer.document import Block, Document, Line, Pair, Qr, Role, ToSign
from kiosk.papers.parts import dated, whose, words_in
from kiosk.slip import BREATH, SECTION
from sync.tally import in_rows

_OFFICERS = 2


class AnchorWords(msgspec.Struct, frozen=True, kw_only=True):
    """What the record says. `digest` is `sync.tally.chain_of` cases 1 to `through`, in hex.

    `without` are the numbers that central refused. `url` is where central checks it. The
    counts are of `day`, Thailand's; it is None where the clock is a guess.
    """

    municipality: str
    device_code: str
    day: date | None = None
    cases: int = 0
    ratings: int = 0
    through: int = 0
    without: list[int] = []
    digest: str
    url: str
    thai_digits: bool = False
    is_copy: bool = False


def document_for(words: AnchorWords) -> Document:
    """The record, with two lines to sign; in Thai, for officers and auditors.

    Before the first case there is nothing that a digest could hold fast.
    """
    digest = _digest(words) if words.through else ()
    return Document((*_head(words), *digest, *_signatures(words)))


def _head(words: AnchorWords) -> Iterator[Block]:
    said = words_in("th")
    yield from whose(words.municipality)
    yield Line(said.gettext("Record of a box opening"))
    yield from dated(words.day, thai_digits=words.thai_digits)
    yield SECTION
    yield Line(said.gettext("Kiosk"), Role.SMALL)
    yield Line(words.device_code, Role.DISPLAY, bold=True)
    yield BREATH
    if words.day is not None:
        yield Pair(said.gettext("Cases that day"), str(words.cases))
        yield Pair(said.gettext("Ratings that day"), str(words.ratings))
    yield Pair(said.gettext("Cases so far"), str(words.through))
    if words.without:
        numbers = ", ".join(str(number) for number in words.without)
        yield Pair(said.gettext("Left out"), numbers, Role.SMALL)


def _digest(words: AnchorWords) -> Iterator[Block]:
    said = words_in("th")
    yield Qr(words.url)
    yield Line(said.gettext("Digest of all cases so far"), Role.SMALL)
    yield from (Line(row) for row in in_rows(words.digest))
    yield BREATH
    check = said.gettext("To check it, scan the code while signed in at the centre.")
    yield Line(check, Role.SMALL)


def _signatures(words: AnchorWords) -> Iterator[Block]:
    said = words_in("th")
    if words.day is None:
        yield ToSign(said.gettext("Date"))
    for _ in range(_OFFICERS):
        yield ToSign(said.gettext("Signed"))
