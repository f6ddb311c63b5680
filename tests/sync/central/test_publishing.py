"""What central publishes, and what a kiosk takes of it."""

from datetime import UTC, datetime

import msgspec
import pytest

from kiosk.config import Config, Device
from kiosk.errors import ConfigError
from kiosk.profile import counter_of, division_of, profile_in_force
from sync.central import municipality
from sync.central.content.releasing import release_profile
from sync.central.intake.signing import in_envelope
from sync.client import Client
from sync.errors import BadMessage, BadSignature
from sync.guidance import Guidance
from sync.identity import join
from sync.release import RELEASE_FILE, ProfileRelease, open_release
from sync.signature import sign_payload
from sync.wire import PATHS, encode
from tests.sync.central.conftest import PROFILE
from tests.sync.central.kiosk import HOST, instant

CODES = iter(("W1", "W2", "W3"))
NOW = datetime(2026, 11, 1, tzinfo=UTC)
TEXT = PROFILE.read_text(encoding="utf-8")
OTHER = TEXT.replace("เทศบาลตำบลท่าเกษม", "เทศบาลตำบลท่าเกษมใหม่")


def key_of(key_id):
    return {key.id: key.key for key in municipality.keys().keyring.central}[key_id]


def ask(client, **headers):
    return client.get(PATHS["profile"], SERVER_NAME=HOST, headers=headers)


def test_the_version_goes_up_with_the_text_and_never_down(db):
    texts = (TEXT, TEXT, OTHER, TEXT)
    assert [release_profile(text, NOW) for text in texts] == [1, 1, 2, 3]


def test_the_newest_profile_is_answered_signed_and_only_when_it_is_new(db, client):
    assert ask(client).status_code == 404
    release_profile(TEXT, NOW)
    release_profile(OTHER, NOW)
    answer = ask(client, **{"If-None-Match": '"1"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert open_release(answer.content, key_of).profile == OTHER
    assert ask(client, **{"If-None-Match": '"2"'}).status_code == 304


def test_a_release_by_a_stranger_or_with_a_bad_profile_is_refused():
    release = ProfileRelease(version=1, issued_at=NOW, profile=TEXT)
    with pytest.raises(BadSignature):
        open_release(encode(sign_payload(encode(release), b"x" * 32, "central-1")), key_of)
    with pytest.raises(BadSignature):
        open_release(encode(sign_payload(encode(release), b"x" * 32, "stranger")), key_of)
    bad = ProfileRelease(version=1, issued_at=NOW, profile="name = 3")
    with pytest.raises(BadMessage):
        open_release(encode(in_envelope(bad)), key_of)


@pytest.fixture
def box(running_central, tmp_path):
    """A kiosk that joined the running central, with another municipality's name as seed."""
    join_file, seed = tmp_path / "join.toml", tmp_path / "seed.toml"
    made = running_central.command("join-file", next(CODES))
    assert made.returncode == 0, made.stderr
    join_file.write_text(made.stdout)
    seed.write_text(OTHER, encoding="utf-8")
    identity = join(join_file, tmp_path / "state")
    config = Config(device=Device(state_dir=str(tmp_path / "state"), profile=str(seed)))
    return config, Client(identity, instant)


def test_a_kiosk_takes_the_profile_and_prefers_it_to_its_seed(box):
    config, client = box
    assert profile_in_force(config).name.th == "เทศบาลตำบลท่าเกษมใหม่"
    Guidance(client, config.state_dir).refresh()
    assert profile_in_force(config).name.th == "เทศบาลตำบลท่าเกษม"
    kept = (config.state_dir / RELEASE_FILE).read_bytes()
    Guidance(client, config.state_dir).refresh()
    assert (config.state_dir / RELEASE_FILE).read_bytes() == kept


def test_a_release_that_the_disk_changed_is_not_used_and_fetched_again(box):
    config, client = box
    Guidance(client, config.state_dir).refresh()
    path = config.state_dir / RELEASE_FILE
    path.write_bytes(path.read_bytes().replace(b"central-1", b"central-9"))
    assert profile_in_force(config).name.th == "เทศบาลตำบลท่าเกษมใหม่"
    Guidance(client, config.state_dir).refresh()
    assert profile_in_force(config).name.th == "เทศบาลตำบลท่าเกษม"


def test_a_release_without_a_boxs_division_stops_no_counter(box, caplog):
    config, client = box
    config = msgspec.structs.replace(
        config, device=msgspec.structs.replace(config.device, division="wroks")
    )
    with pytest.raises(ConfigError, match="'wroks' is not one of"):
        counter_of(config, profile_in_force(config))
    Guidance(client, config.state_dir).refresh()
    profile = profile_in_force(config)
    assert counter_of(config, profile) == ""
    assert "'wroks' is not one of" in caplog.text
    with pytest.raises(ConfigError):
        division_of(config, profile)


def test_without_release_and_seed_there_is_no_profile(tmp_path):
    missing = Config(device=Device(state_dir=str(tmp_path), profile=str(tmp_path / "none")))
    with pytest.raises(ConfigError, match="none"):
        profile_in_force(missing)
