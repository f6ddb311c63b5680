"""What a salvage left under a former code, where something stands in its way."""

import logging
import threading
from pathlib import Path

import pytest
import uuid6

from sync.agent import Agent, AgentSettings, Surroundings
from sync.client import Client
from sync.identity import FORMER_DIR, IDENTITY_FILE, KEY_FILE, load_identity
from sync.store import Store
from sync.wire import digest_of
from tests.sync.agents import keep_ratings, read_clock
from tests.sync.fakecentral import FakeCentral
from tests.sync.samples import INSTANT, join_file_text, submission


@pytest.fixture
def state(central: FakeCentral, tmp_path: Path, store: Store) -> Path:
    """A1's box, which was B2's before a salvage and still holds a case of B2's."""
    former = tmp_path / "state" / FORMER_DIR / "B2"
    former.mkdir(parents=True)
    (former / IDENTITY_FILE).write_text(join_file_text(device_code="B2"))
    (former / KEY_FILE).write_bytes(bytes(32))
    case_id = uuid6.uuid7()
    store.submit(case_id, INSTANT, lambda number: submission(case_id, number, code="B2"))
    store.mark_spent("B2", "salvaged", INSTANT.wall)
    return tmp_path / "state"


@pytest.fixture
def agent(state: Path, store: Store) -> Agent:
    settings = AgentSettings(state_dir=state, runtime_dir=state.parent, timeout_s=5)
    around = Surroundings(clock=read_clock, stop=threading.Event())
    return Agent(store, Client(load_identity(state), read_clock, timeout_s=5), settings, around)


def assert_present_code_goes_on(agent: Agent, store: Store, central: FakeCentral) -> None:
    keep_ratings(store, 2)
    assert agent.pass_once()
    assert (len(central.records), len(central.beats), len(central.tallies)) == (2, 1, 1)
    assert store.link_state("A1").failing_since is None


def test_a_former_code_that_central_refuses_is_noted_once_and_holds_up_nobody(
    agent: Agent, store: Store, central: FakeCentral, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    assert_present_code_goes_on(agent, store, central)
    assert agent.pass_once()
    assert store.link_state("B2").reason == "signature_refused"
    assert caplog.text.count("what waits under B2 stays here") == 1
    assert store.outbox_counts().parked == 0


@pytest.mark.parametrize("lost", [IDENTITY_FILE, KEY_FILE])
def test_a_former_identity_that_was_lost_ends_nothing_and_is_noted(
    agent: Agent, store: Store, central: FakeCentral, state: Path, lost: str
) -> None:
    (state / FORMER_DIR / "B2" / lost).write_bytes(b"")
    assert_present_code_goes_on(agent, store, central)
    assert store.link_state("B2").reason == "identity_lost"


def test_what_waits_under_a_code_that_nobody_knows_is_noted(
    agent: Agent, store: Store, central: FakeCentral, state: Path
) -> None:
    for file in (state / FORMER_DIR / "B2").iterdir():
        file.unlink()
    assert_present_code_goes_on(agent, store, central)
    assert store.link_state("B2").reason == "identity_lost"


def test_it_goes_to_where_central_is_now(agent: Agent, store: Store, central: FakeCentral) -> None:
    """The former join file names a central that is gone; the present one is asked."""
    agent.pass_once()
    assert store.link_state("B2").reason == "signature_refused", "an answer, and from central"


def test_what_central_has_from_elsewhere_waits_no_longer(
    agent: Agent, store: Store, central: FakeCentral, state: Path
) -> None:
    """As from a backup of the dead box: its key is gone, the records were taken in."""
    for file in (state / FORMER_DIR / "B2").iterdir():
        file.unlink()
    assert agent.pass_once()
    assert (store.link_state("B2").reason, store.outbox_counts().waiting) == ("identity_lost", 1)
    [entry] = store.waiting(9)
    central.elsewhere = {entry.digest, "f" * 64}
    assert agent.pass_once()
    assert store.waiting_codes() == []
    counts = store.outbox_counts()
    assert (counts.waiting, counts.parked, counts.acknowledged) == (0, 0, 1)
    assert store.link_state("B2").failing_since is None
    assert entry.digest not in {digest_of(record) for record in central.records.values()}


def test_a_key_that_central_takes_no_more_is_helped_by_the_present_one(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    central.elsewhere = {entry.digest for entry in store.waiting(9)}
    assert agent.pass_once()
    assert store.outbox_counts().waiting == 0
    assert store.link_state("B2").failing_since is None


def test_a_word_about_something_else_settles_nothing(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    central.fault = "holds what nobody asked about"
    assert agent.pass_once()
    assert store.outbox_counts().waiting == 1
    assert store.link_state("B2").reason == "signature_refused"
