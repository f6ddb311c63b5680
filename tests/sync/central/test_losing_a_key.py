"""The rehearsal: intake keys are rotated, lost and restored while a kiosk goes on working."""

import os
import re
import sqlite3
import threading
import uuid
from contextlib import closing

import pytest
import requests

from kiosk.form.model import Draft
from kiosk.intake import Intake
from kiosk.profile import load_profile
from sync.agent import Agent, AgentSettings, Surroundings
from sync.case import Kind
from sync.client import Client
from sync.identity import Renewing, join
from sync.reference import tracking_url
from sync.store import STORE_FILE, Store
from sync.wire import decode_record
from tests.migrated import lay_database
from tests.sync.central.conftest import PROFILE
from tests.sync.central.kiosk import instant
from tests.sync.central.running import WAIT_S, Central

TOPIC = "สัตว์จรจัด"
WAITS = "cannot read it yet"


class Counter:
    """One kiosk: the intake that runs all day, and an agent for each time it has a network."""

    def __init__(self, join_file, folder):
        self.folder = folder
        self.identity = join(join_file, folder)
        self.store = Store.open(folder / STORE_FILE)
        newest = Renewing(folder, self.identity).now
        profile = load_profile(PROFILE)
        self.intake = Intake(self.identity, profile, self.store, instant, lambda: None, newest)

    def submit(self):
        """Where the slip leads."""
        complaint = Draft(
            case_id=uuid.uuid4(),
            chance=os.urandom(7),
            kind=Kind.COMPLAINT,
            topic_code="animals",
            words="หมาจรจัดไล่กัดเด็ก",
            village_code="village-3",
        )
        receipt = self.intake.submit(complaint, "th")
        return tracking_url(self.identity.public_url, receipt.reference, receipt.tracking_key)

    def sync(self):
        around = Surroundings(clock=instant, stop=threading.Event())
        settings = AgentSettings(state_dir=self.folder, runtime_dir=self.folder)
        agent = Agent(self.store, Client(self.identity, instant), settings, around)
        assert agent.pass_once()
        counts = self.store.outbox_counts()
        assert (counts.waiting, counts.parked) == (0, 0)

    @property
    def sealed_to(self):
        """The keys that the waiting cases are sealed to."""
        return [decode_record(entry.record).sealed_to for entry in self.store.waiting(100)]


@pytest.fixture
def central(tmp_path):
    lay_database(tmp_path / "state")
    with Central(tmp_path, PROFILE) as running:
        yield running


@pytest.fixture
def counter(central, tmp_path):
    join_file = tmp_path / "K1.toml"
    assert central.command("join-file", "K1", "--output", str(join_file)).returncode == 0
    opened = Counter(join_file, tmp_path / "kiosk")
    yield opened
    opened.store.close()


def told(url):
    return requests.get(f"{url}?lang=en", timeout=WAIT_S).text


def desk(central):
    """The officers' list of cases, in English."""
    with requests.Session() as session:
        page = session.get(f"{central.url}/staff/sign-in", timeout=WAIT_S).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        fields = {
            "username": "officer",
            "password": central.password,
            "csrfmiddlewaretoken": token,
        }
        session.post(f"{central.url}/staff/sign-in", fields, timeout=WAIT_S)
        return session.get(f"{central.url}/staff/?lang=en", timeout=WAIT_S).text


def run(central, *words):
    done = central.command("keys", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_is_lost_when_keys_are_rotated_lost_and_restored(central, counter, tmp_path):
    keys, backup = tmp_path / "state" / "keys", tmp_path / "safe"
    unsent = [counter.submit(), counter.submit()]

    assert "intake-2 is in use" in run(central, "rotate", "intake")
    (keys / "intake-1.key").rename(backup)
    assert "intake-1: MISSING" in run(central, "list")
    run(central, "lost", "intake-1")
    counter.sync()
    for url in unsent:
        assert WAITS in told(url)
    assert "2 cases arrived that cannot be opened: the key intake-1 is missing" in desk(central)

    later = counter.submit()
    assert counter.sealed_to == ["intake-2"]
    counter.sync()
    assert TOPIC in requests.get(later, timeout=5).text

    assert "intake-1 is back; 2 cases opened" in run(central, "restore", str(backup))
    for url in unsent:
        assert TOPIC in requests.get(url, timeout=5).text
    assert "cannot be opened" not in desk(central)


def test_the_key_in_use_is_lost_and_kiosks_seal_to_the_next(central, counter, tmp_path):
    keys, safe = tmp_path / "state" / "keys", tmp_path / "root"
    counter.sync()
    run(central, "export-root", str(safe))
    url = counter.submit()
    (keys / "intake-1.key").rename(tmp_path / "safe")
    assert "--root FILE" in central.command("keys", "lost", "intake-1").stderr
    assert "kiosks seal to intake-2" in run(central, "lost", "intake-1", "--root", str(safe))
    counter.sync()
    assert WAITS in told(url)
    assert "1 case arrived that cannot be opened: the key intake-1 is missing" in desk(central)
    counter.submit()
    assert counter.sealed_to == ["intake-2"]
    assert "intake-1 is back; 1 cases opened" in run(central, "restore", str(tmp_path / "safe"))
    assert TOPIC in requests.get(url, timeout=5).text
    assert "cannot be opened" not in desk(central)


def test_a_database_from_before_a_rotation_brings_no_corruption_key_back(tmp_path):
    """Nor does the next one bear the name of the one that only the keyring still knows."""
    lay_database(tmp_path / "state")
    with Central(tmp_path, PROFILE) as central:
        database = tmp_path / "state" / "central.db"
        with (
            closing(sqlite3.connect(database)) as here,
            closing(sqlite3.connect(":memory:")) as kept,
        ):
            here.backup(kept)
            done = central.command("corruption-key", "rotate")
            assert "corruption-2 is in use" in done.stdout, done.stderr
            kept.backup(here)
        done = central.command("migrate")
        assert done.returncode == 0
        assert "kiosks seal to corruption-2" in done.stderr
        assert "corruption-3: cases about corruption" in run(central, "list")
        run(central, "export-root", str(tmp_path / "root.key"))
        assert central.command("migrate").returncode == 0
