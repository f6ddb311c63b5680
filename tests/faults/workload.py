"""A box's days, condensed.

`python -m tests.faults.workload FOLDER MARKS DEEDS [SEED [SYNCHRONOUS]]`

The real store, open three times as in the kiosk's three processes, takes cases and ratings,
prints, sends, forgets, and is closed and opened again. The first day ends without
closing anything, so the second begins with recovery. Before and after every deed a line goes
to MARKS: what may be found on the disk if the power fails from now on.
"""

import os
import sys
import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import msgspec

from sync import database
from sync.case import Instant
from sync.errors import SyncError
from sync.store import STORE_FILE, OutboxEntry, Paper, SlipState, Store, Submission
from sync.wire import TallyAnswer, digest_of
from tests.sync.samples import NOW, case_record, rating_record, submission

CODE = "A1"
ABSENT = "absent"
MOST_COPIES = 2
VOUCHERS = 0.5
"""Of ratings, the share that has a paper to be printed."""
SIZES = (300, 1_000, 2_096, 6_000)
"""Of sealed records; some fit into a page of the file, some need an overflow."""
PICTURE = 150_000
_CHECKPOINT_OFTEN = "PRAGMA wal_autocheckpoint = 100"
"""A box checkpoints by itself after 1,000 pages; a day here is too short for those."""
_SETTLED = "SELECT record_id, state FROM outbox WHERE state IN ('acknowledged', 'attachment_taken')"


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """What may be found of one thing; all else would be a promise broken.

    `what` is `case`, `slip`, `copies` or `record`; `may` are states, numbers, or `absent`.
    The reference and the digest stand in a case's mark once it was allowed to print.
    """

    what: str
    key: str
    may: list[str]
    reference: str = ""
    digest: str = ""


def words_of(case_id: str) -> bytes:
    """The words of a slip, which no other file and no other case has."""
    return f"<key of {case_id}>".encode() * 20


