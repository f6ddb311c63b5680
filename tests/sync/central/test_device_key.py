"""`kiosk rotate-key` against the real central, broken off at every step."""

import threading
import uuid

import pytest

from kiosk.cli import main
from kiosk.config import config_path, load
from kiosk.doctor import examine
from sync.agent import Agent, AgentSettings, Surroundings
from sync.client import Client
from sync.errors import Refused, Unreachable
from sync.identity import KEY_FILE, join, load_identity
from sync.rekeying import NEXT_KEY_FILE, change_key
from sync.store import STORE_FILE, Store
from sync.wire import Beat
from tests.sync.central.conftest import PROFILE
from tests.sync.central.kiosk import instant, rating

CODES = iter(("R1", "R2", "R3", "R4", "R5"))


@pytest.fixture
def state(running_central, tmp_path, monkeypatch):
    """The state folder of a kiosk that is enrolled with the running central."""
    folder, join_file, settings = (tmp_path / name for name in ("state", "j.toml", "kiosk.toml"))
    join_file.write_text(running_central.command("join-file", next(CODES)).stdout)
    settings.write_text(
        f'[device]\nstate_dir = "{folder}"\nruntime_dir = "{tmp_path}/run"\nprofile = "{PROFILE}"\n'
    )
    monkeypatch.setenv("KIOSK_CONFIG", str(settings))
    Client(join(join_file, folder), instant).enrol()
    with Store.open(folder / STORE_FILE):
        return folder


def connect(identity):
    return Client(identity, instant)


def beats(identity):
    connect(identity).beat(Beat(sent=instant()))


class LosesTheAnswer(Client):
    """Central takes what it is asked; the device never hears of it."""

    def change_key(self, seed):
        super().change_key(seed)
        raise Unreachable("the line broke")


class LosesTheRequest(Client):
    """Central never hears of it."""

    def change_key(self, seed):
        raise Unreachable("the line broke")


def test_the_verb_changes_the_key_and_a_running_agent_goes_on_with_it(state, capsys):
    before = load_identity(state)
    with Store.open(state / STORE_FILE) as store:
        settings = AgentSettings(state_dir=state, runtime_dir=state)
        around = Surroundings(clock=instant, stop=threading.Event())
        agent = Agent(store, connect(before), settings, around)
        assert agent.pass_once()
        assert main(["rotate-key"]) == 0
        rating_id = uuid.uuid4()
        store.keep_rating(rating_id, instant(), rating(rating_id=rating_id))
        assert agent.pass_once()
        assert store.outbox_counts().waiting == 0
    assert "signs with a new key" in capsys.readouterr().out
    assert load_identity(state).device_key != before.device_key
    with pytest.raises(Refused, match="signature_refused"):
        beats(before)


@pytest.mark.parametrize("broken", [LosesTheAnswer, LosesTheRequest])
def test_a_change_that_was_broken_off_is_ended_by_the_next(state, broken):
    before = (state / KEY_FILE).read_bytes()
    with pytest.raises(Unreachable):
        change_key(state, lambda identity: broken(identity, instant))
    asked_for = (state / NEXT_KEY_FILE).read_bytes()
    assert (state / KEY_FILE).read_bytes() == before
    assert "kiosk rotate-key" in examine(load(config_path())).text()
    change_key(state, connect)
    assert (state / KEY_FILE).read_bytes() == asked_for
    assert not (state / NEXT_KEY_FILE).exists()
    beats(load_identity(state))


def test_a_change_whose_last_step_was_lost_is_ended_too(state):
    change_key(state, connect)
    (state / NEXT_KEY_FILE).write_bytes((state / KEY_FILE).read_bytes())
    change_key(state, connect)
    beats(load_identity(state))


def test_without_central_the_key_stays_and_the_verb_says_so(state, capsys, monkeypatch):
    text = (state / "identity.toml").read_text()
    port = load_identity(state).central_url.rpartition(":")[2]
    (state / "identity.toml").write_text(text.replace(f":{port}", ":9"))
    before = load_identity(state)
    assert main(["rotate-key"]) == 1
    assert "the key is as it was" in capsys.readouterr().out
    assert load_identity(state) == before
