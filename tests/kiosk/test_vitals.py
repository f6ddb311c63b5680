"""What is plugged into the box, its line, its services and its glass, well and with a fault."""

import json
import logging
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from hardware.fake.health import VirtualDisk, VirtualMachine
from hardware.fake.scanner import VirtualScanner
from hardware.health.vital import Severity, Vital
from kiosk.config import (
    Config,
    Device,
    Fitted,
    HealthSettings,
    PanelSettings,
    ScannerSettings,
    SoundSettings,
)
from kiosk.doctor import examine
from kiosk.heartbeat import Heartbeat
from kiosk.panel import state
from kiosk.report import COLUMNS, status
from kiosk.vitals import ALL, HEALTH_FILE, Facts, health_now, last_health, machine_of, measure
from kiosk.watching import Watch, numbers_of
from sync import reached
from sync.doorbell import PRINT_BELL, UI_BELL, Doorbell
from sync.identity import join
from sync.store import STORE_FILE, LinkState, Store
from sync.wire import Beat, decode, encode
from tests.sync.samples import INSTANT, join_file_text

PROFILE = Path(__file__).parents[2] / "deploy/profiles/tha-kasem/profile.toml"
HOUR_S = 3600.0


class Hours:
    """A clock that goes when it is told to."""

    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def pass_by(self, hours: float) -> None:
        self.now_s += hours * HOUR_S


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """An enrolled box in a virtual machine that is well."""
    (tmp_path / "join.toml").write_text(join_file_text())
    (tmp_path / "run").mkdir()
    join(tmp_path / "join.toml", tmp_path / "state")
    Store.open(tmp_path / "state" / STORE_FILE).close()
    return Config(
        device=Device(
            state_dir=str(tmp_path / "state"),
            runtime_dir=str(tmp_path / "run"),
            profile=str(PROFILE),
        ),
        health=HealthSettings(driver="virtual", machine_dir=str(tmp_path / "machine")),
    )


@pytest.fixture
def machine(config: Config) -> VirtualMachine:
    made = machine_of(config)
    assert isinstance(made, VirtualMachine)
    return made


def look(config: Config, name: str, facts: Facts | None = None) -> Vital:
    (vital,) = measure(config, facts or Facts(), {}, [name])
    return vital


@pytest.mark.parametrize(
    ("state", "severity"),
    [
        ("ok", "fine"),
        ("unknown", "not_told"),
        ("paper_low", "warn"),
        ("paper_out", "bad"),
        ("a code of tomorrow", "bad"),
    ],
)
def test_the_printer_is_as_the_spooler_saw_it(
    config: Config, state: str, severity: Severity
) -> None:
    with Doorbell(config.runtime_dir / PRINT_BELL):
        assert look(config, "printer", Facts(printer=state)).severity == severity


def test_what_a_spooler_said_before_it_ended_is_not_believed(config: Config) -> None:
    vital = look(config, "printer", Facts(printer="ok"))
    assert (vital.severity, vital.value) == ("bad", "the spooler does not run")


@pytest.mark.parametrize(
    ("link", "severity"),
    [
        (LinkState(), "not_told"),
        (LinkState(reached_at=datetime.now(UTC)), "fine"),
        (LinkState(failing_since=datetime.now(UTC), reason="unreachable"), "warn"),
        (LinkState(failing_since=datetime.now(UTC) - timedelta(days=2)), "bad"),
        (LinkState(failing_since=datetime(1970, 1, 1, tzinfo=UTC)), "bad"),
    ],
)
def test_central_is_bad_only_after_a_day_of_silence(
    config: Config, link: LinkState, severity: Severity
) -> None:
    assert look(config, "central", Facts(link=link)).severity == severity


