"""What the rows of a damaged store are, told by their shape alone.

A row found in a page does not say of which table it is. Its number of columns and their
values do: every table of ours can be told from every other, in each release's form.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from sync import statements as sql
from sync.errors import BadMessage
from sync.pages import Row
from sync.records import CaseSubmitted, Digest
from sync.reference import parse_reference, reference_for
from sync.store.rows import OutboxState, SlipState, Statement, Value
from sync.wire import decode_record, digest_of

_Code = Annotated[str, msgspec.Meta(min_length=2, max_length=4)]


class _Shape(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """The columns of a table, later releases' with the default that a short row implies."""


class _Counter(_Shape, frozen=True):
    name: str
    value: int


class _Boot(_Shape, frozen=True):
    boot_id: str
    began_at: datetime


class _Spent(_Shape, frozen=True):
    device_code: _Code
    spent_at: datetime
    reason: str


class _Case(_Shape, frozen=True):
    case_id: UUID
    reference: str
    kept_at: datetime
    digest: str = ""


class _Acknowledgement(_Shape, frozen=True):
    number: None
    envelope: bytes
    kept_at: datetime
    answered_at: str = ""


class _Link(_Shape, frozen=True):
    device_code: _Code
    enrolled_at: datetime | None
    reached_at: datetime | None
    failing_since: datetime | None
    reason: str


class _Tally(_Shape, frozen=True):
    device_code: _Code
    agreed_through: int
    through: int
    is_agreed: int
    missing: str
    compared_at: datetime


class _Slip(_Shape, frozen=True):
    number: None
    case_id: UUID
    reference: str
    kept_at: datetime
    state: SlipState
    reason: str
    claimed_at: datetime | None
    printed_at: datetime | None
    slip: bytes
    boot_id: str = ""
    kept_monotonic_s: float = 0
    paper: str = ""
    copies: int = 0


class _Entry(_Shape, frozen=True):
    number: None
    record_id: UUID
    digest: Digest
    kept_at: datetime
    state: OutboxState
    reason: str
    attempts: int
    settled_at: datetime | None
    acknowledgement: int | None
    record: bytes
    device_code: str = ""


_BY_LENGTH: dict[int, tuple[type[_Shape], ...]] = {
    2: (_Counter, _Boot),
    3: (_Case, _Acknowledgement, _Spent),
    4: (_Case, _Acknowledgement),
    5: (_Link,),
    6: (_Tally,),
    9: (_Slip,),
    10: (_Entry,),
    11: (_Slip, _Entry),
    13: (_Slip,),
}

_SMALL: dict[type[_Shape], str] = {
    _Boot: sql.NOTE_BOOT,
    _Spent: sql.MARK_SPENT,
    _Link: sql.TAKE_LINK,
    _Tally: sql.NOTE_TALLY,
}
"""Tables that go over as they are."""

_ATTACHMENTS = {
    OutboxState.ATTACHMENT,
    OutboxState.ATTACHMENT_PARKED,
    OutboxState.ATTACHMENT_TAKEN,
}


