from pathlib import Path

import pytest

from sync.errors import BadMessage
from sync.identity import join, load_identity
from tests.sync.samples import join_file_text


def test_joining_makes_an_identity_that_is_found_again(join_file: Path, tmp_path: Path) -> None:
    joined = join(join_file, tmp_path / "state")
    assert load_identity(tmp_path / "state") == joined
    assert (joined.device_code, joined.slip_secret) == ("A1", b"s" * 32)
    assert len(joined.device_key) == 32
    assert (tmp_path / "state" / "identity.toml").read_bytes() == join_file.read_bytes()


def test_what_is_secret_is_private_to_its_owner(join_file: Path, tmp_path: Path) -> None:
    join(join_file, tmp_path / "state")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "state").iterdir()}
    assert modes == {"identity.toml": 0o600, "device.key": 0o600}


def test_joining_again_renews_the_facts_and_keeps_the_key(join_file: Path, tmp_path: Path) -> None:
    first = join(join_file, tmp_path / "state")
    join_file.write_text(join_file_text(enrolment_code="a new one"))
    second = join(join_file, tmp_path / "state")
    assert second.device_key == first.device_key
    assert second.enrolment_code == "a new one"


def test_each_device_has_a_key_of_its_own(join_file: Path, tmp_path: Path) -> None:
    one, other = join(join_file, tmp_path / "one"), join(join_file, tmp_path / "other")
    assert one.device_key != other.device_key


def test_a_device_does_not_change_its_name(join_file: Path, tmp_path: Path) -> None:
    before = join(join_file, tmp_path / "state")
    join_file.write_text(join_file_text(device_code="B2"))
    with pytest.raises(BadMessage, match="is A1 already"):
        join(join_file, tmp_path / "state")
    assert load_identity(tmp_path / "state") == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"slip_secet": b"s" * 32}, "slip_secet"),
        ({"slip_secret": b"short"}, "slip_secret"),
        ({"device_code": "11"}, "device code"),
        ({"central_url": "http://tk.example.go.th"}, "central_url"),
        ({"central_url": "ftp://tk.example.go.th"}, "central_url"),
        ({"public_url": "https://tk.example.go.th/kiosk"}, "public_url"),
        ({"public_url": "https://"}, "public_url"),
    ],
)
def test_a_bad_join_file_is_refused_by_name_and_leaves_nothing(
    changes: dict[str, str | bytes], said: str, join_file: Path, tmp_path: Path
) -> None:
    join_file.write_text(join_file_text(**changes))
    with pytest.raises(BadMessage, match=said):
        join(join_file, tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_plain_http_is_for_loopback(join_file: Path, tmp_path: Path) -> None:
    here = "http://127.0.0.1:8470"
    join_file.write_text(join_file_text(central_url=here, public_url=here))
    assert join(join_file, tmp_path / "state").central_url == here


def test_a_device_that_never_joined_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_identity(tmp_path)


def test_a_key_that_is_not_one_is_refused(join_file: Path, tmp_path: Path) -> None:
    join(join_file, tmp_path / "state")
    (tmp_path / "state" / "device.key").write_bytes(b"half")
    with pytest.raises(BadMessage, match=r"device\.key"):
        load_identity(tmp_path / "state")


def test_joining_resumes_where_a_power_cut_left_it(join_file: Path, tmp_path: Path) -> None:
    first = join(join_file, tmp_path / "state")
    (tmp_path / "state" / "identity.toml").unlink()
    (tmp_path / "state" / ".identity.toml.draft").write_bytes(b"half a fi")
    assert join(join_file, tmp_path / "state") == first
