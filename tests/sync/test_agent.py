import logging
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec
import pytest
import uuid6

from sync import reached
from sync.agent import Agent, AgentSettings, Surroundings
from sync.client import Client
from sync.doorbell import Doorbell
from sync.identity import load_identity
from sync.records import RatingGiven
from sync.store import Store, TallyState
from sync.tallying import numbers_to_resend
from sync.wire import Tally, TallyAnswer, encode
from tests.sync.agents import keep_ratings, read_clock
from tests.sync.fakecentral import FakeCentral
from tests.sync.samples import INSTANT, NOW, submission


def test_one_pass_enrols_sends_everything_and_beats(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    keep_ratings(store, 230)
    case_id = uuid6.uuid7()
    store.submit(case_id, INSTANT, lambda number: submission(case_id, number))
    assert agent.pass_once()
    assert len(central.records) == 231
    assert str(case_id) in central.records
    assert central.batches == [100, 100, 31]
    assert store.outbox_counts().acknowledged == 231
    assert central.beats[-1].waiting == 0
    assert store.link_state("A1").enrolled_at is not None
    assert store.link_state("A1").failing_since is None


def test_enrolment_happens_once(
    agent: Agent, store: Store, central: FakeCentral, agent_settings: AgentSettings
) -> None:
    agent.pass_once()
    agent.pass_once()
    client = Client(load_identity(agent_settings.state_dir), read_clock)
    around = Surroundings(clock=read_clock, stop=threading.Event())
    Agent(store, client, agent_settings, around).pass_once()
    assert central.requests.count("/api/v1/enrolments") == 1


def test_a_lost_answer_makes_no_duplicate(agent: Agent, store: Store, central: FakeCentral) -> None:
    agent.pass_once()
    keep_ratings(store, 3)
    central.fault = "loses the answer"
    assert not agent.pass_once()
    assert store.outbox_counts().waiting == 3
    central.fault = ""
    assert agent.pass_once()
    assert len(central.records) == 3
    assert store.outbox_counts().acknowledged == 3


@pytest.mark.parametrize(
    "fault",
    [
        "cuts the connection",
        "is a captive portal",
        "fails inside",
        "signs with another key",
        "refuses the device",
        "refuses everything",
        "answers nothing",
    ],
)
def test_nothing_is_lost_or_parked_while_central(
    fault: str, agent: Agent, store: Store, central: FakeCentral
) -> None:
    digests = keep_ratings(store, 5)
    agent.pass_once()
    digests = keep_ratings(store, 5)
    central.fault = fault
    assert not agent.pass_once()
    counts = store.outbox_counts()
    assert (counts.waiting, counts.parked) == (5, 0)
    assert [entry.digest for entry in store.waiting(10)] == digests
    assert {entry.attempts for entry in store.waiting(10)} == {1}
    central.fault = ""
    assert agent.pass_once()
    assert store.outbox_counts().waiting == 0


def test_a_refused_record_is_parked_with_its_code_and_the_rest_is_taken(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    digests = keep_ratings(store, 4)
    central.refused = {digests[2]: "reference_refused"}
    assert agent.pass_once()
    counts = store.outbox_counts()
    assert (counts.waiting, counts.parked, counts.acknowledged) == (0, 1, 3)
    (parked, *_) = store.outbox_entries(10)
    assert (parked.digest, parked.reason) == (digests[2], "reference_refused")


def test_what_was_parked_goes_again_when_somebody_asks(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    digests = keep_ratings(store, 2)
    central.refused = {digests[0]: "seal_refused"}
    assert agent.pass_once()
    central.refused = {}
    assert store.retry() == 1
    assert agent.pass_once()
    counts = store.outbox_counts()
    assert (counts.waiting, counts.parked, counts.acknowledged) == (0, 0, 2)


def test_a_record_that_the_card_has_changed_is_parked_and_holds_up_nothing(
    agent: Agent, store: Store, central: FakeCentral, agent_settings: AgentSettings
) -> None:
    digests = keep_ratings(store, 3)
    with closing(sqlite3.connect(agent_settings.state_dir / "store.db")) as card, card:
        card.execute(
            "UPDATE outbox SET record = "
            "CAST(replace(record, '\"score\":4', '\"score\":1') AS BLOB) WHERE digest = ?",
            (digests[1],),
        )
    assert agent.pass_once()
    counts = store.outbox_counts()
    assert (counts.waiting, counts.parked, counts.acknowledged) == (0, 1, 2)
    assert store.outbox_entries(1)[0].reason == "damaged"
    assert store.retry() == 0, "it will not get better"


def test_the_record_that_spoils_a_batch_is_found_and_parked(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    digests = keep_ratings(store, 40)
    central.spoils_batches = {digests[7], digests[31]}
    assert agent.pass_once()
    counts = store.outbox_counts()
    assert (counts.waiting, counts.parked, counts.acknowledged) == (0, 2, 38)
    parked = [entry for entry in store.outbox_entries(40) if entry.state == "parked"]
    assert {entry.digest for entry in parked} == central.spoils_batches
    assert {entry.reason for entry in parked} == {"batch_unreadable"}


def test_a_web_server_that_takes_only_small_bodies_gets_small_ones(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    keep_ratings(store, 20)
    central.largest_batch = 6
    assert agent.pass_once()
    assert store.outbox_counts().acknowledged == 20
    assert store.outbox_counts().parked == 0


def test_a_central_that_lost_the_device_gets_its_key_again(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    agent.pass_once()
    central.device_key = None
    keep_ratings(store, 1)
    assert not agent.pass_once()
    assert agent.pass_once()
    assert store.outbox_counts().acknowledged == 1


def test_lost_and_back_are_logged_once_each_and_ring_the_glass(
    agent: Agent,
    central: FakeCentral,
    agent_settings: AgentSettings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="sync")
    with Doorbell(agent_settings.runtime_dir / "ui.sock") as glass:
        agent.pass_once()
        assert glass.wait(0)
        central.fault = "fails inside"
        agent._beat_due_s = 0
        agent.pass_once()
        assert glass.wait(0)
        for _ in range(5):
            agent.pass_once()
        assert not glass.wait(0)
        central.fault = ""
        agent.pass_once()
        assert glass.wait(0)
    messages = [record.message for record in caplog.records]
    assert messages == [
        "enrolled as A1",
        "central reachable",
        "sending waits: answered 500",
        "central reachable",
    ]


def test_since_when_central_is_away_is_remembered(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    central.fault = "cuts the connection"
    agent.pass_once()
    since = store.link_state("A1").failing_since
    agent.pass_once()
    link = store.link_state("A1")
    assert since is not None
    assert (link.failing_since, link.reason, link.reached_at) == (since, "unreachable", None)


def test_that_central_answers_is_written_to_the_disk_once_an_hour_and_else_to_memory(
    store: Store, central: FakeCentral, agent_settings: AgentSettings
) -> None:
    agent_settings.runtime_dir.mkdir(exist_ok=True)
    now = INSTANT
    around = Surroundings(clock=lambda: now, stop=threading.Event())
    client = Client(central.identity, read_clock)
    agent = Agent(store, client, replace(agent_settings, beat_every_s=0), around)
    log = agent_settings.state_dir / "store.db-wal"

    def beaten(minutes: int) -> tuple[datetime | None, datetime | None]:
        nonlocal now
        now = msgspec.structs.replace(
            INSTANT,
            wall=INSTANT.wall + timedelta(minutes=minutes),
            monotonic_s=INSTANT.monotonic_s + minutes * 60,
        )
        assert agent.pass_once() == (not central.fault)
        told = reached.last(agent_settings.runtime_dir, "A1")
        return store.link_state("A1").reached_at, told

    def at(minutes: int) -> datetime:
        return INSTANT.wall + timedelta(minutes=minutes)

    assert beaten(0) == (at(0), at(0))
    before = log.read_bytes()
    assert beaten(5) == (at(0), at(5))
    assert beaten(59) == (at(0), at(59))
    assert len(central.beats) == 3
    assert log.read_bytes() == before
    assert beaten(61) == (at(61), at(61))
    assert beaten(70) == (at(61), at(70))
    central.fault = "cuts the connection"
    assert beaten(75) == (at(70), at(70)), "when it was lost, the disk hears since when"
    assert store.link_state("A1").failing_since == at(75)
    central.fault = ""
    assert beaten(80) == (at(80), at(80))


def test_what_was_kept_under_a_former_code_is_not_sent_under_this_one(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    case_id = uuid6.uuid7()
    store.submit(case_id, INSTANT, lambda number: submission(case_id, number, code="B2"))
    store.mark_spent("B2", "salvaged", INSTANT.wall)
    keep_ratings(store, 1)
    assert agent.pass_once()
    assert [entry.record_id for entry in store.waiting(9)] == [case_id]


def test_where_no_spooler_runs_the_agent_wipes_slips_that_are_too_old(
    agent: Agent, store: Store, central: FakeCentral, agent_settings: AgentSettings
) -> None:
    case_id = uuid6.uuid7()
    store.submit(case_id, INSTANT, lambda number: submission(case_id, number, b"the key"))
    agent.pass_once()
    assert store.slip_counts() == {"waiting": 1}, "unless it is told when they expire"
    expiring = replace(agent_settings, slips_expire_after=timedelta(seconds=300))
    later = INSTANT.monotonic_s + 301
    around = Surroundings(
        clock=lambda: msgspec.structs.replace(read_clock(), monotonic_s=later),
        stop=threading.Event(),
    )
    Agent(store, Client(central.identity, read_clock), expiring, around).pass_once()
    assert store.slip_counts() == {"expired": 1}


def test_the_beginning_of_a_boot_is_told_with_records_of_that_boot_later(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    assert agent.pass_once()
    assert central.boots == []
    [known] = store.boots([read_clock().boot_id])
    expected = datetime.now(UTC) - timedelta(seconds=read_clock().monotonic_s)
    assert abs(known.began_at - expected) < timedelta(seconds=10)
    record = encode(
        RatingGiven(rating_id=uuid6.uuid7(), division_code="works", score=3, captured=read_clock())
    )
    store.keep_rating(uuid6.uuid7(), read_clock(), record)
    assert agent.pass_once()
    assert central.boots == [known]


def test_cases_that_central_lacks_are_sent_again_and_compared_again(
    agent: Agent, store: Store, central: FakeCentral
) -> None:
    for _ in range(3):
        store.submit(uuid6.uuid7(), INSTANT, partial(submission, uuid6.uuid7()))
    central.missing = [2]
    assert agent.pass_once()
    assert central.batches == [3, 1]
    assert [tally.through for tally in central.tallies] == [3, 3]
    state = store.tally_state("A1")
    assert state is not None
    assert (state.is_agreed, state.agreed_through) == (True, 3)


def test_a_tally_is_taken_once_a_day(agent: Agent, central: FakeCentral) -> None:
    for _ in range(3):
        assert agent.pass_once()
    assert len(central.tallies) == 1


def test_what_central_has_had_for_longer_than_the_grace_goes_and_the_rest_stays(
    store: Store, central: FakeCentral, agent_settings: AgentSettings, stop: threading.Event
) -> None:
    client = Client(load_identity(agent_settings.state_dir), read_clock, timeout_s=5)
    month = replace(agent_settings, grace=timedelta(days=30))
    around = Surroundings(clock=read_clock, stop=stop)
    store.submit(uuid6.uuid7(), INSTANT, partial(submission, uuid6.uuid7()))
    keep_ratings(store, 2)
    assert Agent(store, client, month, around).pass_once()
    assert store.outbox_counts().acknowledged == 3
    central.clock_ahead = timedelta(days=31)
    keep_ratings(store, 1)
    assert Agent(store, client, month, around).pass_once()
    assert store.outbox_counts().acknowledged == 1
    client.close()


def test_contents_that_differ_are_sent_again_once_and_not_for_ever() -> None:
    tally = Tally(through=3, chain="0" * 64, without=[2])
    differs = TallyAnswer(
        device_code="A1", through=3, chain="0" * 64, agreed=False, answered_at=NOW
    )
    agreed = TallyState(agreed_through=3, through=3, is_agreed=True, missing=[], compared_at=NOW)
    tried = msgspec.structs.replace(agreed, is_agreed=False)
    assert numbers_to_resend(tally, differs, None) == [1, 3]
    assert numbers_to_resend(tally, differs, agreed) == [1, 3]
    assert numbers_to_resend(tally, differs, tried) == []
    shorter = msgspec.structs.replace(tried, through=2)
    assert numbers_to_resend(tally, differs, shorter) == [], "one more case helps no more"
    lacks = msgspec.structs.replace(differs, missing=[3])
    assert numbers_to_resend(tally, lacks, tried) == [3]
