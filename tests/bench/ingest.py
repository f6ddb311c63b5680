"""Central's way in at full load: batches of a hundred over signed HTTP, two workers."""

import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from sync.client import Client
from sync.identity import Identity, join
from sync.signature import verify_key_of
from tests.bench import bare, mix
from tests.bench.load import Load, Sender, send
from tests.bench.row import Row, row
from tests.postgres import Postgres
from tests.sync.central.running import Central

ROUNDS = 5
BATCHES = 60
"""Of each device in one round."""
WARM_UP = 8
CODES = ("A1", "A2", "A3", "A4")
"""A device a connection: one device's batches wait for each other."""
LARGEST_LOG = 16 * 1024 * 1024
"""Bytes; four times what SQLite folds in by itself, so checkpoints came through at full load."""
PROFILE = Path("deploy/profiles/tha-kasem/profile.toml").absolute()
ON_DISK = "/var/tmp"
"""Where both databases are; not `/tmp`, which may be memory."""


class Nothing(Central):
    """Central's gunicorn, serving the view that keeps nothing."""

    WORDS = ("-m", "gunicorn", "--no-control-socket", "--config", "python:sync.central.gunicorn")

    def __init__(self, folder: Path, like: Central, devices: Sequence[Identity]) -> None:
        super().__init__(folder, PROFILE)
        keys = {each.device_code: verify_key_of(each.device_key).hex() for each in devices}
        self.environment |= {
            "CENTRAL_STATE_DIR": like.environment["CENTRAL_STATE_DIR"],
            "BENCH_DEVICES": json.dumps(keys),
        }
        bind = ("--bind", f"127.0.0.1:{self.port}", "--workers", "2")
        self.words = [sys.executable, *self.WORDS, *bind, "tests.bench.nothing:application"]


class Town:
    """A running central and its devices."""

    def __init__(self, central: Central, devices: Sequence[Identity]) -> None:
        self.central = central
        self.senders = [Sender(device, central.port) for device in devices]
        self.loads: list[Load] = []
        self.bare: list[float] = []

    def load(self) -> datetime:
        """One round; the moment it began."""
        began = datetime.now(UTC)
        self.loads.append(send(self.senders, BATCHES))
        return began

    @property
    def rates(self) -> list[float]:
        """Records a second, by round."""
        return [load.rate for load in self.loads]

    @property
    def p95s(self) -> list[float]:
        """Milliseconds, by round."""
        return [load.p95_ms for load in self.loads]


def ingest() -> Iterator[Row]:
    """PostgreSQL, SQLite, the view doing nothing and both bare drivers, turn by turn."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=ON_DISK)))
        server = stack.enter_context(Postgres(ON_DISK))
        url = server.create("central")
        on_postgres = _town(stack, Central(_made(folder / "postgres"), PROFILE, url))
        on_sqlite = _town(stack, Central(_made(folder / "sqlite"), PROFILE))
        devices = [sender.identity for sender in on_postgres.senders]
        nothing = Nothing(_made(folder / "nothing"), on_postgres.central, devices)
        idle = Town(stack.enter_context(nothing), devices)
        for town in (on_postgres, on_sqlite, idle):
            send(town.senders, WARM_UP)
        for _ in range(ROUNDS):
            on_postgres.bare.append(bare.in_postgres(url, on_postgres.load()))
            idle.load()
            began = on_sqlite.load()
            database = folder / "sqlite/state/central.db"
            on_sqlite.bare.append(bare.in_sqlite(database, folder / "bare.db", began))
        _insist_on_all(url, database)
    yield from _rows(on_postgres, on_sqlite, idle)


def _rows(on_postgres: Town, on_sqlite: Town, idle: Town) -> Iterator[Row]:
    view = "the same signed view, doing nothing"
    for name, town, peer in (
        ("ingest_postgres", on_postgres, "bare psycopg unnest, the same rows"),
        ("ingest_sqlite", on_sqlite, "bare sqlite3 executemany, the same rows"),
    ):
        yield row(f"{name}_rate", "rec/s", town.rates, peer, town.bare)
        yield row(f"{name}_view_rate", "rec/s", town.rates, view, idle.rates)
        yield row(f"{name}_p95", "ms", town.p95s, view, idle.p95s)


def _town(stack: ExitStack, central: Central) -> Town:
    stack.enter_context(central)
    return Town(central, [_enrolled(central, code) for code in CODES])


def _enrolled(central: Central, code: str) -> Identity:
    """A device that has joined as any other does."""
    join_file = central.folder / f"{code}.toml"
    done = central.command("join-file", code, "--output", str(join_file))
    if done.returncode:
        raise ValueError(done.stderr)
    identity = join(join_file, central.folder / code)
    client = Client(identity, mix.now)
    client.enrol()
    client.close()
    return identity


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _insist_on_all(url: str, database: Path) -> None:
    """Every record that was answered is there, and the log was folded in: else no figure counts."""
    expected = len(CODES) * (WARM_UP + ROUNDS * BATCHES) * 100
    count = "SELECT count(*) FROM intake_record"
    with psycopg.connect(url) as postgres, closing(sqlite3.connect(database)) as sqlite:
        found = {postgres.execute(count).fetchone()[0], sqlite.execute(count).fetchone()[0]}
    if found != {expected}:
        raise ValueError(f"{expected} records sent, {found} kept")
    log = database.with_name(f"{database.name}-wal").stat().st_size
    if log > LARGEST_LOG:
        raise ValueError(f"SQLite's write-ahead log grew to {log} bytes")
