"""The store's outbox: what waits, what came of it, and when it may be forgotten."""

import contextlib
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from sync import statements as sql
from sync.errors import BadMessage
from sync.records import CaseSubmitted
from sync.reference import reference_for
from sync.store.part import Part
from sync.store.rows import (
    OutboxCounts,
    OutboxEntry,
    OutboxState,
    Unsent,
    entry_of,
    instant_of,
    text_of,
    unsent_of,
)
from sync.wire import decode_record

DELETED_AT_ONCE = 200
"""Entries deleted in one transaction, so that a submission never waits long for one."""


class Outbox(Part):
    """Every pending event, from being kept until central's word allows its deletion."""

    def waiting(self, limit: int, device_code: str = "") -> list[OutboxEntry]:
        """Records to send, the oldest first; of one device code, if it is given.

        Ratings bear no code: they are the present identity's, so a spent code gets none.
        """
        with self._database.reading() as connection:
            if device_code:
                under = (device_code, device_code, limit)
                rows = connection.execute(sql.WAITING_UNDER, under).fetchall()
            else:
                rows = connection.execute(sql.WAITING, (limit,)).fetchall()
        return [entry_of(row) for row in rows]

    def waiting_codes(self) -> list[str]:
        """Device codes under which something waits; while none is spent, at most one.

        Ratings, which bear no code, count for none here.
        """
        with self._database.reading() as connection:
            ((spent,),) = connection.execute(sql.SPENT_COUNT).fetchall()
            query = sql.WAITING_CODES if spent else sql.OLDEST_WAITING_CODE
            return [code for (code,) in connection.execute(query).fetchall()]

    def unsent_of(self, device_code: str, after: int, limit: int) -> list[Unsent]:
        """What waits under a code, the oldest first, from behind the number `after` on."""
        with self._database.reading() as connection:
            rows = connection.execute(sql.UNSENT_OF, (device_code, after, limit)).fetchall()
        return [unsent_of(row) for row in rows]

    def next_attachment(
        self, device_code: str, put_off: Collection[str] = ()
    ) -> OutboxEntry | None:
        """The oldest attachment to send under this code whose address is not `put_off`.

        For when no record waits.
        """
        wanted = (device_code, msgspec.json.encode(sorted(put_off)).decode())
        with self._database.reading() as connection:
            rows = connection.execute(sql.NEXT_ATTACHMENT, wanted).fetchall()
        return entry_of(rows[0]) if rows else None

    def attachments_taken(
        self, addresses: Sequence[str], envelope: bytes, at: datetime, answered_at: datetime
    ) -> None:
        """Keep central's signed word, once, that it holds all of these attachments."""
        self._settle(sql.TAKE_ATTACHMENT, addresses, envelope, at, answered_at)

    def acknowledge(
        self, digests: Sequence[str], acknowledgement: bytes, at: datetime, answered_at: datetime
    ) -> None:
        """Keep central's signed word, once, and which records it is about.

        `answered_at` is central's time, as it stands in that word.
        """
        self._settle(sql.ACKNOWLEDGE, digests, acknowledgement, at, answered_at)

    def park(self, digest: str, reason: str, at: datetime) -> None:
        """Stop sending what was refused; it is kept, and a person decides."""
        with self._database.writing() as connection:
            connection.execute(sql.PARK, (reason, text_of(at), digest))

    def retry(self, reference: str = "") -> int:
        """Let what was parked wait again: one case with its attachments, or everything.

        What the card has damaged stays parked. Says how many entries wait again.
        """
        with self._database.writing() as connection:
            if not reference:
                return connection.execute(sql.RETRY_ALL).rowcount
            ids = [case_id for (case_id,) in connection.execute(sql.CASE_CALLED, (reference,))]
            for (record,) in connection.execute(sql.RECORD_CALLED, (reference,)).fetchall():
                with contextlib.suppress(BadMessage):
                    ids += _addresses(record)
            return sum(connection.execute(sql.RETRY, (each,)).rowcount for each in ids)

    def reference_of(self, case_id: UUID) -> str:
        """A case's reference; empty where this is none, but a rating or an attachment."""
        with self._database.reading() as connection:
            rows = connection.execute(sql.FIND_CASE, (str(case_id),)).fetchall()
        return str(rows[0][0]) if rows else ""

    def postpone(self, digests: Sequence[str]) -> None:
        """Count a sending that came to nothing; the records go on waiting."""
        with self._database.writing() as connection:
            connection.executemany(sql.POSTPONE, [(digest,) for digest in digests])

    def resend(self, device_code: str, numbers: Sequence[int]) -> int:
        """Let acknowledged cases wait again; says how many of them are still here.

        Their attachments follow: central may have lost those too.
        """
        references = [(str(reference_for(device_code, number)),) for number in numbers]
        found: list[tuple[bytes]] = []
        with self._database.writing() as connection:
            for reference in references:
                found += connection.execute(sql.RESEND, reference).fetchall()
            addresses = [address for (record,) in found for address in _addresses(record)]
            connection.executemany(sql.RESEND_ATTACHMENT, [(at,) for at in addresses])
        return len(found)

    def delete_settled(self, device_code: str, answered_before: datetime) -> int:
        """Delete what central acknowledged before an instant of its own clock.

        Cases only up to the number that an agreed tally vouches for. What a submission
        became stays known. Says how many entries went.
        """
        before, deleted = text_of(answered_before), 0
        while count := self._delete_some(device_code, before):
            deleted += count
        if deleted:
            with self._database.writing() as connection:
                connection.execute(sql.DELETE_ACKNOWLEDGEMENTS)
        return deleted

    def outbox_entries(self, limit: int) -> list[OutboxEntry]:
        """Up to `limit` entries for a technician: parked, waiting, then sent; newest first.

        Of the attachments only those that are parked.
        """
        order = (
            OutboxState.PARKED,
            OutboxState.ATTACHMENT_PARKED,
            OutboxState.WAITING,
            OutboxState.ACKNOWLEDGED,
        )
        rows: list[tuple[object, ...]] = []
        with self._database.reading() as connection:
            for state in order:
                wanted = (state, limit - len(rows))
                rows += connection.execute(sql.NEWEST_IN_STATE, wanted).fetchall()
        return [entry_of(row) for row in rows]

    def outbox_counts(self) -> OutboxCounts:
        """How many records are where."""
        with self._database.reading() as connection:
            counts = dict(connection.execute(sql.OUTBOX_COUNTS).fetchall())
            oldest = connection.execute(sql.OLDEST_WAITING).fetchall()
        parked = (OutboxState.PARKED, OutboxState.ATTACHMENT_PARKED)
        return OutboxCounts(
            waiting=counts.get(OutboxState.WAITING, 0),
            parked=sum(counts.get(state, 0) for state in parked),
            acknowledged=counts.get(OutboxState.ACKNOWLEDGED, 0),
            oldest_waiting_at=instant_of(oldest[0][0]) if oldest else None,
            attachments=counts.get(OutboxState.ATTACHMENT, 0),
        )

    def _settle(
        self,
        statement: str,
        digests: Sequence[str],
        envelope: bytes,
        at: datetime,
        answered_at: datetime,
    ) -> None:
        with self._database.writing() as connection:
            word = (envelope, text_of(at), text_of(answered_at))
            number = connection.execute(sql.KEEP_ACKNOWLEDGEMENT, word).lastrowid
            rows = [(text_of(at), number, digest) for digest in digests]
            connection.executemany(statement, rows)

    def _delete_some(self, device_code: str, before: str) -> int:
        wanted = (before, device_code, device_code, device_code, device_code, DELETED_AT_ONCE)
        with self._database.writing() as connection:
            numbers = connection.execute(sql.SETTLED, wanted).fetchall()
            connection.executemany(sql.REMEMBER_DIGEST, numbers)
            connection.executemany(sql.DELETE_ENTRY, numbers)
        return len(numbers)


def _addresses(record: bytes) -> list[str]:
    """The record ids of a case's attachments: of each address its first 16 bytes."""
    case = decode_record(record)
    attachments = case.attachments if isinstance(case, CaseSubmitted) else []
    return [str(UUID(hex=attachment.address[:32])) for attachment in attachments]
