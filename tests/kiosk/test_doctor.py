"""The doctor names each fault of store and disk, and the command that mends it."""

import ast
import contextlib
import io
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

import kiosk
from hardware.fake.health import VirtualDisk, VirtualMachine
from hardware.fake.panel import VirtualPanel
from hardware.panel.gpio import why_no_chip
from kiosk import doctor
from kiosk.cli import main
from kiosk.config import (
    ClockSettings,
    Config,
    Device,
    Fitted,
    HealthSettings,
    PanelSettings,
    ScannerSettings,
    SoundSettings,
)
from kiosk.doctor import Examination, Finding, examine
from kiosk.doctor.finding import bad, not_told, well, worth_a_look
from kiosk.panel import state
from kiosk.report import status
from kiosk.widgets import layouts, xkb
from sync.doorbell import UI_BELL, Doorbell
from sync.identity import join
from sync.store import STORE_FILE, Store
from tests.sync.samples import NOW, join_file_text

PROFILE = Path(__file__).parents[2] / "deploy/profiles/tha-kasem/profile.toml"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """An enrolled box that has kept nothing yet."""
    (tmp_path / "join.toml").write_text(join_file_text())
    join(tmp_path / "join.toml", tmp_path / "state")
    Store.open(tmp_path / "state" / STORE_FILE).close()
    return Config(
        device=Device(
            state_dir=str(tmp_path / "state"),
            runtime_dir=str(tmp_path / "run"),
            profile=str(PROFILE),
        ),
        clock=ClockSettings(trust="assume"),
    )


@pytest.fixture
def small_disk(config: Config) -> Iterator[Path]:
    """The state directory on a file system of 2 MiB of its own."""
    if not shutil.which("mount"):
        pytest.skip("no mount here")
    state = config.state_dir
    kept = state.rename(state.with_name("kept"))
    state.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(state)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is for root")
    try:
        shutil.copytree(kept, state, dirs_exist_ok=True)
        yield state
    finally:
        subprocess.run(["umount", str(state)], check=True)


def found(config: Config) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(config).findings}


def test_a_sound_box_has_a_sound_store_disk_code_and_clock(config: Config) -> None:
    findings = found(config)
    for name in ("store", "disk", "code", "clock"):
        assert findings[name].is_well, findings[name]


def test_a_microphone_that_is_not_plugged_in_is_named(config: Config, tmp_path: Path) -> None:
    assert found(config)["sound"].evidence == "none is set up"
    microphone, speaker = tmp_path / "microphone", tmp_path / "speaker"
    speaker.touch()
    sound = SoundSettings(driver="virtual", microphone=str(microphone), speaker=str(speaker))
    fitted = structs.replace(config, sound=sound)
    finding = found(fitted)["sound"]
    assert (finding.is_well, finding.evidence) == (False, "microphone not plugged in")
    microphone.touch()
    assert found(fitted)["sound"].is_well