def test_a_scanner_that_was_pulled_out_is_seen(config: Config, tmp_path: Path) -> None:
    assert look(config, "scanner").advice == "none is set up"
    device = tmp_path / "scanner"
    fitted = structs.replace(config, scanner=ScannerSettings(driver="virtual", device=str(device)))
    with VirtualScanner(device) as scanner:
        assert look(fitted, "scanner").value == "plugged in"
        scanner.unplug()
        vital = look(fitted, "scanner")
        assert (vital.value, vital.severity) == ("not plugged in", "warn")
        scanner.plug_in()
        assert look(fitted, "scanner").severity == "fine"


@pytest.mark.parametrize("name", ["microphone", "speaker"])
def test_what_hears_and_what_speaks_are_seen_to_be_pulled_out(
    config: Config, tmp_path: Path, name: str
) -> None:
    device = tmp_path / name
    sound = SoundSettings(driver="virtual", **{name: str(device)})
    fitted = structs.replace(config, sound=sound)
    assert look(config, name).advice == "none is set up"
    assert look(fitted, name).severity == "warn"
    device.touch()
    assert look(fitted, name).severity == "fine"


@pytest.mark.parametrize(
    ("age_s", "severity"), [(5.0, "fine"), (31.0, "warn"), (61.0, "bad"), (-5.0, "fine")]
)
def test_a_glass_that_draws_no_frames_is_named(
    config: Config, age_s: float, severity: Severity
) -> None:
    drawn_s = time.monotonic() - age_s
    Heartbeat(config.runtime_dir, 15.0, lambda: None, lambda: drawn_s).frame()
    assert look(config, "screen").severity == severity


@pytest.mark.parametrize(
    ("told", "severity", "words"),
    [
        ("", "not_told", ""),
        ("Id=kiosk-ui.service\nLoadState=not-found\nNRestarts=0", "not_told", ""),
        ("Id=kiosk-ui.service\nLoadState=loaded\nActiveState=active\nNRestarts=0", "fine", "0"),
        ("Id=kiosk-ui.service\nLoadState=loaded\nActiveState=active\nNRestarts=4", "warn", "4"),
        ("Id=kiosk-ui.service\nLoadState=loaded\nActiveState=failed\nNRestarts=5", "bad", "given"),
        ("\n\nnonsense\n\nLoadState=loaded\nNRestarts=many", "not_told", ""),
    ],
)
def test_services_that_systemd_had_to_restart_are_counted(
    config: Config, machine: VirtualMachine, told: str, severity: Severity, words: str
) -> None:
    asked = "systemctl show --property=Id,LoadState,ActiveState,NRestarts"
    units = "kiosk-ui.service kiosk-print.service kiosk-sync.service"
    machine.put(f"answers/{asked} {units}", told)
    vital = look(config, "services")
    assert vital.severity == severity
    assert words in vital.words()


def test_all_of_a_look_lies_in_the_runtime_folder_for_the_boxs_own_light(
    config: Config, machine: VirtualMachine
) -> None:
    machine.throttle(1)
    Watch(config).look()
    told = json.loads((config.runtime_dir / HEALTH_FILE).read_text())
    assert told["worst"] == "bad"
    assert [vital["name"] for vital in told["vitals"]] == list(ALL)
    voltage = told["vitals"][0]
    assert voltage.keys() >= {"name", "value", "unit", "severity", "advice"}
    assert (voltage["name"], voltage["severity"]) == ("voltage", "bad")


def test_the_file_is_written_and_the_glass_rung_only_when_something_changed(
    config: Config, machine: VirtualMachine
) -> None:
    hours = Hours()
    watch = Watch(config, hours)
    with Doorbell(config.runtime_dir / UI_BELL) as bell:
        watch.look()
        assert bell.wait(0)
        path = config.runtime_dir / HEALTH_FILE
        before = path.stat().st_ino
        hours.pass_by(0.1)
        watch.look()
        assert (path.stat().st_ino, bell.wait(0)) == (before, False)
        machine.heat(50)
        hours.pass_by(0.1)
        watch.look()
        assert (path.stat().st_ino != before, bell.wait(0)) == (True, False)
        machine.heat(90)
        hours.pass_by(0.1)
        watch.look()
        assert bell.wait(0)
    assert last_health(config).worst == "bad"


