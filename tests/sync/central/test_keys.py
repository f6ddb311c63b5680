import secrets
import stat

import pytest

from sync.central import keys, municipality
from sync.central.errors import KeyRefused, KeysMissing
from sync.central.keys.changing import (
    bring_back,
    declare_lost,
    find_root,
    retire_signing,
    rotate_intake,
    rotate_signing,
    take_root_away,
)
from sync.keyring import open_keyring
from sync.signature import verify_key_of
from sync.wire import PATHS
from tests.sync.central.kiosk import HOST


def test_keys_are_made_once_and_for_their_owner_only(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    first = keys.load(tmp_path)
    keys.make_missing(tmp_path, has_database=True)
    assert keys.load(tmp_path) == first
    made = {first.django, first.tracking, first.signing, *first.intakes.values()}
    assert len(made) == 4
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_lost_key_is_never_replaced_beside_a_database(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    (tmp_path / "keys" / "intake-1.key").unlink()
    with pytest.raises(KeysMissing, match=r"intake-1\.key is missing; next: restore it"):
        keys.make_missing(tmp_path, has_database=True)
    assert not (tmp_path / "keys" / "intake-1.key").exists()


def test_a_key_that_is_none_is_not_taken(tmp_path):
    with pytest.raises(KeysMissing, match="central migrate"):
        keys.load(tmp_path)
    keys.make_missing(tmp_path, has_database=False)
    (tmp_path / "keys" / "tracking.key").write_bytes(b"short")
    with pytest.raises(KeysMissing, match="not 32 bytes"):
        keys.load(tmp_path)


def test_keys_do_not_show_in_a_repr(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    assert repr(keys.load(tmp_path)) == "Keys()"


def test_a_fresh_central_has_a_root_of_its_own(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    made = keys.load(tmp_path)
    assert made.root_public != made.keyring.central[0].key
    assert open_keyring(made.envelope, made.root_public) == made.keyring


def test_an_older_central_vouches_with_the_key_its_kiosks_have_pinned(tmp_path):
    folder = tmp_path / "keys"
    folder.mkdir()
    for name in ("django", "tracking", "intake-1", "central-1"):
        (folder / f"{name}.key").write_bytes(secrets.token_bytes(32))
    keys.make_missing(tmp_path, has_database=True)
    made = keys.load(tmp_path)
    assert made.root_public == made.keyring.central[0].key
    assert open_keyring(made.envelope, verify_key_of((folder / "central-1.key").read_bytes()))


def test_a_rotated_key_is_used_at_once_and_the_old_one_still_opens(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    running = keys.Reloaded(tmp_path, keys.load(tmp_path))
    root = find_root(tmp_path, None)
    assert rotate_intake(tmp_path, root) == "intake-2"
    assert rotate_signing(tmp_path, root) == "central-2"
    now = running.now()
    assert (now.keyring.version, now.keyring.intake.id, now.signing_id) == (
        3,
        "intake-2",
        "central-2",
    )
    assert set(now.intakes) == {"intake-1", "intake-2"}
    assert [key.id for key in now.keyring.central] == ["central-2", "central-1"]
    assert verify_key_of(now.signing) == now.keyring.central[0].key


def test_a_stolen_signing_key_is_rotated_and_retired(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    root = find_root(tmp_path, None)
    with pytest.raises(KeyRefused, match="in use"):
        retire_signing(tmp_path, root, "central-1")
    rotate_signing(tmp_path, root)
    retire_signing(tmp_path, root, "central-1")
    assert [key.id for key in keys.load(tmp_path).keyring.central] == ["central-2"]
    with pytest.raises(KeyRefused, match="no signing key"):
        retire_signing(tmp_path, root, "central-1")


def test_a_lost_signing_key_is_named_and_followed_by_another(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    (tmp_path / "keys" / "central-1.key").unlink()
    with pytest.raises(KeysMissing, match="central keys rotate central"):
        keys.make_missing(tmp_path, has_database=True)
    assert rotate_signing(tmp_path, find_root(tmp_path, None)) == "central-2"
    keys.make_missing(tmp_path, has_database=True)
    assert keys.load(tmp_path).signing_id == "central-2"


def test_a_lost_key_is_declared_rotated_and_brought_back(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    root, path = find_root(tmp_path, None), tmp_path / "keys" / "intake-1.key"
    with pytest.raises(KeyRefused, match=r"intake-1\.key is here"):
        declare_lost(tmp_path, root, "intake-1")
    path.rename(tmp_path / "backup")
    assert declare_lost(tmp_path, root, "intake-1") == "intake-2"
    keys.make_missing(tmp_path, has_database=True)
    without = keys.load(tmp_path)
    assert (set(without.intakes), without.lost) == ({"intake-2"}, {"intake-1"})
    with pytest.raises(KeyRefused, match="none of the keys that are lost"):
        bring_back(tmp_path, tmp_path / "keys" / "tracking.key")
    assert bring_back(tmp_path, tmp_path / "backup") == "intake-1"
    assert set(keys.load(tmp_path).intakes) == {"intake-1", "intake-2"}


@pytest.mark.parametrize("gone", [[".key", ".pub"], [".pub"], [".key"]], ids=" ".join)
@pytest.mark.parametrize("name", ["intake-1", "intake-2"], ids=["older", "in use"])
def test_whatever_is_left_of_an_intake_key_its_loss_is_noticed_and_mended(tmp_path, name, gone):
    keys.make_missing(tmp_path, has_database=False)
    root, folder = find_root(tmp_path, None), tmp_path / "keys"
    assert rotate_intake(tmp_path, root) == "intake-2"
    backup = tmp_path / f"{name}.key"
    backup.write_bytes((folder / f"{name}.key").read_bytes())
    for ending in gone:
        (folder / f"{name}{ending}").unlink()
    if ".key" not in gone:
        keys.make_missing(tmp_path, has_database=True)
        assert set(keys.load(tmp_path).intakes) == {"intake-1", "intake-2"}
        return
    with pytest.raises(KeysMissing, match=f"central keys lost {name}"):
        keys.make_missing(tmp_path, has_database=True)
    declare_lost(tmp_path, root, name)
    assert keys.load(tmp_path).lost == {name}
    assert bring_back(tmp_path, backup) == name
    assert {"intake-1", "intake-2"} <= set(keys.load(tmp_path).intakes)


def test_with_the_root_away_nothing_changes_without_it(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    take_root_away(tmp_path, tmp_path / "safe")
    assert not (tmp_path / "keys" / "root.key").exists()
    keys.make_missing(tmp_path, has_database=True)
    assert keys.load(tmp_path).keyring.version == 1
    with pytest.raises(KeysMissing, match="--root FILE"):
        find_root(tmp_path, None)
    with pytest.raises(KeyRefused, match="not this central's root"):
        find_root(tmp_path, tmp_path / "keys" / "tracking.key")
    rotate_intake(tmp_path, find_root(tmp_path, tmp_path / "safe"))
    assert keys.load(tmp_path).keyring.version == 2
    assert not (tmp_path / "keys" / "root.key").exists()


def test_a_running_central_keeps_its_keys_while_a_file_is_missing(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    running = keys.Reloaded(tmp_path, keys.load(tmp_path))
    before = running.now()
    (tmp_path / "keys" / "intake-1.key").unlink()
    assert running.now() == before


def test_the_keyring_is_answered_with_its_version_as_etag(db, client):
    answer = client.get(PATHS["keys"], SERVER_NAME=HOST)
    found = open_keyring(answer.content, municipality.keys().root_public)
    assert (answer.status_code, answer.headers["ETag"]) == (200, f'"{found.version}"')
    again = client.get(
        PATHS["keys"], SERVER_NAME=HOST, headers={"If-None-Match": f'"{found.version}"'}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_the_key_of_sessions_comes_as_a_credential_where_there_is_one(tmp_path, monkeypatch):
    """As systemd hands it over: the file itself is out of the unit's reach."""
    keys.make_missing(tmp_path, has_database=False)
    kept = keys.load(tmp_path).django
    handed = tmp_path / "credentials"
    handed.mkdir()
    (tmp_path / "keys" / "django.key").rename(handed / "django.key")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "another"))
    with pytest.raises(KeysMissing):
        keys.load(tmp_path)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    assert keys.load(tmp_path).django == kept
