"""The store's ties to central: the link, the tally, clocks, codes that are used up."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from sync import statements as sql
from sync.case import Instant
from sync.records import RatingGiven
from sync.store.part import Part
from sync.store.rows import LinkState, OutboxState, TallyState, instant_of, text_of
from sync.tally import chain_of
from sync.wire import MOST_MISSING, BootClock, Tally, TallyAnswer


class _Dated(msgspec.Struct, frozen=True):
    """Of any record, only when it was captured."""

    captured: Instant


class _Kind(msgspec.Struct, frozen=True):
    """Of any record, only what it is."""

    type: str


MOST_LEFT_OUT = 12
"""Numbers that have room in the code of an anchor."""
_RATING = str(RatingGiven.__struct_config__.tag)

_dated = msgspec.json.Decoder(_Dated)
_kind_of = msgspec.json.Decoder(_Kind)


class Ties(Part):
    """How the device stands with central, each under its device code."""

    def note_enrolled(self, device_code: str, at: datetime) -> None:
        """Central has this device's key."""
        with self._database.writing() as connection:
            connection.execute(sql.NOTE_ENROLLED, (device_code, text_of(at)))

    def note_reached(self, device_code: str, at: datetime) -> None:
        """Central answered this device usefully."""
        with self._database.writing() as connection:
            connection.execute(sql.NOTE_REACHED, (device_code, text_of(at)))

    def note_failing(
        self, device_code: str, reason: str, at: datetime, reached_at: datetime | None = None
    ) -> None:
        """Central does not, for a reason; since the first such note after a success.

        `reached_at` is when it last did, where that is known better than it was noted.
        """
        row = device_code, text_of(at), reason, text_of(reached_at) if reached_at else None
        with self._database.writing() as connection:
            connection.execute(sql.NOTE_FAILING, row)

    def link_state(self, device_code: str) -> LinkState:
        """How it stands with central; all empty before the first attempt."""
        with self._database.reading() as connection:
            rows = connection.execute(sql.LINK_STATE, (device_code,)).fetchall()
        if not rows:
            return LinkState()
        enrolled, reached, failing, reason = rows[0]
        return LinkState(
            enrolled_at=instant_of(enrolled),
            reached_at=instant_of(reached),
            failing_since=instant_of(failing),
            reason=reason,
        )

    def tally(self, device_code: str) -> Tally:
        """What this code has handed over, from its first case to the last settled in a row.

        Parked cases stand in `without`; the first that still waits, or is not known here,
        ends it.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                sql.CASES_OF, (f"{device_code}-", f"{device_code}.")
            ).fetchall()
        return _tally_of(rows)

    def anchor(self, device_code: str) -> Tally:
        """All cases of this code so far, whether they were handed over or still wait.

        Parked cases stand in `without`, at most MOST_LEFT_OUT of them; the next ends it, as
        the first does that is not known here.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                sql.CASES_OF, (f"{device_code}-", f"{device_code}.")
            ).fetchall()
        return _tally_of(rows, ends_at=None, most_without=MOST_LEFT_OUT)

    def taken_between(self, device_code: str, begin: datetime, end: datetime) -> tuple[int, int]:
        """How many cases and ratings were kept from `begin` to before `end`.

        Ratings are counted while they are here: central's word allows deletion after days.
        """
        between = text_of(begin), text_of(end)
        with self._database.reading() as connection:
            under = (f"{device_code}-", f"{device_code}.", *between)
            ((cases,),) = connection.execute(sql.CASES_BETWEEN, under).fetchall()
            records = connection.execute(sql.RECORDS_BETWEEN, between).fetchall()
        return int(cases), sum(_is_rating(record) for (record,) in records)

    def note_tally(self, device_code: str, answer: TallyAnswer, at: datetime) -> None:
        """Keep what central's answer to a tally came to.

        What was agreed once stays noted while a later comparison disagrees.
        """
        row = (
            device_code,
            answer.through if answer.agreed else 0,
            answer.through,
            answer.agreed,
            msgspec.json.encode(answer.missing).decode(),
            text_of(at),
        )
        with self._database.writing() as connection:
            connection.execute(sql.NOTE_TALLY, row)

    def tally_state(self, device_code: str) -> TallyState | None:
        """The last comparison; None before the first."""
        with self._database.reading() as connection:
            rows = connection.execute(sql.TALLY_STATE, (device_code,)).fetchall()
        if not rows:
            return None
        agreed_through, through, is_agreed, missing, compared_at = rows[0]
        return TallyState(
            agreed_through=agreed_through,
            through=through,
            is_agreed=bool(is_agreed),
            missing=msgspec.json.decode(missing, type=list[int]),
            compared_at=datetime.fromisoformat(compared_at),
        )

    def note_boot(self, boot_id: str, began_at: datetime) -> None:
        """Keep when a boot of this device began, by central's clock; the last word holds."""
        with self._database.writing() as connection:
            connection.execute(sql.NOTE_BOOT, (boot_id, text_of(began_at)))

    def boots(self, boot_ids: Iterable[str]) -> list[BootClock]:
        """Those of these boots of which it is known when they began."""
        found = []
        with self._database.reading() as connection:
            for boot_id in dict.fromkeys(boot_ids):
                found += connection.execute(sql.BOOT, (boot_id,)).fetchall()
        return [
            BootClock(boot_id=boot_id, began_at=datetime.fromisoformat(began_at))
            for boot_id, began_at in found
        ]

    def mark_spent(self, device_code: str, reason: str, at: datetime) -> None:
        """From now on no case counts on under this code; what waits is still sent under it."""
        with self._database.writing() as connection:
            connection.execute(sql.MARK_SPENT, (device_code, text_of(at), reason))

    def is_spent(self, device_code: str) -> bool:
        """Whether this code takes no more cases."""
        with self._database.reading() as connection:
            ((found,),) = connection.execute(sql.IS_SPENT, (device_code,)).fetchall()
        return bool(found)

    def clock_floor(self) -> datetime | None:
        """An instant that has surely passed; None while the store knows of none.

        The later of central's newest word and the last record that waits and was captured
        by a trusted clock. Once central has dated a record, its word counts instead, which
        ends a floor that a clock of 2099 has set.
        """
        with self._database.reading() as connection:
            ((answered,),) = connection.execute(sql.NEWEST_ANSWER).fetchall()
            records = connection.execute(sql.NEWEST_WAITING).fetchall()
        known = [instant_of(answered), next(_trusted_walls(records), None)]
        return max((at for at in known if at), default=None)


def _trusted_walls(records: Iterable[tuple[bytes]]) -> Iterator[datetime]:
    for (raw,) in records:
        try:
            captured = _dated.decode(raw).captured
        except msgspec.MsgspecError:
            continue  # a record of another release, or damaged: it dates nothing
        if captured.trusted:
            yield captured.wall


def _is_rating(record: bytes) -> bool:
    try:
        return _kind_of.decode(record).type == _RATING
    except msgspec.MsgspecError:
        return False


def _tally_of(
    rows: Sequence[tuple[str, str, str | None]],
    ends_at: OutboxState | None = OutboxState.WAITING,
    most_without: int = MOST_MISSING,
) -> Tally:
    """Rows are (reference, digest, outbox state) in the order of their numbers."""
    handed_over: list[tuple[str, str]] = []
    without: list[int] = []
    through = 0
    for reference, digest, state in rows:
        number = int(reference.split("-")[1])  # checked when it was made
        if number != through + 1 or (ends_at and state == ends_at):
            break
        if state == OutboxState.PARKED and len(without) == most_without:
            break
        through = number
        if state == OutboxState.PARKED:
            without.append(number)
        else:
            handed_over.append((reference, digest))
    return Tally(through=through, chain=chain_of(handed_over), without=without)
