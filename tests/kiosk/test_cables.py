"""The doctor finds printers, says what it saw, and writes the lines for kiosk.toml."""

import tomllib
from pathlib import Path

import pytest

from hardware.fake import cups
from hardware.fake.network import NetworkPrinter
from hardware.fake.usb_bus import UsbBus, UsbPrinter
from hardware.printer.detection import Offer, offers
from hardware.printer.models import MODELS
from hardware.printer.paper import PAPER_80
from kiosk.config import Config, PrinterSettings
from kiosk.doctor.cables import cable, told
from kiosk.errors import ConfigError

EPSON = Offer(driver="usb", device="04b8:0e28:X1", name="Epson", model="epson-tm-t20")
CLONE = Offer(driver="usb", device="0416:5011", name="POS58", model="zjiang-pos58")
LINE = Offer(driver="serial", device="/dev/serial/by-id/usb-CH340-port0", name="a serial line")


def test_printers_on_usb_lines_and_queues_are_found_without_a_word_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus, lines = UsbBus(), tmp_path / "by-id"
    bus.plug_in(UsbPrinter(tmp_path / "a", PAPER_80, serial="X1"), port=2)
    bus.plug_in(UsbPrinter(tmp_path / "b", PAPER_80, (0x1234, 0x5678)), port=1)
    lines.mkdir()
    (lines / "usb-CH340-port0").touch()
    (tmp_path / "spool" / "slips").mkdir(parents=True)
    cups.install(tmp_path / "bin", tmp_path / "spool")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    seen = [(offer.driver, offer.device, offer.model) for offer in offers(bus, lines)]
    assert seen == [
        ("usb", "1234:5678", ""),
        ("usb", "04b8:0e28:X1", "epson-tm-t20"),
        ("serial", str(lines / "usb-CH340-port0"), ""),
        ("cups", "slips", ""),
    ]
    assert not (tmp_path / "a").exists()


def test_where_nothing_is_to_be_found_nothing_is(tmp_path: Path) -> None:
    assert [o for o in offers(UsbBus(), tmp_path / "none") if o.driver != "cups"] == []


@pytest.mark.parametrize(
    ("settings", "found", "is_well", "evidence"),
    [
        (PrinterSettings(), [], True, "virtual"),
        (PrinterSettings(), [EPSON], True, "virtual; found: usb 04b8:0e28:X1 (Epson)"),
        (PrinterSettings(driver="usb"), [], False, "usb is not there"),
        (PrinterSettings(driver="usb"), [CLONE], True, "found: usb 0416:5011 (POS58)"),
        (
            PrinterSettings(driver="usb"),
            [EPSON, CLONE],
            True,
            "2 on USB, the first is used: usb 04",
        ),
        (
            PrinterSettings(driver="usb", device="04B8:0e28"),
            [EPSON, CLONE],
            True,
            "found: usb 04b8",
        ),
        (PrinterSettings(driver="usb", device="04b8:0e28:X2"), [EPSON], False, "X2 is not there"),
        (PrinterSettings(driver="serial", device="/dev/x"), [LINE], False, "/dev/x is not there"),
        (PrinterSettings(driver="serial", device=LINE.device), [LINE], True, "found: serial"),
        (PrinterSettings(driver="cups", device="slips"), [], False, "cups slips is not there"),
    ],
)
def test_the_doctor_says_whether_what_is_set_is_there(
    settings: PrinterSettings, found: list[Offer], is_well: bool, evidence: str
) -> None:
    finding = told(settings, found)
    assert finding.is_well == is_well
    assert evidence in finding.evidence


@pytest.mark.parametrize(
    "settings", [PrinterSettings(), PrinterSettings(driver="cups", device="x")]
)
def test_its_advice_is_what_the_settings_take(settings: PrinterSettings) -> None:
    for offer in (EPSON, CLONE, LINE):
        head, *lines = told(settings, [offer]).next.splitlines()
        assert head == "in kiosk.toml:"
        advised = PrinterSettings(**tomllib.loads("\n".join(lines))["printer"])
        assert advised.model in ("", *MODELS)
        assert told(advised, [offer]).is_well
        assert not told(advised, [offer]).is_worth_a_look


def test_a_host_is_asked_for_a_connection_and_sent_nothing(tmp_path: Path) -> None:
    with NetworkPrinter(tmp_path / "tray", PAPER_80) as printer:
        device = f"127.0.0.1:{printer.address[1]}"
        config = Config(printer=PrinterSettings(driver="network", device=device))
        assert cable(config).is_well
    finding = cable(config)
    assert (finding.is_well, finding.evidence) == (False, f"{device}: Connection refused")
    assert not list((tmp_path / "tray").glob("slip-*"))


def test_a_file_that_is_not_there_and_a_model_that_is_none_are_told(tmp_path: Path) -> None:
    missing = PrinterSettings(driver="file", device=str(tmp_path / "lp0"))
    assert cable(Config(printer=missing)).evidence == f"{tmp_path / 'lp0'} is not there"
    with pytest.raises(ConfigError, match="model"):
        cable(Config(printer=PrinterSettings(model="epson")))


def test_the_lines_stand_under_one_another(tmp_path: Path) -> None:
    assert told(PrinterSettings(), [LINE]).text().splitlines()[-3:] == [
        "       [printer]",
        '       driver = "serial"',
        f'       device = "{LINE.device}"',
    ]
