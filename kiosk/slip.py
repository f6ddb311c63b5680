"""What the slip says: the words of a case, set out as a document. Pure.

Large first: whose slip it is, the reference, the code to scan and the key to type. Then
what was submitted and where, by when an answer comes, how to track the case, and the
small print. Where it speaks another language, what an officer or a neighbour must be able
to read stands in Thai beneath.
"""

from collections.abc import Iterator
from datetime import date
from gettext import NullTranslations
from urllib.parse import urlsplit

import msgspec
from icu4py.breakers import CharacterBreaker

from hardware.printer.document import Block, Document, Gap, Line, Pair, Qr, Role, Rule
from kiosk.catalogues import catalogue
from sync.deadline import day_in_words
from sync.reference import grouped
from sync.seal import encoded

_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_LANGUAGES = ("th", "en", "km", "my", "lo")
_CONFIDENTIAL = "corruption"
_ANY = "case"
KEPT_BYTES = 4096
"""The words of a slip are padded to it, with spaces; four times what is usual."""
_LONGEST = 90
"""Characters kept of a name, a topic or a place: the paper has no room for more."""
_MOST_ROWS = 4
_MOST_NAME_ROWS = 2
_NO_BREAK = "\N{NO-BREAK SPACE}"
_NOTHING = _NO_BREAK
SECTION = Gap(3.5)
BREATH = Gap(1.75)
HAIR = Gap(0.875)


