"""A town for the fault suite: one real central, and as many real boxes as asked for.

Central is `gunicorn` in a process of its own, on its own database; what it holds is read
straight from that database's file, past central's code.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import requests

from kiosk.form.model import CHANCE_BYTES, Draft, Rating
from kiosk.intake import Intake, Receipt
from kiosk.profile import load_profile
from sync.agent import Agent, AgentSettings, Surroundings
from sync.case import Instant, Kind
from sync.client import Client
from sync.identity import Identity, join
from sync.store import STORE_FILE, OutboxEntry, Store
from tests.migrated import lay_database
from tests.sync.central.running import free_port

CHECKOUT = Path(__file__).resolve().parents[2]
PROFILE = CHECKOUT / "deploy/profiles/tha-kasem/profile.toml"
WAIT_S = 30
JOINED_AT_ONCE = 50

_JOIN = """
import django, sys; django.setup()
from datetime import datetime, timezone
from sync.central.fleet.joining import as_toml, create_device
for code in sys.argv[1:]:
    print(as_toml(create_device(code, datetime.now(timezone.utc))), end="\\0")
"""


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What central holds of one device: record id to bytes, and how many rows of each sort."""

    records: dict[uuid.UUID, bytes]
    cases: int
    ratings: int
    revisions: int


class KnownCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case's times as central's database has them; `submitted_at` is the corrected one."""

    reference: str
    captured_wall_at: datetime
    captured_trusted: bool
    submitted_at: datetime | None
    received_at: datetime
    due_on: date
    due_was_printed: bool


class Town:
    """One central, running; `folder` is its own. Everything it says goes to `log`."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / "central.log"
        self.database = folder / "state" / "central.db"
        self.environment = {
            **{name: value for name, value in os.environ.items() if "CENTRAL" not in name},
            "DJANGO_SETTINGS_MODULE": "sync.central.settings",
            "CENTRAL_STATE_DIR": str(folder / "state"),
            "CENTRAL_PORT": str(self.port),
            "CENTRAL_PROFILE": str(PROFILE),
            "CENTRAL_MAIL_TO": "centre@municipality.invalid",
            **settings,
        }
        self._codes = _device_codes()
        self._join_files: list[str] = []

    @property
    def url(self) -> str:
        """Central itself, without a proxy."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Town":
        if not self.environment.get("CENTRAL_DATABASE"):
            lay_database(self.folder / "state")
        self.command("migrate")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "--no-control-socket"),
                    *("--config", "python:sync.central.gunicorn", "--workers", "2"),
                    *("--bind", f"127.0.0.1:{self.port}", "sync.central.wsgi:application"),
                ],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(WAIT_S)

    def command(self, *words: str) -> str:
        """What `central WORDS` printed."""
        return self._output("-m", "sync.central", *words)

    def kill_workers(self) -> None:
        """As the kernel would in want of memory; gunicorn starts others at once."""
        pid = self._process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)

    def join_file(self) -> str:
        """The text of a join file under a code that no box of this town has had."""
        if not self._join_files:
            codes = [next(self._codes) for _ in range(JOINED_AT_ONCE)]
            self._join_files = self._output("-c", _JOIN, *codes).split("\0")[:-1]
        return self._join_files.pop()

    def holds_of(self, device_code: str) -> Holding:
        """What central's database has of a device at this moment."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:

            def rows(statement: str) -> list[Any]:
                return database.execute(statement, (device_code,)).fetchall()

            def count(table: str) -> int:
                return int(rows(f"SELECT count(*) FROM {table} WHERE device_id = ?")[0][0])

            found = rows("SELECT record_id, raw FROM intake_record WHERE device_id = ?")
            return Holding(
                records={uuid.UUID(str(record_id)): bytes(raw) for record_id, raw in found},
                cases=count("cases_case"),
                ratings=count("surveys_rating"),
                revisions=count("intake_revision"),
            )

    def cases(self) -> list[KnownCase]:
        """Every case that central has."""
        names = KnownCase.__struct_fields__
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            found = database.execute(f"SELECT {', '.join(names)} FROM cases_case").fetchall()
        return [_known(dict(zip(names, row, strict=True))) for row in found]

    @contextmanager
    def broken_database(self) -> Iterator[None]:
        """The table of cases is away, so that a track page fails inside."""
        with closing(sqlite3.connect(self.database)) as database:
            database.execute("ALTER TABLE cases_case RENAME TO cases_away")
            database.commit()
            try:
                yield
            finally:
                database.execute("ALTER TABLE cases_away RENAME TO cases_case")
                database.commit()

    def _output(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout

    def _wait(self) -> None:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self.log.read_text()
            try:
                if requests.get(f"{self.url}/healthz", timeout=2).ok:
                    return
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.05)
        raise TimeoutError(self.log.read_text())