def test_a_look_is_taken_no_oftener_than_beats_are_sent(
    config: Config, machine: VirtualMachine
) -> None:
    hours = Hours()
    watch = Watch(config, hours)
    watch.look()
    machine.heat(90)
    assert watch.look().worst == "fine"
    hours.pass_by(config.sync.beat_every_s / HOUR_S)
    assert watch.look().worst == "bad"


def test_the_disk_is_written_to_four_times_a_day(config: Config, machine: VirtualMachine) -> None:
    hours = Hours()
    watch = Watch(config, hours)
    watch.look()
    machine.disk(VirtualDisk(fault="lies"))
    hours.pass_by(5)
    assert watch.look().worst == "fine"
    hours.pass_by(1)
    assert watch.look().severities()["disk_test"] == "bad"


def test_the_log_hears_once_of_what_is_bad_and_once_of_what_is_well_again(
    config: Config, machine: VirtualMachine, caplog: pytest.LogCaptureFixture
) -> None:
    hours = Hours()
    watch = Watch(config, hours)
    with caplog.at_level(logging.INFO, "kiosk.watching"):
        for celsius in (50, 83, 84, 76, 83, 60, 61):
            machine.heat(celsius)
            watch.look()
            hours.pass_by(0.1)
    said = [record.getMessage() for record in caplog.records]
    assert [words.partition(":")[0] for words in said] == [
        "temperature is bad",
        "temperature is well again",
    ]
    assert "83 °C; next: give it air" in said[0]


def test_a_beat_carries_numbers_that_central_takes(config: Config, machine: VirtualMachine) -> None:
    machine.heat(76)
    machine.meet_errors(2)
    numbers = Watch(config).numbers()
    assert numbers["temperature"] == 76.0
    assert numbers["temperature.is"] == "warn"
    assert numbers["worst"] == "bad"
    assert "scanner" not in numbers
    beat = Beat(sent=INSTANT, vitals=numbers)
    assert decode(encode(beat), Beat) == beat


def test_the_fullest_beat_of_a_box_where_all_is_ill_is_still_taken(config: Config) -> None:
    ill = [Vital(name=name, value="x" * 900, severity="warn") for name in ALL]
    health = structs.replace(last_health(config), worst="bad", vitals=ill)
    beat = Beat(sent=INSTANT, vitals=numbers_of(health))
    assert decode(encode(beat), Beat) == beat


def test_nothing_of_a_person_is_in_a_beat(config: Config) -> None:
    assert numbers_of(Watch(config).look()).keys() <= {
        "worst",
        *ALL,
        *(f"{name}.is" for name in ALL),
    }