class SlipWords(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a slip may say. Holds the tracking key: never log it, wipe it when printed.

    What ends in `_th` stands in Thai beside its like in `language`; it is empty, or the
    same, where that is Thai. The days are Thailand's; without `submitted_on` the clock was a
    guess and the slip shows no date at all. `call_first` names whom to call in an emergency.
    `thai_digits` changes what is read, never what is typed.
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
    topic_th: str = ""
    division_th: str = ""
    place_th: str = ""
    call_first: str = ""
    call_first_phone: str = ""


_TELLING = ("topic", "division", "place", "topic_th", "division_th", "place_th")
"""What would tell a case apart from others."""
_CALLING = ("call_first", "call_first_phone")
_NAMING = ("municipality", "municipality_th", "complaint_centre")


def encode(words: SlipWords) -> bytearray:
    """The words as a slip job keeps them: one length for all, while they wait for paper.

    The store wipes what is returned once it is kept.
    Of a confidential case neither kind nor topic, division or place go into it.
    """
    return kept(_bounded(_discreet(words)))


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
    words = _discreet(words)
    if words.language not in _LANGUAGES:
        words = msgspec.structs.replace(words, language="th")
    blocks = (*_head(words), *_code(words), *_facts(words), *_foot(words))
    return Document((*blocks, *_blank(words)))


def _discreet(words: SlipWords) -> SlipWords:
    """A confidential case's words without anything that tells it from another case."""
    if words.kind != _CONFIDENTIAL:
        return words
    return msgspec.structs.replace(words, kind=_ANY, **dict.fromkeys((*_TELLING, *_CALLING), ""))


def _bounded(words: SlipWords) -> SlipWords:
    """No longer than the paper has room for, so that all slips are kept in one length."""
    fields = (*_TELLING, "call_first", *_NAMING)
    return msgspec.structs.replace(words, **{at: shortened(getattr(words, at)) for at in fields})


def shortened(said: str, longest: int = _LONGEST) -> str:
    """`said` in at most `longest` characters, never parting a letter from its marks."""
    if len(said) <= longest:
        return said
    kept = ""
    for letter in CharacterBreaker(said, "th"):
        if len(kept) + len(letter) >= longest:
            break
        kept += letter
    return kept.rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def _head(words: SlipWords) -> Iterator[Block]:
    """Whose slip it is and what it acknowledges."""
    slip, thai = catalogue("slip", words.language), catalogue("slip", "th")
    yield Line(words.municipality, Role.TITLE, bold=True, most_rows=_MOST_NAME_ROWS)
    if words.municipality_th and words.municipality_th != words.municipality:
        yield Line(words.municipality_th, most_rows=_MOST_NAME_ROWS)
    yield Line(_title(words.kind, slip))
    if _is_bilingual(words):
        yield Line(_title(words.kind, thai), Role.SMALL)
    if words.is_copy:
        yield Line(_both(slip.gettext("Copy"), thai.gettext("Copy")), Role.TITLE, bold=True)
    yield SECTION


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
    slip, thai = catalogue("slip", words.language), catalogue("slip", "th")
    yield Line(_both(slip.gettext("Reference"), thai.gettext("Reference")), Role.SMALL)
    yield Line(words.reference, Role.DISPLAY, bold=True)
    groups = grouped(words.tracking_key).split("-")
    key = (Line(group, Role.CODE, bold=True) for group in groups)
    yield Qr(words.tracking_url, (Line(slip.gettext("Key"), Role.SMALL), *key))


def _facts(words: SlipWords) -> Iterator[Pair | Gap]:
    """What, where and when; beneath each line of another language, the same in Thai."""
    slip, thai = catalogue("slip", words.language), catalogue("slip", "th")
    told = (words.topic, words.place, words.division)
    in_thai = (words.topic_th, words.place_th, words.division_th)
    rows = zip(_labels(slip), told, _labels(thai), in_thai, strict=True)
    for label, said, label_th, said_th in rows:
        if said:
            yield Pair(label, _digits(said, words), most_rows=_MOST_ROWS)
        if said and _is_bilingual(words):
            if said_th and said_th != said:
                yield Pair(label_th, said_th, Role.SMALL, _MOST_ROWS)
            yield HAIR
    if words.submitted_on is not None:
        yield Pair(slip.gettext("Submitted"), _day(words.submitted_on, words))


def _labels(slip: NullTranslations) -> tuple[str, str, str]:
    return slip.gettext("About"), slip.gettext("Place"), slip.gettext("Handled by")


def _foot(words: SlipWords) -> Iterator[Block]:
    """By when, whom to call at once, how to track, and the small print."""
    slip = catalogue("slip", words.language)
    yield from (BREATH, Rule(), BREATH)
    for pressing in (tuple(_by_when(words, slip)), tuple(_emergency(words, slip))):
        if pressing:
            yield from pressing
            yield BREATH
    yield from (Line(way) for way in _ways_to_track(words, slip))
    yield SECTION
    for said in _small_print(words, slip):
        yield Line(said, Role.SMALL, most_rows=_MOST_NAME_ROWS)


def _by_when(words: SlipWords, slip: NullTranslations) -> Iterator[Line]:
    """The day of the answer; beneath another language, in Thai too."""
    if words.submitted_on is None or words.due_on is None:
        return
    promise = slip.gettext("You will have an answer by {day}.")
    yield Line(promise.format(day=_day(words.due_on, words)), bold=True)
    if _is_bilingual(words):
        promise = catalogue("slip", "th").gettext("You will have an answer by {day}.")
        day = _day(words.due_on, msgspec.structs.replace(words, language="th"))
        yield Line(promise.format(day=day), Role.SMALL)


def _emergency(words: SlipWords, slip: NullTranslations) -> Iterator[Line]:
    """Whom to call rather than wait for an answer."""
    if words.call_first_phone:
        call = slip.gettext("Emergency: call {phone} ({name})")
        phone = _unbroken(words.call_first_phone)
        yield Line(call.format(phone=phone, name=words.call_first), bold=True)


def _ways_to_track(words: SlipWords, slip: NullTranslations) -> Iterator[str]:
    """How to ask about the case; a telephone only where there is one."""
    yield slip.gettext("Track your case at this kiosk, or scan the code with a phone")
    yield slip.gettext("Web {address}").format(address=_shown_address(words.tracking_url))
    if words.phone:
        yield slip.gettext("Call {phone}").format(phone=_unbroken(words.phone))


def _small_print(words: SlipWords, slip: NullTranslations) -> Iterator[str]:
    yield slip.gettext("Please keep this slip. Whoever has the key can see the case.")
    yield words.complaint_centre
    if words.privacy_notice_version:
        version = _NO_BREAK + words.privacy_notice_version
        yield slip.gettext("Privacy notice, version {version}").replace(" {version}", version)


def _blank(words: SlipWords) -> Iterator[Line | Gap]:
    """Paper that makes a slip without facts as long as others are: no length tells."""
    if words.topic or words.kind != _ANY:
        return
    for _ in _labels(catalogue("slip", words.language)):
        yield Line(_NOTHING)
        if _is_bilingual(words):
            yield Line(_NOTHING, Role.SMALL)
            yield HAIR


def _is_bilingual(words: SlipWords) -> bool:
    return words.language != "th"


def _both(said: str, thai: str) -> str:
    return said if said == thai else f"{said} · {thai}"


def _shown_address(tracking_url: str) -> str:
    """Central's address as a person types it: lower case, the scheme only where it matters."""
    parts = urlsplit(tracking_url.lower())
    return parts.netloc if parts.scheme == "https" else f"{parts.scheme}://{parts.netloc}"


def _day(day: date, words: SlipWords) -> str:
    return _unbroken(day_in_words(day, words.language, thai_digits=words.thai_digits))


def _unbroken(said: str) -> str:
    """A day or a telephone number stays on one line."""
    return said.replace(" ", _NO_BREAK)


def _digits(said: str, words: SlipWords) -> str:
    thai = words.thai_digits and words.language == "th"
    return said.translate(_THAI_DIGITS) if thai else said
