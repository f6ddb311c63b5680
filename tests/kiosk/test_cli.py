import importlib
import io
import json
import os
import re
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import zxingcpp
from PIL import Image

from kiosk.cli import main
from kiosk.config import config_path, load
from kiosk.occupied import DOOR_SOCKET, insist_on_free
from kiosk.pin import Pin
from sync.identity import load_identity
from sync.store import STORE_FILE, Store
from sync.tally import anchor_url
from sync.wire import TallyAnswer, digest_of
from tests.kiosk.cli.doorkeeper import Doorkeeper
from tests.sync.samples import INSTANT, NOW, join_file_text, submission

PROFILE = Path("deploy/profiles/tha-kasem/profile.toml").absolute()
VERBS = [
    *("ui", "print", "sync", "status", "doctor", "outbox", "slips"),
    *(
        "sync-now",
        "test-print",
        "test-panel",
        "restore",
        "export-usb",
        "enrol",
        "rotate-key",
        "profile",
    ),
    "front-desk-pin",
]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A box with settings of its own, not enrolled yet; its state folder."""
    folder = tmp_path / "state"
    settings = tmp_path / "kiosk.toml"
    settings.write_text(
        f'[device]\nstate_dir = "{folder}"\nruntime_dir = "{tmp_path}/run"\n'
        f'profile = "{PROFILE}"\n[printer]\ntray_dir = "{tmp_path}/tray"\n'
    )
    monkeypatch.setenv("KIOSK_CONFIG", str(settings))
    folder.mkdir()
    return folder


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_with_an_example(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert f"Example: kiosk {verb}" in capsys.readouterr().out


@pytest.fixture
def stranger(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Somebody to whom the box's folder is closed; Python's own may be, too, so all is loaded."""
    for name in ("doctor", "support", "syncing", "proofreading", "prompts"):
        importlib.import_module(f"kiosk.{name}")
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        state = Path(place, "state")
        Store.open(state / STORE_FILE).close()
        settings = Path(place, "kiosk.toml")
        settings.write_text(f'[device]\nstate_dir = "{state}"\nruntime_dir = "{place}/run"\n')
        monkeypatch.setenv("KIOSK_CONFIG", str(settings))
        me = os.geteuid()
        if me:
            state.chmod(0)
        else:
            os.seteuid(65534)
        yield
        os.seteuid(me)
        state.chmod(0o700)


