"""Each vital, well and with its fault, on a machine whose kernel is a folder."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.fake.health import VirtualDisk, VirtualMachine
from hardware.health import READERS, measure
from hardware.health.board import TEMPERATURE_C
from hardware.health.disk import SAMPLE_BYTES
from hardware.health.machine import Machine
from hardware.health.vital import Limits, Severity, Vital, worst_of

THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"
SINCE_BOOT = 1 << 16


@pytest.fixture
def machine(tmp_path: Path) -> VirtualMachine:
    """A Pi that is well."""
    (tmp_path / "data").mkdir()
    return VirtualMachine(tmp_path / "data", tmp_path / "machine")


def look(machine: Machine, name: str, before: Severity = "fine") -> Vital:
    (vital,) = measure(machine, {name: before}, [name])
    return vital


def test_a_sound_machine_tells_everything_and_all_of_it_is_fine(machine: VirtualMachine) -> None:
    vitals = measure(machine, {})
    assert [vital.name for vital in vitals] == list(READERS)
    assert {vital.severity for vital in vitals} == {"fine"}
    assert worst_of(vitals) == "fine"


def test_a_machine_that_tells_nothing_alarms_nobody(tmp_path: Path) -> None:
    machine = VirtualMachine(tmp_path, tmp_path / "machine", assume_clock=True)
    for path in sorted((tmp_path / "machine").rglob("*"), reverse=True):
        if path.is_file() and path.name != "disk.json":
            path.unlink()
    vitals = measure(machine, {})
    silent = {vital.name for vital in vitals if vital.severity == "not_told"}
    assert silent == set(READERS) - {"disk_mount", "disk_free", "disk_test", "clock"}
    assert all(vital.value is None and vital.advice for vital in vitals if vital.name in silent)
    assert worst_of(vitals) == "fine"


def test_the_machine_this_runs_on_is_read_without_an_error(tmp_path: Path) -> None:
    vitals = measure(Machine(tmp_path, assume_clock=True), {})
    assert [vital.name for vital in vitals] == list(READERS)
    assert look(Machine(tmp_path), "disk_test").value == "gives back what was written"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("flags", "severity"), [(0, "fine"), (1, "bad"), (SINCE_BOOT, "warn"), (SINCE_BOOT | 1, "bad")]
)
def test_under_voltage_is_bad_now_and_a_warning_until_the_next_boot(
    machine: VirtualMachine, flags: int, severity: Severity
) -> None:
    machine.throttle(flags)
    vital = look(machine, "voltage")
    assert vital.severity == severity
    assert "power supply" in vital.advice


def test_the_drivers_alarm_tells_of_under_voltage_where_the_firmware_does_not(
    machine: VirtualMachine,
) -> None:
    machine.remove(THROTTLED)
    assert look(machine, "voltage").severity == "fine"
    machine.put("sys/class/hwmon/hwmon0/in0_lcrit_alarm", "1")
    assert look(machine, "voltage").value == "too low now"


def test_the_firmware_itself_is_believed_before_the_kernels_old_file(
    machine: VirtualMachine,
) -> None:
    machine.put("answers/vcgencmd get_throttled", "throttled=0x50000")
    assert look(machine, "voltage").severity == "warn"


@pytest.mark.parametrize(
    ("flags", "severity", "advice"),
    [
        (4, "bad", "fan"),
        (5, "bad", "power supply"),
        (2, "warn", "fan"),
        (8, "warn", "fan"),
        (4 * SINCE_BOOT, "warn", "fan"),
        (5 * SINCE_BOOT, "warn", "power supply"),
        (SINCE_BOOT, "fine", "power supply"),
    ],
)
def test_a_board_that_slows_down_is_told_apart_by_what_it_lacks(
    machine: VirtualMachine, flags: int, severity: Severity, advice: str
) -> None:
    machine.throttle(flags)
    vital = look(machine, "throttling")
    assert (vital.severity, advice in vital.advice) == (severity, True)


def test_heat_is_a_warning_first_and_then_bad(machine: VirtualMachine) -> None:
    found = []
    for celsius in (60, 75, 82):
        machine.heat(celsius)
        found.append(look(machine, "temperature").severity)
    assert found == ["fine", "warn", "bad"]
    assert look(machine, "temperature").unit == "°C"


def test_the_hottest_zone_counts_and_one_that_is_not_fitted_does_not(
    machine: VirtualMachine,
) -> None:
    machine.put("sys/class/thermal/thermal_zone1/temp", "61000")
    machine.put("sys/class/thermal/thermal_zone2/temp", "-274000")
    assert look(machine, "temperature").value == 61.0


def test_a_value_at_its_limit_does_not_flap(machine: VirtualMachine) -> None:
    severity: Severity = "fine"
    found = []
    for celsius in (74.9, 75.0, 74.9, 75.1, 72.0, 71.0, 70.9, 74.9):
        machine.heat(celsius)
        severity = look(machine, "temperature", severity).severity
        found.append(severity)
    assert found == ["fine", *["warn"] * 5, *["fine"] * 2]


@given(value=st.floats(-50, 150), noise=st.floats(-1.9, 1.9))
def test_noise_smaller_than_the_band_never_flaps(value: float, noise: float) -> None:
    first = TEMPERATURE_C.severity(value)
    second = TEMPERATURE_C.severity(value + noise, first)
    third = TEMPERATURE_C.severity(value, second)
    assert TEMPERATURE_C.severity(value + noise, third) == third


def test_limits_count_downwards_where_little_is_bad() -> None:
    limits = Limits(warn=1000, bad=200, band=100)
    assert [limits.severity(value) for value in (1001, 1000, 200)] == ["fine", "warn", "bad"]
    assert limits.severity(299, "bad") == "bad"
    assert limits.severity(301, "bad") == "warn"


@pytest.mark.parametrize(("free_mb", "severity"), [(999, "warn"), (150, "bad"), (20_000, "fine")])
def test_a_disk_that_fills_up_is_named(
    machine: VirtualMachine, free_mb: int, severity: Severity
) -> None:
    machine.disk(VirtualDisk(free_mb=free_mb))
    assert look(machine, "disk_free").severity == severity


def test_a_disk_without_room_for_more_files_is_full_as_well(machine: VirtualMachine) -> None:
    machine.disk(VirtualDisk(free_files=3))
    assert look(machine, "disk_free").value == "3 files more"


def test_a_file_system_that_went_read_only_is_bad(machine: VirtualMachine) -> None:
    machine.disk(VirtualDisk(is_read_only=True))
    assert look(machine, "disk_mount").severity == "bad"
    assert look(machine, "disk_test").value == "not written: Read-only file system"


@pytest.mark.parametrize(
    ("fault", "words", "advice"),
    [
        ("lies", "other bytes", "new card"),
        ("io", "not written: Input/output error", "new card"),
        ("full", "not written: No space left", "du -xh"),
    ],
)
def test_a_disk_that_lies_or_fails_does_not_pass_its_test(
    machine: VirtualMachine, fault: str, words: str, advice: str
) -> None:
    machine.put("disk.json", f'{{"fault": "{fault}"}}')
    vital = look(machine, "disk_test")
    assert vital.severity == "bad"
    assert words in str(vital.value)
    assert advice in vital.advice


def test_what_was_written_is_read_from_the_disk_and_leaves_nothing(tmp_path: Path) -> None:
    sample = os.urandom(SAMPLE_BYTES)
    assert Machine(tmp_path).write_and_read(sample) == sample
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("percent", "severity"), [(10, "fine"), (80, "warn"), (110, "bad")])
def test_a_worn_memory_is_named_before_it_dies(
    machine: VirtualMachine, percent: int, severity: Severity
) -> None:
    machine.wear(percent)
    vital = look(machine, "disk_wear")
    assert (vital.severity, vital.value) == (severity, percent)


@pytest.mark.parametrize(("spare", "severity"), [("0x02", "warn"), ("0x03", "bad")])
def test_spare_blocks_that_run_out_are_wear_too(
    machine: VirtualMachine, spare: str, severity: Severity
) -> None:
    machine.put("sys/block/mmcblk0/device/pre_eol_info", spare)
    assert look(machine, "disk_wear").severity == severity


def test_an_sd_card_says_that_it_does_not_tell_its_wear(machine: VirtualMachine) -> None:
    machine.remove("sys/block/mmcblk0/device/life_time")
    machine.put("sys/block/mmcblk0/device/type", "SD")
    assert look(machine, "disk_wear").advice == "an SD card does not tell its wear"


def test_errors_of_the_file_system_are_bad_and_dated(machine: VirtualMachine) -> None:
    machine.meet_errors(3, first_at=1_790_000_000, last_at=1_790_600_000)
    vital = look(machine, "disk_errors")
    assert (vital.severity, vital.value) == ("bad", "3, 2026-09-21 to 2026-09-28")


def test_memory_that_runs_out_and_waiting_for_it_are_named(machine: VirtualMachine) -> None:
    machine.use_memory(free_mb=100, waits_percent=12)
    assert look(machine, "memory").severity == "warn"
    assert look(machine, "pressure").severity == "warn"
    machine.use_memory(free_mb=40, waits_percent=70)
    assert look(machine, "memory").severity == "bad"
    assert look(machine, "pressure").severity == "bad"


def test_load_counts_for_each_core(machine: VirtualMachine) -> None:
    machine.busy(6)
    assert (look(machine, "load").value, look(machine, "load").severity) == (1.5, "fine")
    machine.busy(17)
    assert look(machine, "load").severity == "warn"


def test_a_clock_that_no_time_server_has_set_is_a_warning(machine: VirtualMachine) -> None:
    machine.lose_time()
    assert look(machine, "clock").severity == "warn"


def test_a_battery_backed_clock_that_is_years_behind_has_lost_its_battery(
    machine: VirtualMachine,
) -> None:
    machine.drift(300)
    assert look(machine, "rtc").severity == "warn"
    machine.drift(-900_000_000)
    vital = look(machine, "rtc")
    assert vital.severity == "bad"
    assert "battery" in vital.advice


def test_a_clock_is_not_compared_with_one_that_is_a_guess(machine: VirtualMachine) -> None:
    machine.lose_time()
    machine.drift(-900_000_000)
    assert look(machine, "rtc").severity == "not_told"


def test_a_pulled_cable_a_lost_route_and_a_mute_gateway_are_told_apart(
    machine: VirtualMachine,
) -> None:
    machine.mute_gateway()
    assert look(machine, "network").value == "eth0, the gateway does not answer"
    machine.pull_cable()
    assert look(machine, "network").advice == "plug in the cable of eth0"
    machine.lose_route()
    vital = look(machine, "network")
    assert (vital.value, vital.severity) == ("no way out", "warn")


def test_a_network_with_ipv6_alone_is_a_way_out(machine: VirtualMachine) -> None:
    machine.lose_route()
    nowhere = "00000000000000000000000000000000"
    row = f"{nowhere} 00 {nowhere} 00 fe800000000000000000000000000001 0400 1 0 3 wlan0"
    machine.put("proc/net/ipv6_route", row)
    assert look(machine, "network").value == "wlan0 is up"


def test_a_watchdog_that_is_off_or_patient_is_a_warning(machine: VirtualMachine) -> None:
    assert look(machine, "watchdog").words() == "14 s"
    machine.put("sys/class/watchdog/watchdog0/timeout", "60")
    assert look(machine, "watchdog").severity == "warn"
    machine.stop_watchdog()
    assert look(machine, "watchdog").value == "off"


@pytest.mark.parametrize(
    ("told", "words"),
    [("14s", "14 s"), ("1min 30s", "90 s"), ("2min", "120 s"), ("0", "off"), ("infinity", "off")],
)
def test_systemd_tells_of_the_watchdog_where_the_kernel_does_not(
    machine: VirtualMachine, told: str, words: str
) -> None:
    machine.remove("sys/class/watchdog/watchdog0/state")
    asked = "systemctl show --property=RuntimeWatchdogUSec"
    machine.put(f"answers/{asked}", f"RuntimeWatchdogUSec={told}")
    assert look(machine, "watchdog").words() == words


@pytest.mark.parametrize(
    "garbage", ["", "-", "0x", "zz top\n\n12", "1e99 1e99", "\ufffd" * 40, "9" * 400, "eth0\t0"]
)
def test_garbage_is_not_told_or_told_and_never_an_error(
    machine: VirtualMachine, tmp_path: Path, garbage: str
) -> None:
    root = tmp_path / "machine"
    for path in root.rglob("*"):
        if path.is_file():
            machine.put(str(path.relative_to(root)), garbage)
    vitals = measure(machine, {})
    assert [vital.name for vital in vitals] == list(READERS)


def test_bytes_that_are_no_text_are_not_told(machine: VirtualMachine, tmp_path: Path) -> None:
    (tmp_path / "machine/proc/meminfo").write_bytes(b"\xff\xfe\x00MemAvailable")
    assert look(machine, "memory").severity == "not_told"


def test_a_file_that_is_none_is_not_told(machine: VirtualMachine, tmp_path: Path) -> None:
    """As one that may not be read: the kernel answers with an error instead of a text."""
    path = tmp_path / "machine/sys/class/thermal/thermal_zone0/temp"
    path.unlink()
    path.mkdir()
    assert look(machine, "temperature").severity == "not_told"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_not_told(machine: VirtualMachine, tmp_path: Path) -> None:
    (tmp_path / "machine/sys/class/thermal/thermal_zone0/temp").chmod(0)
    assert look(machine, "temperature").severity == "not_told"


def test_a_program_that_is_missing_or_fails_says_nothing(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.ask("no-such-program") is None
    assert machine.ask("false") is None
    assert machine.ask("echo", "here") == "here"
