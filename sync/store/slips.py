"""The store's slip jobs: claimed before a byte goes out, wiped once in a hand.

Every paper that is printed for somebody is such a job; most are slips.
"""

import sqlite3
from datetime import datetime, timedelta
from uuid import UUID

from sync import statements as sql
from sync.case import Instant
from sync.seal import wipe
from sync.store.part import Part
from sync.store.rows import Paper, SlipJob, SlipState, out_of_the_tree, slip_job_of, text_of


class Slips(Part):
    """Slips to print; their words hold a tracking key and are wiped at the end."""

    def keep_paper(self, job_id: UUID, paper: Paper, at: Instant) -> bool:
        """Keep a paper to be printed that goes with no record; False when it had been before."""
        with self._database.writing() as connection:
            return insert_paper(connection, job_id, paper, at)

    def claim_slip(self, now: datetime) -> SlipJob | None:
        """Take the oldest waiting slip; durably `printing` before its first byte goes out."""
        with self._database.writing() as connection:
            rows = connection.execute(sql.CLAIM_SLIP, (text_of(now),)).fetchall()
        return slip_job_of(rows[0]) if rows else None

    def slip_printed(self, job_id: UUID, at: datetime) -> None:
        """The slip is in somebody's hand: wipe its words."""
        self._wipe(sql.SLIP_PRINTED, (text_of(at), str(job_id)))

    def slip_not_started(self, job_id: UUID, reason: str) -> None:
        """Not a dot was printed, so the slip may wait for another try."""
        with self._database.writing() as connection:
            connection.execute(sql.SLIP_NOT_STARTED, (reason, str(job_id)))

    def slip_unknown(self, job_id: UUID, reason: str) -> None:
        """Nobody can tell how much was printed; a person is asked."""
        with self._database.writing() as connection:
            connection.execute(sql.SLIP_UNKNOWN, (reason, str(job_id)))

    def slip_came_out(self, job_id: UUID, at: datetime) -> bool:
        """Somebody says that they hold the slip in doubt: wipe its words; False when none was."""
        return self._wipe(sql.SLIP_CAME_OUT, (text_of(at), str(job_id))) > 0

    def print_copy(self, job_id: UUID, now: Instant, most: int) -> bool:
        """Somebody says that the slip in doubt did not come out: print it again, as a copy.

        Its age counts anew, for whoever says so stands there. False, and nothing changes,
        when it is not in doubt, or `most` copies were asked for already.
        """
        row = (now.boot_id, now.monotonic_s, str(job_id), most)
        with self._database.writing() as connection:
            return connection.execute(sql.PRINT_COPY, row).rowcount > 0

    def give_up_slip(self, job_id: UUID, found: SlipState, reason: str) -> bool:
        """Wipe a slip that is `found` so and of no use any more; False when it is not so."""
        return self._wipe(sql.GIVE_UP_SLIP, (reason, str(job_id), found.value)) > 0

    def expire_slips(self, now: Instant, after: timedelta) -> int:
        """Wipe unprinted slips that are older than `after`; says how many there were.

        Age counts on the boot's own clock, which nobody sets; a slip of an earlier boot
        is too old, whatever the wall clock says.
        """
        oldest_s = now.monotonic_s - after.total_seconds()
        return self._wipe(sql.EXPIRE_SLIPS, (now.boot_id, oldest_s))

    def recover_slips(self) -> int:
        """At start: wipe slips that were being printed; whoever waited for them is gone."""
        return self._wipe(sql.RECOVER_SLIPS, ())

    def slip_state(self, job_id: UUID) -> tuple[SlipState, str]:
        """State and reason of a job. Raises KeyError: no such job."""
        with self._database.reading() as connection:
            rows = connection.execute(sql.SLIP_STATE, (str(job_id),)).fetchall()
        if not rows:
            raise KeyError(job_id)
        return SlipState(rows[0][0]), rows[0][1]

    def slip_copies(self, job_id: UUID) -> int:
        """How many copies of a job were asked for. Raises KeyError: no such job."""
        with self._database.reading() as connection:
            rows = connection.execute(sql.SLIP_COPIES, (str(job_id),)).fetchall()
        if not rows:
            raise KeyError(job_id)
        return int(rows[0][0])

    def slip_jobs(self, limit: int) -> list[SlipJob]:
        """Up to `limit` slips, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(sql.NEWEST_SLIPS, (limit,)).fetchall()
        return [slip_job_of(row) for row in rows]

    def slip_counts(self) -> dict[str, int]:
        """How many slips are in each state that has any."""
        with self._database.reading() as connection:
            return dict(connection.execute(sql.SLIP_COUNTS).fetchall())

    def _wipe(self, statement: str, values: tuple[str | float, ...]) -> int:
        """Overwrite words that hold a tracking key, in the table and in the log."""
        with self._database.writing() as connection:
            count = connection.execute(statement, values).rowcount
            if count:
                self._database.wipe()
        return count


def insert_paper(connection: sqlite3.Connection, job_id: UUID, paper: Paper, at: Instant) -> bool:
    """A paper's row; the transaction around it is the caller's. Wipes words that can be."""
    words = out_of_the_tree(paper.words)
    row = (str(job_id), text_of(at.wall), at.boot_id, at.monotonic_s, words, paper.kind)
    is_new = connection.execute(sql.KEEP_PAPER, row).rowcount > 0
    for buffer in (words, paper.words):
        if isinstance(buffer, bytearray):
            wipe(buffer)
    return is_new
