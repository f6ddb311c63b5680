"""What the front desk asks for is done: by the spooler, by the system."""

import threading
from pathlib import Path

import pytest

from kiosk.config import Config, Device, Glass, PrinterSettings
from kiosk.front_desk import Counts, FrontDesk, counts_of
from kiosk.roll import PAPER_CHANGED
from kiosk.switching_off import is_leaving
from sync.doorbell import Doorbell
from sync.store import STORE_FILE, Store

PROFILE = Path(__file__).parents[2] / "deploy/profiles/tha-kasem/profile.toml"


def config_in(folder: Path, **glass: object) -> Config:
    device = Device(state_dir=str(folder), runtime_dir=str(folder / "run"), profile=str(PROFILE))
    printer = PrinterSettings(tray_dir=str(folder / "tray"))
    return Config(device=device, printer=printer, glass=Glass(**glass))


def desk_of(config: Config) -> tuple[FrontDesk, threading.Event]:
    told = threading.Event()
    return FrontDesk(config, Counts, told.set), told


def test_a_test_slip_comes_out_and_the_glass_is_told(tmp_path: Path) -> None:
    desk, told = desk_of(config_in(tmp_path))
    desk.print_test()
    assert told.wait(20)
    assert desk.printed == "printed"
    assert list((tmp_path / "tray").glob("*.png"))


def test_the_record_of_an_opening_needs_a_box_that_is_somebody(tmp_path: Path) -> None:
    desk, told = desk_of(config_in(tmp_path))
    desk.print_record()
    assert told.wait(20)
    assert desk.printed == "not_printed"


def test_a_printer_without_paper_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "tray").mkdir()
    (tmp_path / "tray/control.json").write_text('{"paper": false}')
    desk, told = desk_of(config_in(tmp_path))
    desk.print_test()
    assert told.wait(20)
    assert desk.printed == "not_printed"


def test_new_paper_wakes_the_spooler(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    desk, _ = desk_of(config_in(tmp_path))
    with Doorbell(tmp_path / "run/print.sock") as bell:
        desk.change_paper()
        assert bell.wait(5)
    assert (tmp_path / "run" / PAPER_CHANGED).exists()


def test_the_box_is_switched_off_by_the_command_of_its_settings(tmp_path: Path) -> None:
    desk, told = desk_of(config_in(tmp_path, switch_off=("touch", str(tmp_path / "off"))))
    desk.switch_off()
    assert told.wait(20)
    assert (tmp_path / "off").exists()


@pytest.mark.parametrize("command", [("false",), ("no-such-command",)])
def test_a_box_that_cannot_be_switched_off_goes_on(tmp_path: Path, command: tuple[str]) -> None:
    desk, told = desk_of(config_in(tmp_path, switch_off=command))
    desk.switch_off()
    assert told.wait(20)
    assert not is_leaving(tmp_path / "run")


def test_only_numbers_are_told(tmp_path: Path) -> None:
    with Store.open(tmp_path / STORE_FILE) as store:
        assert counts_of(store, lambda: "ok") == Counts(printer="ok")
