"""One record's bytes: do they hold up? Nothing here touches the database."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

import msgspec

from sync.adding import AddedWords
from sync.case import CaseContent, ConfidentialContent, Instant, Kind
from sync.central.intake.arrival import Arrived
from sync.central.intake.texts import are_visible, is_unambiguous
from sync.central.keys import Keys
from sync.confiding import confided
from sync.errors import BadMessage, BadReference, BadSeal
from sync.opinion import Explanation, SurveyAnswers
from sync.records import (
    CaseSubmitted,
    DeviceEvent,
    Opinion,
    RatingExplained,
    RatingGiven,
    SignedUp,
    SurveyAnswered,
    WordsAdded,
)
from sync.reference import parse_key, parse_reference
from sync.seal import open_sealed, seal
from sync.signing_up import SignUp
from sync.wire import LARGEST_RECORD, decode, decode_record, digest_of, encode

EARLIEST_YEAR, LATEST_YEAR = 1970, 9000
MOST_INTEGER = 2**31 - 1

AnyArrived = (
    Arrived[CaseSubmitted]
    | Arrived[RatingGiven]
    | Arrived[RatingExplained]
    | Arrived[SurveyAnswered]
    | Arrived[WordsAdded]
    | Arrived[SignedUp]
    | Arrived[DeviceEvent]
)

Sealed = Opinion | WordsAdded | SignedUp
"""What is sealed as a whole."""
Said = TypeVar("Said", Explanation, SurveyAnswers, AddedWords, SignUp)


class RecordRefused(Exception):
    """This record will not be taken, and why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_record(raw: bytes, device_code: str, keys: Keys) -> AnyArrived:
    """Read a record that `device_code` sent, sealed to one of central's intake keys.

    Raises:
        RecordRefused: `record_too_large`, `record_unreadable`, `reference_refused` or
            `seal_refused`.
    """
    if len(raw) > LARGEST_RECORD:
        raise RecordRefused("record_too_large")
    try:
        record = decode_record(raw)
    except BadMessage as error:
        raise RecordRefused("record_unreadable") from error
    if encode(record) != raw and not is_unambiguous(raw):
        raise RecordRefused("record_unreadable")
    _insist_on_storable(raw, record, record.captured)
    if isinstance(record, RatingGiven):
        _insist_on_visible(record.language)
        return Arrived(digest=digest_of(raw), raw=raw, record=record)
    if isinstance(record, DeviceEvent):
        return Arrived(digest=digest_of(raw), raw=raw, record=record)
    if not isinstance(record, CaseSubmitted):
        return _arrived_sealed(raw, record, keys)
    _insist_on_own_reference(record.reference, device_code)
    content = None if record.sealed_to in keys.lost else _content(record, keys.intakes)
    if isinstance(content, CaseContent) and content.kind is Kind.CORRUPTION:
        return _confided(raw, record, content, keys)
    return Arrived(digest=digest_of(raw), raw=raw, record=record, content=content)


def _arrived_sealed(
    raw: bytes, record: Sealed, keys: Keys
) -> Arrived[RatingExplained] | Arrived[SurveyAnswered] | Arrived[WordsAdded] | Arrived[SignedUp]:
    digest = digest_of(raw)
    match record:
        case RatingExplained():
            said = _opinion(record, Explanation, keys)
            return Arrived(digest=digest, raw=raw, record=record, opinion=said)
        case SurveyAnswered():
            answers = _opinion(record, SurveyAnswers, keys)
            return Arrived(digest=digest, raw=raw, record=record, opinion=answers)
        case WordsAdded():
            return Arrived(digest=digest, raw=raw, record=record, opinion=_added(record, keys))
        case SignedUp():
            signed_up = _opinion(record, SignUp, keys)
            if signed_up and not signed_up.is_somebody:
                raise RecordRefused("record_unreadable")
            return Arrived(digest=digest, raw=raw, record=record, opinion=signed_up)