def test_a_folder_that_takes_no_file_does_not_stop_the_agent(
    config: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(tmp_path / "run")
    assert Watch(config).look().vitals
    assert "health.json not written" in caplog.text


def test_status_tells_the_worst_and_what_it_is(config: Config, machine: VirtualMachine) -> None:
    machine.lose_time()
    assert status(config).health.worst == "warn"
    machine.throttle(5)
    told = status(config)
    assert not told.is_fine
    assert "BAD voltage: too low now" in told.text()
    assert all(len(line) <= COLUMNS for line in told.text().splitlines())
    machine.mend()
    assert status(config).health.text() == "fine"


def test_status_tells_when_central_answered_last_also_before_the_disk_hears_of_it(
    config: Config,
) -> None:
    noted = datetime(2026, 11, 28, 9, 10, tzinfo=UTC)
    with Store.open(config.state_dir / STORE_FILE) as store:
        store.note_reached("A1", noted)
    assert status(config).central == "reached 2026-11-28 09:10Z"
    reached.note(config.runtime_dir, "B2", noted + timedelta(minutes=40))
    assert status(config).central == "reached 2026-11-28 09:10Z", "another code's"
    reached.note(config.runtime_dir, "A1", noted + timedelta(minutes=55))
    assert status(config).central == "reached 2026-11-28 10:05Z"
    (config.runtime_dir / reached.FILE).write_text("A1 half a li")
    assert status(config).central == "reached 2026-11-28 09:10Z", "it is not to be read"


def test_status_writes_nothing_and_shows_the_agents_last_test_of_the_disk(
    config: Config, machine: VirtualMachine
) -> None:
    assert "disk_test" not in health_now(config, Facts()).severities()
    machine.disk(VirtualDisk(fault="lies"))
    Watch(config).look()
    machine.mend()
    assert health_now(config, Facts()).severities()["disk_test"] == "bad"


FAULTS: dict[str, tuple[Callable[[VirtualMachine], None], bool]] = {
    "voltage": (lambda machine: machine.throttle(1), False),
    "throttling": (lambda machine: machine.throttle(4), False),
    "temperature": (lambda machine: machine.heat(76), True),
    "disk mount": (lambda machine: machine.disk(VirtualDisk(is_read_only=True)), False),
    "disk errors": (lambda machine: machine.meet_errors(1), False),
    "disk wear": (lambda machine: machine.wear(90), True),
    "disk test": (lambda machine: machine.disk(VirtualDisk(fault="lies")), False),
    "memory": (lambda machine: machine.use_memory(50), False),
    "pressure": (lambda machine: machine.use_memory(500, 20), True),
    "load": (lambda machine: machine.busy(20), True),
    "watchdog": (VirtualMachine.stop_watchdog, True),
    "rtc": (lambda machine: machine.drift(500), True),
    "network": (VirtualMachine.pull_cable, True),
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_doctor_names_each_fault_with_what_to_do_next(
    config: Config, machine: VirtualMachine, name: str
) -> None:
    fail, is_well = FAULTS[name]
    fail(machine)
    (finding,) = [each for each in examine(config).findings if each.name == name]
    assert (finding.is_well, finding.is_worth_a_look) == (is_well, is_well)
    assert finding.next
    assert finding.text().startswith("see " if is_well else "BAD ")
    assert f"-> {finding.next}" in finding.text()
    assert all(len(line) <= COLUMNS for line in finding.text().splitlines())


def test_a_disk_that_fills_up_is_worth_a_look_before_it_is_full(
    config: Config, machine: VirtualMachine
) -> None:
    for free_mb, sign in ((20_000, "ok  "), (900, "see "), (100, "BAD ")):
        machine.disk(VirtualDisk(free_mb=free_mb))
        (finding,) = [each for each in examine(config).findings if each.name == "disk"]
        assert finding.text().startswith(f"{sign}disk: {free_mb} MB free")


def test_what_a_box_does_not_tell_is_called_neither_well_nor_ill(config: Config) -> None:
    findings = {each.name: each for each in examine(config).findings}
    assert findings["scanner"].text() == "-   scanner: none is set up"
    assert findings["memory"].text().startswith("ok  memory: ")


def test_the_doctor_of_a_sound_machine_finds_nothing_in_its_vitals(config: Config) -> None:
    vitals = {name.replace("_", " ") for name in ALL}
    found = [
        each for each in examine(config).findings if each.name in vitals - {"printer", "clock"}
    ]
    assert not [each for each in found if not each.is_well or each.is_worth_a_look]


def test_a_stuck_button_and_pins_that_are_gone_are_seen(config: Config) -> None:
    assert look(config, "panel").advice == "none is set up"
    fitted = structs.replace(config, panel=PanelSettings(driver="virtual", face_1=Fitted()))
    assert look(fitted, "panel").advice == "the glass does not run"
    with Doorbell(config.runtime_dir / UI_BELL):
        state.note(config.runtime_dir, state.PanelState())
        assert look(fitted, "panel").severity == "fine"
        state.note(config.runtime_dir, state.PanelState(faults={"face_1": "stuck"}))
        assert (look(fitted, "panel").value, look(fitted, "panel").severity) == (
            *("face_1 stuck", "warn"),
        )
        state.note(config.runtime_dir, state.PanelState(trouble="device_lost"))
        assert look(fitted, "panel").severity == "bad"
