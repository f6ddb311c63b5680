import re
import shutil
from pathlib import Path

import pytest

from deploy import units
from kiosk.updating import resuming
from kiosk.updating.places import Places

SERVICES = sorted(units.FOLDER.glob("*.service"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Our units, to write slips of the pen into."""
    shutil.copytree(units.FOLDER, tmp_path / "systemd")
    return tmp_path / "systemd"


def change(unit: Path, old: str, new: str) -> None:
    text = unit.read_text()
    assert old in text
    unit.write_text(text.replace(old, new, 1))


def test_systemd_understands_our_units_and_none_is_too_open() -> None:
    assert list(units.problems()) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("WatchdogSec=20", "WatchdogSecs=20", "Unknown key"),
        ("Restart=always", "Restart=allways", "Failed to parse"),
        ("MemoryMax=512M", "MemoryMax=512X", "Invalid memory limit"),
        ("[Service]", "[Servise]", "Unknown section"),
        ("kiosk-gave-up.service", "kiosk-gave-in.service", "kiosk-gave-in.service"),
    ],
)
def test_a_slip_of_the_pen_is_named(folder: Path, old: str, new: str, words: str) -> None:
    change(folder / "kiosk-ui.service", old, new)
    found = list(units.problems(folder))
    assert any(words in problem for problem in found), found


def test_a_slip_of_the_pen_in_what_all_share_is_named(folder: Path) -> None:
    change(folder / "kiosk-.service.d" / "sandbox.conf", "ProtectHome", "ProtectHomes")
    assert any("ProtectHomes" in problem for problem in units.problems(folder))


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_a_unit_without_its_sandbox_is_too_open(
    folder: Path, service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root's own would be let pass with more; the sandbox keeps all of them below the same."""
    monkeypatch.setattr(units, "MOST_EXPOSED_AS_ROOT", units.MOST_EXPOSED)
    (folder / f"{service.name.partition('-')[0]}-.service.d" / "sandbox.conf").unlink()
    assert any(
        re.fullmatch(rf"{service.name}: exposure \d\.\d, more than 2.0", problem)
        for problem in units.problems(folder)
    )


def test_where_nobody_can_check_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    [problem] = units.problems()
    assert "NOT CHECKED" in problem


def test_the_unit_that_is_written_for_a_trial_is_one_and_no_more_open(
    folder: Path, tmp_path: Path
) -> None:
    """`units.problems` holds it to what others than root's own are held to, by its name."""
    where = Places.below(tmp_path / "system")
    (where.release("1.0") / "share").mkdir(parents=True)
    (where.release("1.0") / "share/systemd").symlink_to(units.FOLDER)
    resuming.insure(where, "1.0")
    shutil.copy(where.system / "etc/systemd/system" / resuming.UNIT, folder)
    assert list(units.problems(folder)) == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_nothing_waits_for_a_network(service: Path) -> None:
    assert "network" not in "".join(
        re.findall(r"^(?:After|Wants|Requires)=.*", service.read_text(), re.MULTILINE)
    )


@pytest.mark.parametrize("name", ["kiosk-print", "kiosk-sync"])
def test_the_glass_comes_first_and_its_failure_holds_nobody_up(name: str) -> None:
    found = dict(settings(units.FOLDER / f"{name}.service"))
    assert found["After"] == "kiosk-ui.service"
    assert not {"Requires", "Requisite", "BindsTo", "Upholds"} & set(found)


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_every_service_has_its_limits(service: Path) -> None:
    assert re.search(r"^MemoryMax=", service.read_text(), re.MULTILINE)
    assert re.search(r"^TasksMax=", service.read_text(), re.MULTILINE)


def test_a_glass_that_hangs_climbs_the_ladder_too() -> None:
    """All starts of a burst, each as long as it can take to fail, fit into the interval."""
    text = (units.FOLDER / "kiosk-ui.service").read_text()
    start, stop, pause, watched, burst = (
        int(re.search(rf"^{key}=(\d+)$", text, re.MULTILINE)[1])
        for key in (
            *("TimeoutStartSec", "TimeoutStopSec", "RestartSec", "WatchdogSec", "StartLimitBurst"),
        )
    )
    assert "StartLimitIntervalSec=5min" in text
    assert burst * (max(start, watched) + stop + pause) < 300


def settings(path: Path) -> list[tuple[str, str]]:
    return re.findall(r"^(\w+)=(.*)$", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_no_unit_sets_what_its_sandbox_sets(service: Path) -> None:
    """A drop-in counts after the unit: what the unit says would be overridden, silently."""
    shared = units.FOLDER / f"{service.name.partition('-')[0]}-.service.d" / "sandbox.conf"
    assert not {key for key, _ in settings(service)} & {key for key, _ in settings(shared)}


def test_the_clock_may_be_asked_after_all_that_is_taken_away() -> None:
    filters = [
        value
        for key, value in settings(units.FOLDER / "kiosk-.service.d" / "sandbox.conf")
        if key == "SystemCallFilter"
    ]
    assert filters[0] == "@system-service"
    assert filters[1].startswith("~@privileged")
    assert filters[2].split()[:2] == ["adjtimex", "clock_adjtime"]
