"""What the slip says: the words of a case, set out as a document. Pure.

Large first: whose slip it is, the reference, the code to scan and the key to type. Then
what was submitted and where, by when an answer comes, how to track the case, and the
small print.
"""

from collections.abc import Iterator
from datetime import date
from gettext import NullTranslations
from urllib.parse import urlsplit

import msgspec

from hardware.printer.document import Block, Document, Gap, Line, Pair, Qr, Role, Rule
from kiosk.catalogues import catalogue
from sync.deadline import day_in_words
from sync.reference import grouped
from sync.seal import encoded

_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_LANGUAGES = ("th", "en", "km", "my", "lo")
_TRIAL_CODE = "RAPFANG TEST PRINT"
_CONFIDENTIAL = "corruption"
_ANY = "case"
KEPT_BYTES = 4096
"""The words of a slip are padded to it, with spaces; four times what is usual."""
_SECTION = Gap(3.5)
_BREATH = Gap(2.0)


class SlipWords(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a slip may say. Holds the tracking key: never log it, wipe it when printed.

    `municipality` is in `language`; `municipality_th` stands beside it when that is not
    Thai. The days are Thailand's; without `submitted_on` the clock was a guess and the
    slip shows no date at all. `thai_digits` changes what is read, never what is typed.
    """

    municipality: str
    complaint_centre: str
    phone: str = ""
    reference: str
    tracking_key: str
    tracking_url: str
    language: str = "th"
    kind: str = "complaint"
    topic: str = ""
    division: str = ""
    place: str = ""
    submitted_on: date | None = None
    due_on: date | None = None
    privacy_notice_version: str = ""
    thai_digits: bool = False
    is_copy: bool = False
    municipality_th: str = ""


def encode(words: SlipWords) -> bytearray:
    """The words as a slip job keeps them: one length for all, while they wait for paper.

    The store wipes what is returned once it is kept.
    Of a confidential case neither kind nor topic, division or place go into it.
    """
    if words.kind == _CONFIDENTIAL:
        words = msgspec.structs.replace(words, kind=_ANY, topic="", division="", place="")
    return kept(words)


def kept(words: msgspec.Struct) -> bytearray:
    """The words of any paper, padded to one length, so that a job's does not tell which."""
    with encoded(words) as plain:
        return plain.ljust(KEPT_BYTES)


def decode(found: bytes) -> SlipWords:
    """The words of a slip job, as `encode` left them.

    Raises:
        msgspec.MsgspecError: not the words of a slip.
    """
    return msgspec.json.decode(found, type=SlipWords)


def document_for(words: SlipWords) -> Document:
    """The slip of one case; in Thai where its language has no slip yet."""
    if words.language not in _LANGUAGES:
        words = msgspec.structs.replace(words, language="th")
    return Document((*_head(words), *_code(words), *_facts(words), *_foot(words)))


def trial_slip(municipality: str, day: date | None = None) -> Document:
    """A slip that shows whether the printer is well; it stands for no case."""
    slip = catalogue("slip", "th")
    return Document(
        (
            Line(municipality, Role.TITLE, bold=True),
            Line(slip.gettext("Test print")),
            *([Line(day_in_words(day))] if day else []),
            _SECTION,
            Line("ที่ ปู่ น้ำ กตัญญู ผู้ใหญ่", Role.TITLE),
            Line("0123456789 ABCDEFGHJK"),
            Qr(_TRIAL_CODE),
            Line(slip.gettext("Please check that every line is clear and the code scans.")),
        )
    )


def _head(words: SlipWords) -> Iterator[Block]:
    """Whose slip it is and what it acknowledges."""
    slip = catalogue("slip", words.language)
    yield Line(words.municipality, Role.TITLE, bold=True)
    if words.municipality_th and words.municipality_th != words.municipality:
        yield Line(words.municipality_th)
    yield Line(_title(words.kind, slip))
    if words.is_copy:
        yield Line(slip.gettext("Copy"), bold=True)
    yield _SECTION


def _title(kind: str, slip: NullTranslations) -> str:
    """The slip's name; a confidential one gives nothing away."""
    titles = {
        "complaint": slip.gettext("Complaint received"),
        "suggestion": slip.gettext("Suggestion received"),
        "compliment": slip.gettext("Compliment received"),
    }
    return titles.get(kind, slip.gettext("Case received"))


def _code(words: SlipWords) -> Iterator[Block]:
    """The reference, the code to scan and, beside it, the key to type."""
    slip = catalogue("slip", words.language)
    yield Line(slip.gettext("Reference"), Role.SMALL)
    yield Line(words.reference, Role.DISPLAY, bold=True)
    groups = grouped(words.tracking_key).split("-")
    key = (Line(group, Role.CODE, bold=True) for group in groups)
    yield Qr(words.tracking_url, (Line(slip.gettext("Key"), Role.SMALL), *key))


def _facts(words: SlipWords) -> Iterator[Pair]:
    """What, where and when."""
    slip = catalogue("slip", words.language)
    if words.kind != _CONFIDENTIAL:
        told = (
            (slip.gettext("About"), words.topic),
            (slip.gettext("Place"), words.place),
            (slip.gettext("Handled by"), words.division),
        )
        yield from (Pair(label, _digits(said, words)) for label, said in told if said)
    if words.submitted_on is not None:
        yield Pair(slip.gettext("Submitted"), _day(words.submitted_on, words))


def _foot(words: SlipWords) -> Iterator[Block]:
    """By when, how to track, and the small print."""
    slip = catalogue("slip", words.language)
    yield from (_BREATH, Rule(), _BREATH)
    if words.submitted_on is not None and words.due_on is not None:
        by_day = slip.gettext("You will have an answer by {day}.")
        yield Line(by_day.format(day=_day(words.due_on, words)), bold=True)
        yield _BREATH
    yield from (Line(way) for way in _ways_to_track(words, slip))
    yield _SECTION
    yield from (Line(said, Role.SMALL) for said in _small_print(words, slip))


def _ways_to_track(words: SlipWords, slip: NullTranslations) -> Iterator[str]:
    """How to ask about the case; a telephone only where there is one."""
    yield slip.gettext("To track your case, scan the code above,")
    typed = slip.gettext("or open {address} and type the reference and the key.")
    yield typed.format(address=_shown_address(words.tracking_url))
    if words.phone:
        yield slip.gettext("Or call {phone}.").format(phone=_unbroken(words.phone))


def _small_print(words: SlipWords, slip: NullTranslations) -> Iterator[str]:
    yield slip.gettext("Please keep this slip. Whoever has the key can see the case.")
    yield words.complaint_centre
    if words.privacy_notice_version:
        notice = slip.gettext("Privacy notice, version {version}")
        yield notice.format(version=words.privacy_notice_version)


def _shown_address(tracking_url: str) -> str:
    """Central's address as a person types it: lower case, the scheme only where it matters."""
    parts = urlsplit(tracking_url.lower())
    return parts.netloc if parts.scheme == "https" else f"{parts.scheme}://{parts.netloc}"


def _day(day: date, words: SlipWords) -> str:
    return _unbroken(day_in_words(day, words.language, thai_digits=words.thai_digits))


def _unbroken(said: str) -> str:
    """A day or a telephone number stays on one line."""
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def _digits(said: str, words: SlipWords) -> str:
    thai = words.thai_digits and words.language == "th"
    return said.translate(_THAI_DIGITS) if thai else said