def _confided(
    raw: bytes, record: CaseSubmitted, content: CaseContent, keys: Keys
) -> Arrived[CaseSubmitted]:
    """From a kiosk that had no corruption key yet: from here on only that key opens it."""
    key = keys.keyring.corruption
    if key is None:
        raise RecordRefused("seal_refused")
    return Arrived(
        digest=digest_of(raw),
        raw=seal(raw, key.key),
        record=record,
        content=confided(content, key),
    )


def _insist_on_own_reference(reference: str, device_code: str) -> None:
    try:
        parsed = parse_reference(reference)
    except BadReference as error:
        raise RecordRefused("reference_refused") from error
    if parsed.device_code != device_code or str(parsed) != reference:
        raise RecordRefused("reference_refused")


def _opened(record: CaseSubmitted | Sealed, intakes: Mapping[str, bytes]) -> bytes:
    try:
        return open_sealed(record.sealed, intakes[record.sealed_to])
    except (BadSeal, KeyError) as error:
        raise RecordRefused("seal_refused") from error


def _opinion(record: Sealed, shape: type[Said], keys: Keys) -> Said | None:
    """What was sealed, once it is known to hold up; None while its key is lost."""
    if record.sealed_to in keys.lost:
        return None
    opened = _opened(record, keys.intakes)
    try:
        opinion = decode(opened, shape)
    except BadMessage as error:
        raise RecordRefused("record_unreadable") from error
    _insist_on_storable(opened, opinion)
    _insist_on_visible(opinion.language)
    return opinion


def _added(record: WordsAdded, keys: Keys) -> AddedWords | None:
    """What was added, with a reference and a key that read as those of a slip."""
    added = _opinion(record, AddedWords, keys)
    if added is None:
        return None
    try:
        named, key = str(parse_reference(added.reference)), parse_key(added.tracking_key)
    except BadReference as error:
        raise RecordRefused("reference_refused") from error
    if (named, key) != (added.reference, added.tracking_key):
        raise RecordRefused("reference_refused")
    if bool(added.words.strip()) == bool(added.confided):
        raise RecordRefused("record_unreadable")
    _insist_on_visible(added.confided_to)
    return added


def _content(
    record: CaseSubmitted, intakes: Mapping[str, bytes]
) -> CaseContent | ConfidentialContent:
    """What was sealed, once it is known to hold up."""
    opened = _opened(record, intakes)
    try:
        content = _decoded(opened)
        key = parse_key(content.tracking_key)
    except BadMessage as error:
        raise RecordRefused("record_unreadable") from error
    if key != content.tracking_key:
        raise RecordRefused("record_unreadable")
    _insist_on_storable(opened, content)
    _insist_on_visible(content.language)
    if isinstance(content, ConfidentialContent):
        _insist_on_visible(content.sealed_to)
        return content
    if content.form_version > MOST_INTEGER:
        raise RecordRefused("record_unreadable")
    _insist_on_visible(content.village_code, content.privacy_notice_version)
    return content


def _decoded(opened: bytes) -> CaseContent | ConfidentialContent:
    """A plain case, as most are; else one whose words the intake may not read."""
    try:
        return decode(opened, CaseContent)
    except BadMessage:
        return decode(opened, ConfidentialContent)


def _insist_on_storable(
    raw: bytes, message: msgspec.Struct, captured: Instant | None = None
) -> None:
    """No NUL, which PostgreSQL's text has not, and no year that overflows in some zone."""
    if b"\\u0000" in raw and _has_nul(msgspec.to_builtins(message)):
        raise RecordRefused("record_unreadable")
    if captured:
        _insist_on_visible(captured.boot_id)
        if not _is_sane(captured.wall):
            raise RecordRefused("record_unreadable")


def _insist_on_visible(*names: str) -> None:
    if not are_visible(*names):
        raise RecordRefused("record_unreadable")


def _has_nul(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_nul(item) for item in value.values())
    return isinstance(value, str) and "\0" in value


def _is_sane(wall: datetime) -> bool:
    return EARLIEST_YEAR <= wall.year <= LATEST_YEAR
