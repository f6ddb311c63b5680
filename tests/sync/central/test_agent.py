"""The real agent, with the real store, against the real central."""

import os
import threading
import uuid

import pytest
import requests

from sync.agent import Agent, AgentSettings, Surroundings
from sync.case import CaseContent, Kind
from sync.client import Client
from sync.identity import join
from sync.reference import make_key, reference_for, tracking_url
from sync.seal import seal
from sync.store import STORE_FILE, Store, Submission
from sync.wire import CaseSubmitted, encode
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