def test_programs_for_sound_that_are_not_installed_are_named(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = SoundSettings(driver="alsa", microphone="null")
    fitted = structs.replace(config, sound=sound)
    assert found(fitted)["sound"].is_well
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "opus-tools" in found(fitted)["sound"].next


def test_keys_that_are_not_installed_are_named_with_what_to_install(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(config)["keys"].is_well
    kept = (xkb.rows, layouts.layout_for, layouts.speaks)
    for each in kept:
        each.cache_clear()
    monkeypatch.setenv("XKB_CONFIG_ROOT", str(tmp_path))
    finding = found(config)["keys"]
    for each in kept:
        each.cache_clear()
    assert finding.evidence == "km, my, lo can't be typed"
    assert "xkb-data" in finding.next


def test_a_full_disk_is_named_with_what_fills_it(config: Config, small_disk: Path) -> None:
    free = shutil.disk_usage(small_disk).free
    (small_disk / "ballast").write_bytes(bytes(free))
    findings = found(config)
    assert not findings["disk"].is_well
    assert "No space left" in findings["disk"].evidence
    assert findings["disk"].next.startswith("du -xh")


def test_a_read_only_disk_is_named_with_where_the_reason_stands(
    config: Config, small_disk: Path
) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    findings = found(config)
    for name in ("store", "disk"):
        assert "Read-only" in findings[name].evidence
        assert "dmesg" in findings[name].next
    assert findings["outbox"].next == "see store, above"


def test_the_last_lines_on_a_phone_say_what_is_wrong_and_what_comes_next() -> None:
    calm = [well(f"calm{number}", "as it should be") for number in range(30)]
    ill = [bad(name, "does not answer", f"kiosk {name}") for name in ("first", "second")]
    low = worth_a_look("paper", "few slips are left", "bring a roll")
    seen = Examination(findings=[ill[0], low, *calm, ill[1]])
    assert seen.text().splitlines()[-7:] == [
        *("see paper: few slips are left", "    -> bring a roll"),
        *("BAD first: does not answer", "    -> kiosk first"),
        *("BAD second: does not answer", "    -> kiosk second"),
        "2 things are wrong: first, second",
    ]
    assert [each.name for each in seen.findings][:2] == ["first", "paper"], "for programs as ever"
    assert "wrong" not in Examination(findings=[low, *calm]).text()


def test_all_that_is_wrong_is_named_at_the_end_in_60_columns() -> None:
    names = [f"wrong{number}" for number in range(20)]
    seen = Examination(findings=[bad(name, "broken", "mend it") for name in names])
    last = seen.text().split("20 things are wrong: ")[1]
    assert last.replace("\n ", "").split(", ") == names
    assert all(len(line) <= 60 for line in seen.text().splitlines())


@pytest.mark.parametrize(
    ("noted", "is_well", "words"),
    [
        (datetime.now(UTC) - timedelta(hours=2), True, "not reached since 20"),
        (datetime.now(UTC) - timedelta(days=2), False, "not reached since 20"),
        (datetime(1970, 1, 1, 0, 5, tzinfo=UTC), False, "not reached (unreachable)"),
        (datetime(2099, 1, 1, tzinfo=UTC), False, "not reached (unreachable)"),
    ],
    ids=["two hours", "two days", "1970", "2099"],
)
def test_a_silence_that_began_by_a_wrong_clock_is_told_without_its_date(
    config: Config, noted: datetime, is_well: bool, words: str
) -> None:
    with Store.open(config.state_dir / STORE_FILE) as store:
        store.note_failing("A1", "unreachable", noted)
    central = found(config)["central"]
    assert central.is_well is is_well
    assert words in status(config).central


def test_trampled_pages_are_named_with_the_way_to_salvage(config: Config) -> None:
    path = config.state_dir / STORE_FILE
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    finding = found(config)["store"]
    assert not finding.is_well
    assert "kiosk restore --salvage" in finding.next


def test_one_bad_table_is_named_and_every_other_check_still_made(config: Config) -> None:
    path = config.state_dir / STORE_FILE
    with sqlite3.connect(path) as store:
        query = "SELECT rootpage FROM sqlite_master WHERE tbl_name = 'link'"
        pages = [number for (number,) in store.execute(query).fetchall()]
    store.close()
    with path.open("r+b") as file:
        for number in pages:
            file.seek((number - 1) * 4096)
            file.write(b"\xa5" * 4096)
    findings = found(config)
    assert len(findings) == len(doctor.CHECKS)
    assert "kiosk restore --salvage" in findings["store"].next
    assert findings["central"].next == "see store, above"


def test_a_used_up_code_is_named_with_where_a_new_one_comes_from(config: Config) -> None:
    with Store.open(config.state_dir / STORE_FILE) as store:
        store.mark_spent("A1", "salvaged", NOW)
    finding = found(config)["code"]
    assert "central join-file" in finding.evidence
    assert finding.next == "kiosk enrol JOIN-FILE"


def test_a_clock_behind_what_has_passed_is_named(config: Config) -> None:
    with Store.open(config.state_dir / STORE_FILE) as store:
        store.acknowledge([], b"word", NOW, datetime(2199, 1, 1, tzinfo=UTC))
    finding = found(config)["clock"]
    assert not finding.is_well
    assert "2199-01-01" in finding.evidence


def test_every_line_fits_a_phone(config: Config) -> None:
    (config.state_dir / STORE_FILE).write_bytes(b"no database " * 500)
    advice = [line for line in examine(config).text().splitlines() if "->" in line]
    rest = [line for line in examine(config).text().splitlines() if "->" not in line]
    assert advice
    assert all(len(line) <= doctor.COLUMNS for line in rest)


def test_a_box_with_no_panel_has_none_to_look_at(config: Config) -> None:
    assert found(config)["panel"] == not_told("panel", "none is set up")


def test_a_panel_whose_pins_answer_is_well_and_one_without_is_not(
    config: Config, tmp_path: Path
) -> None:
    settings = PanelSettings(driver="virtual", device=str(tmp_path / "board"), face_1=Fitted())
    fitted = structs.replace(config, panel=settings)
    assert "device_missing" in found(fitted)["panel"].evidence
    with VirtualPanel(tmp_path / "board") as board:
        finding = found(fitted)["panel"]
        assert (finding.is_well, finding.is_worth_a_look) == (True, False)
        assert finding.evidence == "1 parts, virtual, pins and thread answer"
        board.take_elsewhere(5)
        finding = found(fitted)["panel"]
        assert (finding.is_well, finding.next) == (False, "gpioinfo | grep -v unused")


def test_what_the_glass_knows_of_its_panel_is_told_while_it_runs(
    config: Config, tmp_path: Path
) -> None:
    settings = PanelSettings(driver="virtual", device=str(tmp_path / "board"), face_1=Fitted())
    fitted = structs.replace(config, panel=settings)
    with Doorbell(config.runtime_dir / UI_BELL):
        state.note(config.runtime_dir, state.PanelState(faults={"face_1": "stuck"}))
        finding = found(fitted)["panel"]
        state.note(config.runtime_dir, state.PanelState(losses=2))
        lost = found(fitted)["panel"]
        (config.runtime_dir / state.PANEL_FILE).write_bytes(b"[")
        untold = found(fitted)["panel"]
    assert (finding.is_well, finding.next) == (False, "kiosk test-panel")
    assert "face_1 is stuck" in finding.evidence
    assert (lost.is_well, lost.is_worth_a_look) == (True, True)
    assert "lost 2 times" in lost.evidence
    assert untold == not_told("panel", "the glass runs and has not told of it")


def test_a_glass_that_has_its_pins_is_believed_before_what_this_user_may(config: Config) -> None:
    fitted = structs.replace(config, panel=PanelSettings(driver="gpio", face_1=Fitted()))
    with Doorbell(config.runtime_dir / UI_BELL):
        state.note(config.runtime_dir, state.PanelState(parts=["face_1"]))
        assert found(fitted)["panel"].text().startswith("ok  panel: 1 parts, gpio")


def test_a_button_that_calls_nobody_is_worth_a_look(config: Config, tmp_path: Path) -> None:
    settings = PanelSettings(driver="virtual", device=str(tmp_path / "board"), call_staff=Fitted())
    with VirtualPanel(tmp_path / "board"):
        finding = found(structs.replace(config, panel=settings))["panel"]
    assert (finding.is_well, finding.is_worth_a_look) == (True, True)
    assert "staff_call" in finding.evidence


def test_what_is_advised_can_be_typed() -> None:
    said = [
        node.value
        for path in Path(kiosk.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    advised = {
        verb for words in said for verb in re.findall(r"(?:^|; |: )kiosk ([a-z][a-z-]*)", words)
    }
    assert {"test-panel", "sync-now", "enrol"} <= advised
    with pytest.raises(SystemExit), contextlib.redirect_stdout(io.StringIO()) as told:
        main(["--help"])
    verbs = set(re.findall(r"^    ([a-z-]+)", told.getvalue(), re.MULTILINE))
    assert advised - verbs == set()


@pytest.mark.skipif(not why_no_chip(), reason="there is a gpiochip")
def test_a_pi_without_its_chip_is_told_where_to_look(config: Config) -> None:
    fitted = structs.replace(config, panel=PanelSettings(driver="gpio", face_1=Fitted()))
    finding = found(fitted)["panel"]
    assert not finding.is_well
    assert "gpiochip" in finding.evidence + finding.next or "lgpio" in finding.evidence


def ill_machine(machine: VirtualMachine) -> None:
    """Everything that a machine can have, at once."""
    machine.throttle(0x50005)
    machine.heat(95)
    machine.disk(VirtualDisk(free_mb=1, free_files=0, is_read_only=True, fault="io"))
    for path, text in (
        ("sys/fs/ext4/mmcblk0p2/errors_count", "9"),
        ("sys/block/mmcblk0/device/life_time", "0x0b 0x0b"),
        ("proc/meminfo", "MemTotal: 1000000 kB\nMemAvailable: 10 kB"),
        ("sys/class/net/eth0/carrier", "0"),
        ("sys/class/watchdog/watchdog0/state", "inactive"),
    ):
        machine.put(path, text)
    machine.remove("run/systemd/timesync/synchronized")


def test_whatever_is_found_has_its_evidence_and_a_next_command(
    config: Config, tmp_path: Path
) -> None:
    machine = HealthSettings(driver="virtual", machine_dir=str(tmp_path / "machine"))
    fitted = PanelSettings(driver="virtual", device=str(tmp_path / "none"), face_1=Fitted())
    sound = SoundSettings(driver="alsa", microphone="none:9", speaker="none:9")
    scanner = ScannerSettings(driver="hid", device="/nowhere")
    ill = structs.replace(config, health=machine, panel=fitted, sound=sound, scanner=scanner)
    ill_machine(VirtualMachine(config.state_dir, tmp_path / "machine"))
    nobody = structs.replace(config, device=structs.replace(config.device, state_dir="/nowhere"))
    found = [finding for box in (ill, nobody) for finding in examine(box).findings]
    assert all(finding.evidence for finding in found)
    loud = [finding for finding in found if not finding.is_well or finding.is_worth_a_look]
    assert len({finding.name for finding in loud}) > 20
    assert [finding.name for finding in loud if not finding.next] == []
    assert all(
        len(line) <= 60
        for finding in loud
        for line in finding.text().splitlines()
        if "/" not in line
    )
