"""The real agent, with the real store, against the real central."""

import os
import sqlite3
import threading
import uuid
from contextlib import closing

import msgspec
import pytest
import requests

from sync.agent import Agent, AgentSettings, Surroundings
from sync.case import CaseContent, Kind
from sync.client import Client
from sync.identity import join
from sync.records import Attachment, CaseSubmitted
from sync.reference import make_key, reference_for, tracking_url
from sync.seal import seal
from sync.store import STORE_FILE, Store, Submission
from sync.wire import ATTACHMENT_PIECE, digest_of, encode
from tests.sync.central.kiosk import instant, rating


@pytest.fixture(scope="module")
def identity(running_central):
    join_file = running_central.folder / "d4.toml"
    assert running_central.command("join-file", "D4", "--output", str(join_file)).returncode == 0
    return join(join_file, running_central.folder / "d4")


@pytest.fixture
def store(identity, tmp_path):
    with Store.open(tmp_path / STORE_FILE) as opened:
        yield opened


@pytest.fixture
def agent(identity, store, tmp_path):
    settings = AgentSettings(state_dir=tmp_path, runtime_dir=tmp_path, timeout_s=10)
    around = Surroundings(clock=instant, stop=threading.Event(), version="1")
    return Agent(store, Client(identity, instant, 10), settings, around)


def submit(store, identity):
    """Where the slip of a fresh case leads."""
    urls = []

    def compose(number):
        reference = reference_for(identity.device_code, number)
        key = make_key(identity.slip_secret, reference, os.urandom(7))
        urls.append(tracking_url(identity.public_url, str(reference), key))
        return Submission(
            record=case_record(identity, reference, key), reference=str(reference), slip=b"{}"
        )

    store.submit(uuid.uuid4(), instant(), compose)
    return urls[0]


def case_record(identity, reference, key):
    content = CaseContent(
        kind=Kind.SUGGESTION, topic_code="road", words="ถนนเป็นหลุม", tracking_key=key
    )
    record = CaseSubmitted(
        case_id=uuid.uuid4(),
        reference=str(reference),
        captured=instant(),
        sealed_to=identity.intake_key_id,
        sealed=seal(encode(content), identity.intake_key),
    )
    return encode(record)


def test_one_pass_brings_everything_to_central(agent, store, identity):
    url = submit(store, identity)
    for _ in range(150):
        rating_id = uuid.uuid4()
        store.keep_rating(rating_id, instant(), rating(rating_id=rating_id))
    assert "not yet at the centre" in requests.get(f"{url}?lang=en", timeout=5).text
    assert agent.pass_once()
    counts = store.outbox_counts()
    assert (counts.acknowledged, counts.waiting, counts.parked) == (151, 0, 0)
    assert "ถนน/ทางสาธารณะชำรุด" in requests.get(url, timeout=5).text


def test_what_central_refuses_is_parked_and_the_rest_goes_on(agent, store):
    good, bad = uuid.uuid4(), uuid.uuid4()
    store.keep_rating(bad, instant(), b'{"type":"rating_given","score":9}')
    store.keep_rating(good, instant(), rating(rating_id=good))
    assert agent.pass_once()
    counts = store.outbox_counts()
    assert (counts.acknowledged, counts.waiting, counts.parked) == (1, 0, 1)


def with_picture(store, identity, picture):
    """A fresh case with one sealed attachment."""
    case_id = uuid.uuid4()

    def compose(number):
        reference = reference_for(identity.device_code, number)
        key = make_key(identity.slip_secret, reference, os.urandom(7))
        plain = msgspec.json.decode(case_record(identity, reference, key), type=CaseSubmitted)
        attachment = Attachment(address=digest_of(picture), size=len(picture))
        record = msgspec.structs.replace(plain, case_id=case_id, attachments=[attachment])
        return Submission(
            record=encode(record), reference=str(reference), slip=b"{}", attachments=[picture]
        )

    store.submit(case_id, instant(), compose)


class Once:
    """Stops the agent as soon as some bytes of an attachment are at central."""

    def __init__(self, store, client):
        self.store, self.client, self.stop = store, client, threading.Event()

    def __call__(self, status):
        entry = self.store.next_attachment(self.client.device_code)
        if entry and self.client.attachment_status(entry.digest).status.received:
            self.stop.set()


@pytest.fixture
def other(running_central, tmp_path):
    """Another kiosk of this central, with a code of its own for each test."""
    code = f"E{uuid.uuid4().int % 900 + 100}"
    join_file = tmp_path / "join.toml"
    assert running_central.command("join-file", code, "--output", str(join_file)).returncode == 0
    return join(join_file, tmp_path / "state")


@pytest.fixture
def others_store(other, tmp_path):
    with Store.open(tmp_path / "state" / STORE_FILE) as opened:
        yield opened


