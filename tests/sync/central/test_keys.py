import stat

import pytest

from sync.central import keys
from sync.central.errors import KeysMissing


def test_keys_are_made_once_and_for_their_owner_only(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    first = keys.load(tmp_path)
    keys.make_missing(tmp_path, has_database=True)
    assert keys.load(tmp_path) == first
    assert len({first.django, first.tracking, first.intake, first.signing}) == 4
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_lost_key_is_never_replaced_beside_a_database(tmp_path):
    keys.make_missing(tmp_path, has_database=False)
    (tmp_path / "keys" / "intake-1.key").unlink()
    with pytest.raises(KeysMissing, match=r"intake-1\.key is missing: restore it"):
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