@pytest.mark.usefixtures("stranger")
@pytest.mark.parametrize(
    "words",
    [
        *(["status"], ["outbox"], ["slips"], ["doctor"], ["restore", "--salvage"]),
        *(["sync-now"], ["support-bundle", "/tmp/rapfang-none.tar.gz"], ["profile", "check"]),
    ],
    ids=" ".join,
)
def test_a_folder_that_is_closed_to_somebody_is_said_in_one_line(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "sudo -u kiosk" in said or "ermission" in said


@pytest.mark.usefixtures("stranger")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_whom_the_doctor_refuses_reads_no_line_of_the_log_before(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor"]) == 2
    assert "sudo -u kiosk kiosk doctor" in capsys.readouterr().err
    assert not caplog.records


@pytest.mark.usefixtures("stranger")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_who_may_not_ask_the_glass_is_told_so_and_not_that_it_is_silent() -> None:
    config = load(config_path())
    os.seteuid(0)
    with Doorkeeper(config.runtime_dir, in_use=False):
        os.seteuid(65534)
        try:
            with pytest.raises(PermissionError) as caught:
                insist_on_free(config)
        finally:
            os.seteuid(0)
    assert caught.value.filename == f"{config.runtime_dir}/{DOOR_SOCKET}"


def test_a_box_that_is_nobody_says_what_to_do_next(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "kiosk enrol" in said


@pytest.mark.parametrize("verb", ["outbox", "slips"])
def test_reports_are_json_for_programs_and_narrow_for_people(
    state: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Store.open(state / STORE_FILE).close()
    assert main([verb, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert main([verb]) == 0
    assert all(len(line) <= 60 for line in capsys.readouterr().out.splitlines())


def test_the_outbox_tells_of_attachments_and_reads_none(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case_id, pictures = uuid.uuid4(), [b"a sealed picture", b"and another"]
    with Store.open(state / STORE_FILE) as store:
        made = lambda number: submission(case_id, number, attachments=pictures)  # noqa: E731
        store.submit(case_id, INSTANT, made)
        store.park(digest_of(pictures[0]), "too_large", NOW)
    assert main(["outbox"]) == 1
    said = capsys.readouterr().out
    assert "1 waiting, 1 parked" in said
    assert "1 attachments waiting" in said
    assert "attachment      too_large" in said


def test_what_is_parked_waits_again_by_its_reference(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case_id, pictures = uuid.uuid4(), [b"a sealed picture"]
    with Store.open(state / STORE_FILE) as store:
        made = lambda number: submission(case_id, number, attachments=pictures)  # noqa: E731
        reference = store.submit(case_id, INSTANT, made).reference
        store.park(store.waiting(1)[0].digest, "seal_refused", NOW)
        store.park(digest_of(pictures[0]), "too_large", NOW)
    assert main(["outbox"]) == 1
    assert "kiosk outbox --retry all" in capsys.readouterr().out
    assert main(["outbox", "--retry", "A1-0009"]) == 2
    assert main(["outbox", "--retry", reference.lower()]) == 0
    assert "2 wait again" in capsys.readouterr().out
    with Store.open(state / STORE_FILE) as store:
        counts = store.outbox_counts()
    assert (counts.waiting, counts.attachments, counts.parked) == (1, 1, 0)
    assert main(["outbox", "--retry", "all"]) == 1


def test_a_parked_record_that_nobody_can_read_is_listed_too(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store.open(state / STORE_FILE) as store:
        store.keep_rating(uuid.uuid4(), INSTANT, b"not even JSON")
        store.park(digest_of(b"not even JSON"), "batch_unreadable", NOW)
    assert main(["outbox"]) == 1
    assert "batch_unreadable" in capsys.readouterr().out


def test_a_record_without_a_reference_is_called_what_it_is(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = b'{"type":"signed_up"}'
    with Store.open(state / STORE_FILE) as store:
        store.keep_rating(uuid.uuid4(), INSTANT, record)
        store.park(digest_of(record), "record_unreadable", NOW)
    assert main(["outbox"]) == 1
    assert "sign-up" in capsys.readouterr().out


def test_the_doctor_names_a_damaged_store_and_goes_on(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (state / STORE_FILE).write_bytes(b"not a database at all" * 500)
    assert main(["doctor", "--json"]) == 1
    findings = {f["name"]: f for f in json.loads(capsys.readouterr().out)["findings"]}
    assert not findings["store"]["is_well"]
    assert findings["store"]["next"]
    assert findings["profile"]["is_well"]
    assert not findings["kiosk sync"]["is_well"]
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "BAD store" in said
    assert "-> " in said


def test_a_gap_at_central_shows_until_it_is_healed(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "join.toml").write_text(join_file_text())
    assert main(["enrol", str(tmp_path / "join.toml")]) == 0
    lacks = TallyAnswer(
        device_code="A1", through=43, chain="0" * 64, agreed=False, answered_at=NOW, missing=[7, 9]
    )
    with Store.open(state / STORE_FILE) as store:
        store.note_tally("A1", lacks, NOW)
        assert main(["status"]) == 1
        assert "central lacks 2 of 43 cases" in capsys.readouterr().out
        main(["doctor"])
        assert "BAD tally: central lacks 2 of 43 cases" in capsys.readouterr().out
        store.note_tally("A1", msgspec.structs.replace(lacks, agreed=True, missing=[]), NOW)
        assert main(["status"]) == 0
        assert "central holds all 43 cases" in capsys.readouterr().out


def test_enrolling_gives_the_front_desk_a_pin_once(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for expected in (1, 0):
        (tmp_path / "join.toml").write_text(join_file_text())
        main(["enrol", str(tmp_path / "join.toml")])
        assert capsys.readouterr().out.count("front desk's PIN: ") == expected


def test_a_new_pin_takes_the_place_of_the_old_one(
    state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["front-desk-pin"]) == 0
    made = re.search(r"PIN: ([0-9]{6}) ", capsys.readouterr().out)
    assert made is not None
    assert Pin(state).enter(made[1]) == "open"
    monkeypatch.setattr("sys.stdin", io.StringIO("135790\n"))
    assert main(["front-desk-pin", "--own"]) == 0
    assert Pin(state).enter("135790") == "open"
    monkeypatch.setattr("sys.stdin", io.StringIO("12\n"))
    assert main(["front-desk-pin", "--own"]) == 2


@pytest.mark.parametrize("keep", [False, True])
def test_a_join_file_is_erased_once_imported_unless_asked_to_stay(
    state: Path, tmp_path: Path, keep: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "join.toml"
    given.write_text(join_file_text())
    with given.open("rb") as card:
        assert main(["enrol", str(given), *(["--keep"] if keep else [])]) == 0
        assert (b"once-only" in card.read()) == keep
    assert given.exists() == keep
    assert load_identity(state).enrolment_code == "once-only"
    assert "this box is A1" in capsys.readouterr().out


def test_a_join_file_that_cannot_be_erased_is_told_with_the_way_to_do_it(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = os.pipe()
    os.write(writer, join_file_text().encode())
    os.close(writer)
    assert main(["enrol", f"/dev/fd/{reader}"]) == 1
    os.close(reader)
    assert "next: remove it, as in shred -u" in capsys.readouterr().out
    assert load_identity(state).device_code == "A1"


def test_a_join_file_that_is_none_is_refused_in_one_line(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "kiosk-join.toml"
    wrong.write_text('device_cod = "A1"\n')
    assert main(["enrol", str(wrong)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "device_cod" in said
    assert not list(state.iterdir())


def printed(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "tray").glob("slip-*.png"))


def test_a_test_slip_is_printed_where_no_spooler_runs(state: Path, tmp_path: Path) -> None:
    assert main(["test-print"]) == 0
    assert len(printed(tmp_path)) == 1


def test_the_record_of_an_opening_tells_what_the_store_holds(state: Path, tmp_path: Path) -> None:
    join_file = tmp_path / "join.toml"
    join_file.write_text(join_file_text())
    assert main(["enrol", str(join_file)]) == 0
    case_id = uuid.uuid4()
    with Store.open(state / STORE_FILE) as store:
        store.submit(case_id, INSTANT, lambda number: submission(case_id, number))
        told = store.anchor("A1")
    assert main(["test-print", "--anchor"]) == 0
    [path] = printed(tmp_path)
    [found] = zxingcpp.read_barcodes(Image.open(path).convert("L"))
    public_url = load_identity(state).public_url
    assert found.text == anchor_url(public_url, "A1", told.through, told.chain)
    assert told.through == 1


def test_the_report_on_the_box_comes_on_paper(state: Path, tmp_path: Path) -> None:
    join_file = tmp_path / "join.toml"
    join_file.write_text(join_file_text())
    assert main(["enrol", str(join_file)]) == 0
    Store.open(state / STORE_FILE).close()
    assert main(["test-print", "--report"]) == 0
    assert len(printed(tmp_path)) == 1


@pytest.mark.parametrize("paper", ["--anchor", "--report"])
def test_a_box_that_is_nobody_yet_prints_no_such_paper(
    state: Path, tmp_path: Path, paper: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test-print", paper]) == 2
    assert "kiosk enrol" in capsys.readouterr().err
    assert not printed(tmp_path)


def test_a_box_without_a_panel_has_none_to_try(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test-panel"]) == 2
    assert "[panel] in kiosk.toml" in capsys.readouterr().out