class Fragments:
    """What was found, but the outbox and the slips, which are too many to hold.

    `cases` maps a case's id to its row, be it from its own table or from its record;
    `codes` are all device codes met. `records` and `attachments` were saved by then.
    """

    def __init__(self, device_code: str) -> None:
        self.device_code = device_code
        self.codes = {device_code} if device_code else set()
        self.cases: dict[str, tuple[Value, ...]] = {}
        self.records = 0
        self.attachments = 0
        self._acknowledgements: dict[int, tuple[Value, ...]] = {}
        self._small: list[Statement] = []
        self._counter = 0
        self._agreed: dict[str, int] = {}
        self._numbers: dict[str, set[int]] = {}

    def note(self, row: Row) -> None:
        """Take down what a row tells of the whole."""
        rowid, values = row
        match _shape_of(values):
            case _Counter(name="case", value=value):
                self._counter = value
            case _Case(reference=reference, digest=digest) if _is_reference(reference):
                self._note_case((*values[:3], digest))
            case _Acknowledgement(answered_at=answered_at):
                self._acknowledgements[rowid] = (rowid, *values[1:3], answered_at)
            case _Tally() as tally:
                self._agreed[tally.device_code] = tally.agreed_through
                self._small.append((_SMALL[_Tally], values))
            case _Entry() as entry if entry.state not in _ATTACHMENTS:
                self._note_record(entry)
            case _Spent() | _Boot() | _Link() as small:
                self._small.append((_SMALL[type(small)], values))

    def rows(self, rows: Iterable[Row]) -> Iterator[Statement]:
        """What to keep, statement by statement; `rows` are all rows once more."""
        for row in self._acknowledgements.values():
            yield sql.TAKE_ACKNOWLEDGEMENT, row
        for row in self.cases.values():
            yield sql.TAKE_CASE, row
        yield from self._small
        for rowid, values in rows:
            match _shape_of(values):
                case _Entry() as entry if digest_of(entry.record) == entry.digest:
                    yield sql.TAKE_ENTRY, self._entry(rowid, values, entry)
                case _Slip() as slip if _is_reference(slip.reference):
                    yield sql.TAKE_SLIP, _slip(rowid, values, slip)

    def highest_of(self, device_code: str) -> int:
        """The highest number that surely was used under a code; 0 for none."""
        counted = self._counter if device_code == self.device_code else 0
        return max(counted, *self._used(device_code), 0)

    def lost(self) -> list[str]:
        """References whose record is not here, nor by an agreed tally at central."""
        return [
            str(reference_for(code, number))
            for code in sorted(self.codes)
            for number in range(self._agreed.get(code, 0) + 1, self.highest_of(code) + 1)
            if number not in self._numbers.get(code, ())
        ]

    def _used(self, device_code: str) -> Iterator[int]:
        yield 0
        for row in self.cases.values():
            found = parse_reference(str(row[1]))
            if found.device_code == device_code:
                yield found.number

    def _note_case(self, row: tuple[Value, ...]) -> None:
        self.codes.add(parse_reference(str(row[1])).device_code)
        self.cases[str(row[0])] = row

    def _note_record(self, entry: _Entry) -> None:
        """A record that is whole tells of its case, should that row be gone."""
        if digest_of(entry.record) != entry.digest:
            return
        try:
            record = decode_record(entry.record)
        except BadMessage:
            return
        if not isinstance(record, CaseSubmitted) or not _is_reference(record.reference):
            return
        found = parse_reference(record.reference)
        self._numbers.setdefault(found.device_code, set()).add(found.number)
        if str(entry.record_id) not in self.cases:
            kept_at = entry.kept_at.isoformat(timespec="microseconds")
            row = (str(entry.record_id), record.reference, kept_at, entry.digest)
            self._note_case(row)

    def _entry(self, rowid: int, values: tuple[Value, ...], entry: _Entry) -> tuple[Value, ...]:
        """An outbox row in today's columns; without central's word it has to go again."""
        is_attachment = entry.state in _ATTACHMENTS
        self.attachments += is_attachment
        self.records += not is_attachment
        state, word = entry.state.value, entry.acknowledgement
        if word is not None and word not in self._acknowledgements:
            state, word = ("attachment" if is_attachment else "waiting"), None
        case = self.cases.get(str(entry.record_id))
        code = entry.device_code or (
            parse_reference(str(case[1])).device_code if case else self.device_code
        )
        return (rowid, *values[1:4], state, *values[5:8], word, entry.record, code)


def fragments_in(rows: Iterable[Row], device_code: str) -> Fragments:
    """What these rows tell; `device_code` is the one in use, or empty."""
    found = Fragments(device_code)
    for row in rows:
        found.note(row)
    return found


def _shape_of(values: tuple[Value, ...]) -> _Shape | None:
    for shape in _BY_LENGTH.get(len(values), ()):
        try:
            return msgspec.convert(values, shape)
        except msgspec.ValidationError:
            continue
    return None


def _slip(rowid: int, values: tuple[Value, ...], slip: _Slip) -> tuple[Value, ...]:
    """A slip job without its words: who waited for it has gone."""
    is_printed = slip.state is SlipState.PRINTED
    state = SlipState.PRINTED if is_printed else SlipState.EXPIRED
    reason = "" if is_printed else slip.reason or "salvaged"
    return (rowid, *values[1:4], state.value, reason, *values[6:8])


def _is_reference(text: str) -> bool:
    try:
        return str(parse_reference(text)) == text
    except BadMessage:
        return False