def agent_of(identity, store, tmp_path, **more):
    settings = AgentSettings(state_dir=tmp_path / "state", runtime_dir=tmp_path, timeout_s=10)
    facts = {"clock": instant, "stop": threading.Event(), "version": "1", **more}
    return Agent(store, Client(identity, instant, 10), settings, Surroundings(**facts))


def test_an_attachment_goes_on_where_it_was_cut_off(other, others_store, tmp_path):
    picture = os.urandom(ATTACHMENT_PIECE * 3 + 17)
    with_picture(others_store, other, picture)
    client = Client(other, instant, 10)
    once = Once(others_store, client)
    agent_of(other, others_store, tmp_path, alive=once, stop=once.stop).pass_once()
    assert others_store.outbox_counts().attachments == 1
    held = client.attachment_status(digest_of(picture)).status
    assert 0 < held.received < len(picture)
    assert agent_of(other, others_store, tmp_path).pass_once()
    assert others_store.outbox_counts().attachments == 0
    assert client.attachment_status(digest_of(picture)).status.is_complete
    client.close()


def test_words_go_before_a_picture_and_between_its_pieces(other, others_store, tmp_path):
    with_picture(others_store, other, os.urandom(ATTACHMENT_PIECE * 2))
    order = []

    def speak(status):
        counts = others_store.outbox_counts()
        order.append((counts.waiting, counts.attachments))
        if len(order) == 3:  # the first piece is there
            submit(others_store, other)

    assert agent_of(other, others_store, tmp_path, alive=speak).pass_once()
    words_first, asked, one_piece = order[:3]
    assert words_first == asked == one_piece == (0, 1)
    assert order[3:] == [(0, 1), (0, 0)]  # the new words, and only then the last piece


def test_a_picture_whose_case_central_does_not_know_waits_and_holds_nobody_up(
    other, others_store, tmp_path
):
    first, second = os.urandom(1000), os.urandom(1000)
    with_picture(others_store, other, first)
    with_picture(others_store, other, second)
    with closing(sqlite3.connect(tmp_path / "state" / STORE_FILE)) as shell:
        shell.execute("UPDATE outbox SET state = 'parked' WHERE state = 'waiting' AND number = 1")
        shell.commit()
    assert agent_of(other, others_store, tmp_path).pass_once()
    counts = others_store.outbox_counts()
    assert (counts.attachments, counts.parked) == (1, 1)
    assert others_store.next_attachment(other.device_code).digest == digest_of(first)


def test_a_gap_at_central_is_noticed_healed_and_then_agreed(
    running_central, other, others_store, tmp_path, caplog
):
    urls = [submit(others_store, other) for _ in range(4)]
    assert agent_of(other, others_store, tmp_path).pass_once()
    assert others_store.tally_state(other.device_code).agreed_through == 4
    lose(running_central, f"{other.device_code}-0002", f"{other.device_code}-0003")
    assert "not yet at the centre" in requests.get(f"{urls[1]}?lang=en", timeout=5).text
    assert agent_of(other, others_store, tmp_path).pass_once()
    assert "central lacks 2 of 4 cases; 2 sent again" in caplog.text
    assert others_store.tally_state(other.device_code).is_agreed
    assert "ถนน/ทางสาธารณะชำรุด" in requests.get(urls[1], timeout=5).text


def lose(central, *references):
    """What a backup of yesterday would not have."""
    with closing(sqlite3.connect(central.folder / "state" / "central.db", timeout=20)) as shell:
        for reference in references:
            [(case_id,)] = shell.execute(
                "SELECT case_id FROM cases_case WHERE reference LIKE ?", (f"{reference}%",)
            ).fetchall()
            shell.execute("DELETE FROM cases_notice WHERE case_id = ?", (case_id,))
            shell.execute("DELETE FROM cases_case WHERE case_id = ?", (case_id,))
            shell.execute("DELETE FROM intake_record WHERE record_id = ?", (case_id,))
        shell.commit()


def test_after_a_salvage_what_waits_still_goes_under_the_code_of_before(
    running_central, other, others_store, tmp_path
):
    url = submit(others_store, other)
    others_store.mark_spent(other.device_code, "salvaged", instant().wall)
    join_file = tmp_path / "new.toml"
    code = f"F{uuid.uuid4().int % 900 + 100}"
    assert running_central.command("join-file", code, "--output", str(join_file)).returncode == 0
    new = join(join_file, tmp_path / "state")
    later = submit(others_store, new)
    assert agent_of(new, others_store, tmp_path).pass_once()
    assert others_store.outbox_counts().waiting == 0
    for there in (url, later):
        assert "ถนน/ทางสาธารณะชำรุด" in requests.get(there, timeout=5).text
