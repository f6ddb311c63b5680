import uuid
from pathlib import Path

import pytest

from sync.errors import BadMessage
from sync.identity import former_codes, join, load_identity
from sync.store import STORE_FILE, Store
from tests.sync.samples import INSTANT, NOW, join_file_text, rating_record, submission


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


def kept_case(store: Store, code: str = "A1") -> str:
    case_id = uuid.uuid4()
    made = lambda number: submission(case_id, number, code=code)  # noqa: E731
    return store.submit(case_id, INSTANT, made).reference


def spend(state: Path) -> None:
    """A1 has two cases and a rating that wait, and is spent."""
    with Store.open(state / STORE_FILE) as store:
        kept_case(store)
        kept_case(store)
        rating = uuid.uuid4()
        store.keep_rating(rating, INSTANT, rating_record(rating))
        store.mark_spent("A1", "salvaged", NOW)


def test_after_a_spent_code_another_begins_and_counts_from_one(
    join_file: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    first = join(join_file, state)
    spend(state)
    join_file.write_text(join_file_text(device_code="B2"))
    second = join(join_file, state)
    assert (second.device_code, load_identity(state)) == ("B2", second)
    assert second.device_key != first.device_key
    assert former_codes(state) == ["A1"]
    assert load_identity(state / "former" / "A1") == first
    with Store.open(state / STORE_FILE) as store:
        assert kept_case(store, "B2") == "B2-0001-Y"
        assert len(store.waiting(9, "A1")) == 3, "the rating too goes under its old name"
        assert len(store.waiting(9, "B2")) == 1
        assert store.tally("B2").through == 0


@pytest.mark.parametrize("present", ["A1", "nobody"])
def test_a_spent_code_is_not_joined_again(join_file: Path, tmp_path: Path, present: str) -> None:
    state = tmp_path / "state"
    join(join_file, state)
    spend(state)
    if present == "nobody":
        (state / "identity.toml").unlink()
    with pytest.raises(BadMessage, match="A1 is used up"):
        join(join_file, state)


def test_a_change_of_code_that_was_cut_off_is_taken_again(join_file: Path, tmp_path: Path) -> None:
    """The new key is there, the new facts are not: the former key must not be written over."""
    state = tmp_path / "state"
    first = join(join_file, state)
    spend(state)
    before = (state / "identity.toml").read_bytes()
    join_file.write_text(join_file_text(device_code="B2"))
    join(join_file, state)
    (state / "identity.toml").write_bytes(before)
    second = join(join_file, state)
    assert second.device_code == "B2"
    assert load_identity(state / "former" / "A1") == first
