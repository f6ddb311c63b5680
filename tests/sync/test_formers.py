"""What a salvage left under a former code, where something stands in its way."""

import logging
import threading
from pathlib import Path

import pytest
import uuid6

from sync import statements as sql
from sync.agent import Agent, AgentSettings, Surroundings
from sync.client import Client
from sync.doorbell import SYNC_BELL, Doorbell
from sync.identity import FORMER_DIR, IDENTITY_FILE, KEY_FILE, load_identity
from sync.store import Store
from sync.store.rows import text_of
from sync.wire import MOST_HELD, digest_of
from tests.sync.agents import keep_ratings, read_clock
from tests.sync.fakecentral import FakeCentral
from tests.sync.samples import INSTANT, join_file_text, rating_record, submission


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


def start_agent(state: Path, store: Store, stop: threading.Event | None = None) -> Agent:
    settings = AgentSettings(state_dir=state, runtime_dir=state.parent, timeout_s=5)
    around = Surroundings(clock=read_clock, stop=stop or threading.Event())
    return Agent(store, Client(load_identity(state), read_clock, timeout_s=5), settings, around)


@pytest.fixture
def agent(state: Path, store: Store) -> Agent:
    return start_agent(state, store)


def salvage_more(store: Store, count: int, state: str = "waiting") -> list[str]:
    """Digests of what else a salvage brought in under B2, the oldest first."""
    at, kept, rows = text_of(INSTANT.wall), [uuid6.uuid7() for _ in range(count)], []
    for number, key in enumerate(kept, start=1000):
        record = rating_record(key)
        row = (number, str(key), digest_of(record), at, state, "", 0, None, None, record, "B2")
        rows.append((sql.TAKE_ENTRY, row))
    store.take_in(rows, highest=1)
    return [digest_of(rating_record(key)) for key in kept]


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
    assert start_agent(state, store).pass_once()
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


def test_a_central_that_was_not_heard_out_is_asked_again_at_the_next_pass(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    central.fault = "holds what nobody asked about"
    assert agent.pass_once()
    central.fault = ""
    central.elsewhere = {entry.digest for entry in store.waiting(9)}
    assert agent.pass_once()
    assert store.outbox_counts().waiting == 0


@pytest.mark.parametrize("fault", ["", "tells nobody what it holds"])
def test_it_is_asked_about_once_a_day_and_not_at_each_pass(
    agent: Agent, store: Store, central: FakeCentral, fault: str
) -> None:
    central.fault = fault
    for _ in range(3):
        assert agent.pass_once()
    assert [question.about for question in central.questions] == ["B2"]
    assert store.link_state("B2").reason == "signature_refused"


def test_who_rings_urgently_has_it_asked_about_at_once(
    state: Path, store: Store, central: FakeCentral
) -> None:
    stop = threading.Event()

    class Technician(Doorbell):
        """Rings once, as `kiosk sync-now` does after central took a backup; then it ends."""

        def wait(self, timeout_s: float | None) -> bool:
            self.urgent = not central.elsewhere
            if not self.urgent:
                stop.set()
            central.elsewhere = {entry.digest for entry in store.waiting(9)} or {"f" * 64}
            return True

    with Technician(state.parent / SYNC_BELL) as bell:
        start_agent(state, store, stop).run(bell)
    assert (len(central.questions), store.outbox_counts().waiting) == (2, 0)


def test_all_that_waits_is_asked_about_though_central_has_none_of_the_oldest(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    newest = salvage_more(store, MOST_HELD)[-1]
    central.elsewhere = {newest}
    assert agent.pass_once()
    assert [len(question.records) for question in central.questions] == [MOST_HELD, 1]
    counts = store.outbox_counts()
    assert (counts.waiting, counts.acknowledged) == (MOST_HELD, 1)


def test_attachments_are_asked_about_by_their_address(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    here, missing = salvage_more(store, 2, "attachment")
    central.elsewhere = {here}
    assert agent.pass_once()
    [question] = central.questions
    assert (len(question.records), question.attachments) == (1, [here, missing])
    counts = store.outbox_counts()
    assert (counts.attachments, counts.waiting, counts.parked) == (1, 1, 0)