class Day:
    """The deeds of a day; `chance` decides in which order."""

    def __init__(self, folder: Path, marks: int, chance: Random) -> None:
        self._path = folder / STORE_FILE
        self._marks = marks
        self._chance = chance
        self._monotonic_s = 0.0
        self._is_open = False
        self._stores: list[Store] = []

    def go_on(self, deeds: int) -> None:
        """Do this many deeds, most of them those of residents.

        One that fails leaves its marks as they stood before: it may have happened or not.
        """
        weighed = {
            self.submit: 40,
            self.rate: 10,
            self.print_slip: 22,
            self.answer: 6,
            self.send: 12,
            self.send_attachment: 6,
            self.park: 2,
            self.expire: 2,
            self.forget: 3,
            self.restart: 3,
        }
        for deed in self._chance.choices([*weighed], [*weighed.values()], k=deeds):
            if not self._is_open and not self._opens_again():
                return
            with suppress(SyncError):
                deed()
            self._monotonic_s += 1

    def submit(self) -> None:
        """A case, sometimes with a picture; from its return on its slip may be printed."""
        case_id = uuid.UUID(bytes=self._chance.randbytes(16), version=4)
        pictures = [self._chance.randbytes(PICTURE)] if self._chance.random() < 0.1 else []
        made: list[Submission] = []

        def compose(number: int) -> Submission:
            drawn = submission(case_id, number, words_of(str(case_id)), CODE, pictures)
            sealed = self._chance.randbytes(self._chance.choice(SIZES))
            record = case_record(case_id, drawn.reference, sealed, pictures)
            made.append(msgspec.structs.replace(drawn, record=record))
            return made[-1]

        records = [case_id, *(uuid.UUID(hex=digest_of(picture)[:32]) for picture in pictures)]
        self._mark("case", case_id, ABSENT, "kept")
        self._mark("slip", case_id, ABSENT, "waiting")
        for record_id, state in zip(records, ("waiting", "attachment"), strict=False):
            self._mark("record", record_id, ABSENT, state)
        try:
            kept = self._ui.submit(case_id, self._now(), compose)
        except SyncError:  # the glass says so; the resident touches again
            kept = self._ui.submit(case_id, self._now(), compose)
        holds = made[-1] if kept.is_new else made[0]
        reference, digest = holds.reference, digest_of(holds.record)
        self._mark("case", case_id, "kept", reference=reference, digest=digest)
        self._mark("slip", case_id, "waiting")
        for record_id, state in zip(records, ("waiting", "attachment"), strict=False):
            self._mark("record", record_id, state)

    def rate(self) -> None:
        """A rating: kept, then thanks are said; sometimes with a paper to take home."""
        rating_id = uuid.UUID(bytes=self._chance.randbytes(16), version=4)
        paper = None
        self._mark("record", rating_id, ABSENT, "waiting")
        if self._chance.random() < VOUCHERS:
            paper = Paper("voucher", words_of(str(rating_id)))
            self._mark("slip", rating_id, ABSENT, "waiting")
        self._ui.keep_rating(rating_id, self._now(), rating_record(rating_id), paper)
        self._mark("record", rating_id, "waiting")
        if paper:
            self._mark("slip", rating_id, "waiting")

    def print_slip(self) -> None:
        """Claim the oldest slip; once that is durable the printer may get its bytes."""
        waiting = [job for job in self._printer.slip_jobs(9999) if job.state == "waiting"]
        if not waiting:
            return
        case_id = waiting[-1].job_id
        self._mark("copies", case_id, str(waiting[-1].copies))
        self._mark("slip", case_id, "waiting", "printing")
        claimed = self._printer.claim_slip(NOW)
        assert claimed
        assert claimed.job_id == case_id
        self._mark("slip", case_id, "printing")
        how = self._chance.choices(["printed", "waiting", "unknown"], [7, 1, 2])[0]
        self._mark("slip", case_id, "printing", how)
        if how == "printed":
            self._printer.slip_printed(case_id, NOW)
        elif how == "waiting":
            self._printer.slip_not_started(case_id, "paper_out")
        else:
            self._printer.slip_unknown(case_id, "lost")
        self._mark("slip", case_id, how)

    def answer(self) -> None:
        """Whoever waits for a slip in doubt says whether it came out, or leaves."""
        doubtful = [job for job in self._ui.slip_jobs(9999) if job.state == "unknown"]
        if not doubtful:
            return
        job = self._chance.choice(doubtful)
        then = self._chance.choice(["printed", "waiting", "expired"])
        if then == "waiting" and job.copies == MOST_COPIES:
            then = "unknown"
        self._mark("slip", job.job_id, "unknown", then)
        if then == "printed":
            self._ui.slip_came_out(job.job_id, NOW)
        elif then == "expired":
            self._ui.give_up_slip(job.job_id, SlipState.UNKNOWN, "nobody_said")
        else:
            after = job.copies + (then == "waiting")
            self._mark("copies", job.job_id, str(job.copies), str(after))
            self._ui.print_copy(job.job_id, self._now(), MOST_COPIES)
            self._mark("copies", job.job_id, str(after))
        self._mark("slip", job.job_id, then)

    def expire(self) -> None:
        """Slips that are older than twenty deeds."""
        young = {"printed", "expired"}
        open_jobs = [job for job in self._printer.slip_jobs(9999) if job.state not in young]
        for job in open_jobs:
            self._mark("slip", job.job_id, job.state, "expired")
        self._printer.expire_slips(self._now(), timedelta(seconds=20))
        for job in open_jobs:
            self._mark("slip", job.job_id, self._printer.slip_state(job.job_id)[0])

    def send(self) -> None:
        """A batch goes to central, whose word comes back."""
        batch = self._agent.waiting(self._chance.randint(1, 8))
        self._settle(batch, "waiting", "acknowledged")
        digests = [entry.digest for entry in batch]
        self._agent.acknowledge(digests, self._chance.randbytes(400), NOW, NOW)
        self._settle(batch, "acknowledged")

    def send_attachment(self) -> None:
        """The oldest picture reaches central."""
        entry = self._agent.next_attachment(CODE)
        if not entry:
            return
        self._settle([entry], "attachment", "attachment_taken")
        self._agent.attachments_taken([entry.digest], self._chance.randbytes(400), NOW, NOW)
        self._settle([entry], "attachment_taken")

    def park(self) -> None:
        """Central refuses the oldest record."""
        batch = self._agent.waiting(1)
        self._settle(batch, "waiting", "parked")
        for entry in batch:
            self._agent.park(entry.digest, "refused", NOW)
        self._settle(batch, "parked")

    def forget(self) -> None:
        """Both ends agree, the grace is over: what is settled may go."""
        tally = self._agent.tally(CODE)
        answer = TallyAnswer(
            device_code=CODE,
            through=tally.through,
            chain=tally.chain,
            agreed=True,
            answered_at=NOW,
        )
        with self._agent._database.reading() as connection:
            settled = connection.execute(_SETTLED).fetchall()
        for record_id, state in settled:
            self._mark("record", record_id, state, ABSENT)
        self._agent.note_tally(CODE, answer, NOW)
        self._agent.delete_settled(CODE, NOW + timedelta(days=1))

    def restart(self) -> None:
        """All three end and begin again, as after an update."""
        self.close()
        self._open()

    def live_slips(self) -> set[str]:
        """Case ids of slips whose words are still needed."""
        return {str(job.job_id) for job in self._printer.slip_jobs(9999) if job.slip}

    def close(self) -> None:
        """End all three."""
        self._is_open = False
        for store in self._stores:
            with suppress(SyncError):
                store.close()

    def _give_up_slips(self) -> None:
        jobs = self._printer.slip_jobs(9999)
        given_up = [job for job in jobs if job.state in ("printing", "unknown")]
        for job in given_up:
            self._mark("slip", job.job_id, job.state, "expired")
        self._printer.recover_slips()
        for job in given_up:
            self._mark("slip", job.job_id, "expired")

    def _settle(self, entries: Iterable[OutboxEntry], *may: str) -> None:
        for entry in entries:
            self._mark("record", entry.record_id, *may)

    def _now(self) -> Instant:
        return Instant(wall=NOW, boot_id="boot-1", monotonic_s=self._monotonic_s, trusted=True)

    def _mark(
        self, what: str, key: object, *may: str, reference: str = "", digest: str = ""
    ) -> None:
        mark = Mark(what, str(key), list(may), reference, digest)
        os.write(self._marks, msgspec.json.encode(mark) + b"\n")

    def _opens_again(self) -> bool:
        """Whoever restarts a service tries it more than once."""
        for _ in range(3):
            with suppress(SyncError):
                self._open()
                return True
        return False

    def _open(self) -> None:
        self._stores = []
        for _ in range(3):
            self._stores.append(Store.open(self._path))
        self._ui, self._printer, self._agent = self._stores
        for store in self._stores:
            with store._database.reading() as connection:
                connection.execute(_CHECKPOINT_OFTEN)
        self._is_open = True
        self._give_up_slips()


def main(folder: str, marks: str, deeds: str, seed: str = "1", synchronous: str = "FULL") -> None:
    """Two days; a process each, which leaves without closing."""
    if synchronous == "NORMAL":  # what the store refuses to be: for proving that it matters
        database.PRAGMAS["synchronous"] = (1, "NORMAL")
    handle = os.open(marks, os.O_WRONLY | os.O_CREAT, 0o600)
    for day in (1, 2):
        child = os.fork()
        if not child:
            chance = Random(f"{seed} {day}")
            Day(Path(folder), handle, chance).go_on(int(deeds) // 2)
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            sys.exit(f"day {day} ended badly")


if __name__ == "__main__":
    main(*sys.argv[1:])
