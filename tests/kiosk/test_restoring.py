"""From a trampled store to a box that takes cases again, as a technician does it."""

import json
import resource
import uuid
from pathlib import Path

import pytest

from kiosk.cli import main
from sync.doorbell import PRINT_BELL, SYNC_BELL, UI_BELL, Doorbell
from sync.errors import NewCodeNeeded, StoreDamaged
from sync.identity import former_codes, join
from sync.store import STORE_FILE, Store
from tests.sync.samples import INSTANT, join_file_text, submission

PROFILE = Path("deploy/profiles/tha-kasem/profile.toml").absolute()


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder of an enrolled box that has kept five cases."""
    folder, settings = tmp_path / "state", tmp_path / "kiosk.toml"
    settings.write_text(
        f'[device]\nstate_dir = "{folder}"\nruntime_dir = "{tmp_path}/run"\nprofile = "{PROFILE}"\n'
    )
    monkeypatch.setenv("KIOSK_CONFIG", str(settings))
    (tmp_path / "run").mkdir()
    join_file(tmp_path, "A1")
    join(tmp_path / "A1.toml", folder)
    with Store.open(folder / STORE_FILE) as store:
        for _ in range(5):
            keep(store, "A1")
    return folder


def join_file(folder: Path, code: str) -> Path:
    path = folder / f"{code}.toml"
    path.write_text(join_file_text(device_code=code))
    return path


def keep(store: Store, code: str) -> str:
    case_id = uuid.uuid4()
    made = lambda number: submission(case_id, number, code=code)  # noqa: E731
    return store.submit(case_id, INSTANT, made).reference


def trample(state: Path) -> None:
    content = bytearray((state / STORE_FILE).read_bytes())
    content[:4096] = b"\xa5" * 4096
    (state / STORE_FILE).write_bytes(content)


def test_a_damaged_box_is_salvaged_enrolled_anew_and_takes_cases_again(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trample(state)
    assert main(["restore", "--salvage"]) == 0
    said = capsys.readouterr().out
    assert "saved: 5 cases, 5 records" in said
    assert "central join-file" in said
    assert main(["doctor", "--json"]) == 1
    findings = {f["name"]: f for f in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["store"]["is_well"]
    assert findings["code"]["next"] == "kiosk enrol JOIN-FILE"
    assert main(["enrol", str(join_file(tmp_path, "B2"))]) == 0
    assert former_codes(state) == ["A1"]
    with Store.open(state / STORE_FILE) as store:
        assert keep(store, "B2").startswith("B2-0001-")
        assert store.waiting_codes() == ["A1", "B2"]


@pytest.mark.parametrize("is_there", [True, False], ids=["cut to nothing", "name lost"])
def test_a_store_that_a_mended_file_system_lost_gives_no_reference_twice(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], is_there: bool
) -> None:
    for file in state.glob(f"{STORE_FILE}*"):
        file.unlink()
    if is_there:
        (state / STORE_FILE).touch()
    with pytest.raises(StoreDamaged, match="it was here"):
        Store.open(state / STORE_FILE)
    assert main(["doctor", "--json"]) == 1
    findings = {f["name"]: f for f in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["store"]["next"].endswith("kiosk restore --salvage")
    assert main(["restore", "--salvage"]) == 0
    with Store.open(state / STORE_FILE) as store, pytest.raises(NewCodeNeeded):
        keep(store, "A1")
    assert main(["enrol", str(join_file(tmp_path, "B2"))]) == 0
    with Store.open(state / STORE_FILE) as store:
        assert keep(store, "B2").startswith("B2-0001-")


def test_where_nothing_was_ever_kept_no_device_code_is_used_up(
    tmp_path: Path, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in state.glob("store.*"):
        file.unlink()
    assert main(["restore", "--salvage"]) == 2
    assert "nothing has been kept yet" in capsys.readouterr().err
    with Store.open(state / STORE_FILE) as store:
        assert keep(store, "A1") == "A1-0001-V"


def test_a_full_disk_is_no_damage_to_salvage(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (state / STORE_FILE).read_bytes()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16 * 1024, limit[1]))
    try:
        assert main(["restore", "--salvage"]) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert "kiosk doctor" in capsys.readouterr().err
    assert (state / STORE_FILE).read_bytes() == before
    assert not (state / "damaged").exists()


def test_the_report_is_json_for_programs(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trample(state)
    assert main(["restore", "--salvage", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["cases"], told["lost"], told["spent"]) == (5, [], ["A1"])


def test_a_whole_store_is_left_as_it_is(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", "--salvage"]) == 2
    assert "nothing to salvage" in capsys.readouterr().err
    with Store.open(state / STORE_FILE) as store:
        assert not store.is_spent("A1")


@pytest.mark.parametrize(
    ("bell", "name"), [(UI_BELL, "ui"), (PRINT_BELL, "print"), (SYNC_BELL, "sync")]
)
def test_nothing_is_salvaged_under_the_feet_of_a_service(
    state: Path, bell: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trample(state)
    with Doorbell(tmp_path / "run" / bell):
        assert main(["restore", "--salvage"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"kiosk {name} runs" in said
    assert not (state / "damaged").exists()


def test_how_to_restore_has_to_be_said() -> None:
    assert main(["restore"]) == 2
