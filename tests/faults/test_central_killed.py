"""Central's workers killed in the middle of batches: what was answered is there, and once."""

import random
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from sync.case import Instant
from sync.client import Client
from sync.errors import SyncError
from sync.identity import Identity, join
from sync.records import RatingGiven
from sync.wire import encode
from tests.faults.ledger import IS_LONG, Ledger
from tests.faults.town import DeviceClock, Town
from tests.postgres import Postgres

KILLS = 200 if IS_LONG else 5
SENDERS = 3
BATCH = 60
TABLES = ("intake_record", "surveys_rating")


class Sender(threading.Thread):
    """A device that sends batch after batch, each until it is acknowledged."""

    def __init__(self, identity: Identity) -> None:
        super().__init__()
        self._client = Client(identity, DeviceClock(), timeout_s=20)
        self._over = threading.Event()
        self.acknowledged: set[uuid.UUID] = set()
        self.failures = 0

    def run(self) -> None:
        self._insist(self._client.enrol)
        while not self._over.is_set():
            batch = {rating.rating_id: encode(rating) for rating in map(_rating, range(BATCH))}
            verdict = self._insist(lambda batch=batch: self._client.send(list(batch.values())))
            assert {answer.outcome for answer in verdict.answers} == {"acknowledged"}
            self.acknowledged |= batch.keys()
        self._client.close()

    def end(self) -> None:
        self._over.set()
        self.join(60)
        assert not self.is_alive()

    def _insist(self, say):
        while True:
            try:
                return say()
            except SyncError:
                self.failures += 1


def _rating(_: int) -> RatingGiven:
    captured: Instant = DeviceClock()()
    return RatingGiven(rating_id=uuid.uuid4(), division_code="works", score=3, captured=captured)


@pytest.fixture(params=["sqlite", "postgresql"])
def killed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Town, str]]:
    """A town, and where its PostgreSQL is, if it has one."""
    if request.param == "sqlite":
        with Town(tmp_path) as town:
            yield town, ""
        return
    with Postgres() as server:
        url = server.create("central")
        with Town(tmp_path, CENTRAL_DATABASE=url) as town:
            yield town, url


def test_workers_killed_in_mid_batch_lose_and_double_nothing(
    killed: tuple[Town, str], tmp_path: Path, ledger: Ledger
) -> None:
    town, url = killed
    chance = random.Random(2569)
    senders = [Sender(_joined(town, tmp_path / str(place))) for place in range(SENDERS)]
    for sender in senders:
        sender.start()
    for _ in range(KILLS):
        threading.Event().wait(chance.uniform(0.05, 0.35))
        town.kill_workers()
    for sender in senders:
        sender.end()
    expected = set().union(*[sender.acknowledged for sender in senders])
    for table in TABLES:
        found = _ids(town, url, table)
        assert len(found) == len(set(found))
        assert set(found) == expected
    assert sum(sender.failures for sender in senders) > 0
    ledger.count(f"central's workers killed ({'PostgreSQL' if url else 'SQLite'})", KILLS)


def _joined(town: Town, folder: Path) -> Identity:
    folder.mkdir()
    join_file = folder / "join.toml"
    join_file.write_text(town.join_file())
    return join(join_file, folder)


def _ids(town: Town, url: str, table: str) -> list[uuid.UUID]:
    key = "record_id" if table == "intake_record" else "rating_id"
    statement = f"SELECT {key} FROM {table}"
    database = psycopg.connect(url) if url else sqlite3.connect(town.database)
    with closing(database):
        return [uuid.UUID(str(found)) for (found,) in database.execute(statement).fetchall()]
