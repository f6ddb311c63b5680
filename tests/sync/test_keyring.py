"""The device's side of the keyring: what it takes, keeps and refuses."""

from datetime import UTC, datetime

import pytest

from sync.errors import BadMessage, BadSignature
from sync.identity import KEYRING_FILE, Renewing, join, load_identity, take_keyring
from sync.keyring import KeyRing, PublicKey
from sync.signature import sign_payload, verify_key_of
from sync.wire import encode
from tests.sync.samples import CENTRAL_PRIVATE_KEY, join_file_text

ROOT = b"r" * 32
NEW_CENTRAL = b"n" * 32


def keyring(version=1, *, root=ROOT, **changes):
    """An encoded `Signed`."""
    facts = {
        "central": [PublicKey(id="central-1", key=verify_key_of(CENTRAL_PRIVATE_KEY))],
        "intake": PublicKey(id=f"intake-{version}", key=bytes([version]) * 32),
    }
    ring = KeyRing(version=version, issued_at=datetime.now(UTC), **{**facts, **changes})
    return encode(sign_payload(encode(ring), root, "root-1"))


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def identity(tmp_path, state):
    path = tmp_path / "A1.toml"
    path.write_text(
        join_file_text(root_key_id="root-1", root_key=verify_key_of(ROOT), keyring=keyring(1))
    )
    return join(path, state)


def test_a_join_file_without_a_root_pins_centrals_key(tmp_path, state):
    path = tmp_path / "A1.toml"
    path.write_text(join_file_text())
    identity = join(path, state)
    assert identity.root_key == identity.central_key
    newer = take_keyring(state, identity, keyring(1, root=CENTRAL_PRIVATE_KEY))
    assert newer.intake_key == b"\x01" * 32


def test_a_newer_keyring_is_kept_and_used_from_then_on(identity, state):
    newer = take_keyring(state, identity, keyring(2))
    assert (newer.intake_key_id, newer.intake_key) == ("intake-2", b"\x02" * 32)
    assert load_identity(state) == newer


@pytest.mark.parametrize("version", [1, 0])
def test_a_keyring_that_is_not_newer_is_refused(identity, state, version):
    identity = identity if version else take_keyring(state, identity, keyring(3))
    with pytest.raises(BadMessage, match="not newer"):
        take_keyring(state, identity, keyring(max(version, 1)))
    assert load_identity(state) == identity


def test_a_keyring_that_the_root_did_not_sign_is_refused(identity, state):
    with pytest.raises(BadSignature):
        take_keyring(state, identity, keyring(9, root=CENTRAL_PRIVATE_KEY))
    (state / KEYRING_FILE).write_bytes(keyring(9, root=CENTRAL_PRIVATE_KEY))
    assert load_identity(state) == identity


def test_a_join_file_whose_keyring_is_not_the_roots_is_refused(tmp_path, state):
    path = tmp_path / "A1.toml"
    path.write_text(
        join_file_text(root_key=verify_key_of(ROOT), keyring=keyring(1, root=NEW_CENTRAL))
    )
    with pytest.raises(BadSignature):
        join(path, state)


def test_a_process_that_runs_sees_the_keyring_another_one_kept(identity, state):
    renewing = Renewing(state, identity)
    assert renewing.now() == identity
    newer = take_keyring(state, identity, keyring(2))
    assert renewing.now() == newer


def test_a_former_identity_takes_its_devices_keyring(identity, state):
    former = state / "former" / "A1"
    former.mkdir(parents=True)
    for name in ("identity.toml", "device.key"):
        (former / name).write_bytes((state / name).read_bytes())
    take_keyring(state, identity, keyring(4))
    assert load_identity(former).intake_key_id == "intake-4"