class DeviceClock:
    """A device's clocks, moved at will; `ahead` is how far its wall clock is wrong."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)
        self.trusted = True
        self.boot()

    def pass_by(self, time_passed: timedelta) -> None:
        """Let both clocks go on at once, as if that much time had passed."""
        self.ahead += time_passed
        self._began_s -= time_passed.total_seconds()

    def boot(self) -> None:
        """Begin another boot: a new id, and seconds counted from now."""
        self.boot_id = str(uuid.uuid4())
        self._began_s = time.monotonic()

    def __call__(self) -> Instant:
        return Instant(
            wall=datetime.now(UTC) + self.ahead,
            boot_id=self.boot_id,
            monotonic_s=time.monotonic() - self._began_s,
            trusted=self.trusted,
        )


class Box:
    """One device: the real intake, store and agent, in this process.

    `kept` is every record that was kept, as its bytes were then.
    """

    def __init__(self, join_file: str, folder: Path, central_url: str = "") -> None:
        """Join with the text of a join file; `central_url` replaces the one that stands there."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.clock = DeviceClock()
        self.kept: dict[uuid.UUID, bytes] = {}
        self.identity = self._joined(join_file, central_url)
        self._profile = load_profile(PROFILE)
        self.store = Store.open(folder / STORE_FILE)
        self.start_agent()

    @property
    def code(self) -> str:
        """The device code."""
        return self.identity.device_code

    def submit(self, **answers: object) -> Receipt:
        """A resident submits a case."""
        facts: dict[str, object] = {
            "case_id": uuid.uuid4(),
            "chance": os.urandom(CHANCE_BYTES),
            "kind": Kind.COMPLAINT,
            "topic_code": "street_light",
            "words": "ไฟดับที่ปากซอย",
            "village_code": "village-3",
        }
        return self.keeping(
            lambda intake: intake.submit(Draft(**{**facts, **answers}), "th")  # type: ignore[arg-type]
        )

    def rate(self, score: int = 4) -> None:
        """A resident touches a face."""
        rating = Rating(rating_id=uuid.uuid4(), division_code="works", score=score)
        self.keeping(lambda intake: intake.rate(rating, "th"))

    def keeping(self, deed: Callable[[Intake], Any]) -> Any:
        """Do something at the counter, and note the bytes that it left in the outbox."""
        intake = Intake(self.identity, self._profile, self.store, self.clock, lambda: None)
        done = deed(intake)
        for entry in self.entries():
            self.kept.setdefault(entry.record_id, entry.record)
        return done

    def entries(self) -> list[OutboxEntry]:
        """The whole outbox."""
        return self.store.outbox_entries(100_000)

    def restart(self) -> None:
        """All its processes end and start again."""
        self.store.close()
        self.store = Store.open(self.folder / STORE_FILE)
        self.start_agent()

    def start_agent(self, *, at: str = "", timeout_s: float = 10) -> Agent:
        """Another agent, whose central is at `at`."""
        identity = msgspec.structs.replace(
            self.identity, central_url=at or self.identity.central_url
        )
        settings = AgentSettings(
            state_dir=self.folder, runtime_dir=self.folder, timeout_s=timeout_s, beat_every_s=0
        )
        around = Surroundings(clock=self.clock, stop=threading.Event(), version="1")
        self.agent = Agent(self.store, Client(identity, self.clock, timeout_s), settings, around)
        return self.agent

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _joined(self, join_file: str, central_url: str) -> Identity:
        path = self.folder / "join.toml"
        path.write_text(join_file)
        identity = join(path, self.folder)
        return msgspec.structs.replace(identity, central_url=central_url or identity.central_url)


def _known(row: dict[str, Any]) -> KnownCase:
    """A row of SQLite's, whose instants are texts in UTC without saying so."""
    for name in ("captured_wall_at", "submitted_at", "received_at"):
        if row[name] is not None:
            row[name] = datetime.fromisoformat(row[name]).replace(tzinfo=UTC)
    return msgspec.convert(row, KnownCase, strict=False)


def _device_codes() -> Iterator[str]:
    """A0 to ZZ.., each once."""
    signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for first in "ABCDEFGHJKMNPQRSTVWXYZ":
        for second in signs:
            for third in signs:
                yield first + second + third


def assert_exactly_once(town: Town, box: Box) -> None:
    """Central holds what the box kept: all of it, once, the very bytes, nothing else."""
    held = town.holds_of(box.code)
    assert held.records == box.kept
    cases = sum(raw.startswith(b'{"type":"case_submitted"') for raw in box.kept.values())
    assert (held.cases, held.ratings, held.revisions) == (cases, len(box.kept) - cases, 0)


def assert_all_settled(box: Box) -> None:
    """Nothing waits, nothing is parked, all of it is acknowledged."""
    counts = box.store.outbox_counts()
    assert (counts.waiting, counts.parked, counts.acknowledged) == (0, 0, len(box.kept))
