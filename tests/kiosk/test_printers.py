from pathlib import Path

import pytest

from hardware.fake.line import LinePrinter
from hardware.fake.network import NetworkPrinter
from hardware.printer.cups import CupsPrinter
from hardware.printer.models import MODELS
from hardware.printer.mute import MutePrinter
from hardware.printer.paper import PAPER_58, PAPER_80
from hardware.printer.printer import Outcome, Printer, Verdict
from kiosk.config import PrinterSettings, load
from kiosk.errors import ConfigError
from kiosk.papers.trial import TrialWords, document_for
from kiosk.printers import habits_for, make_printer, model_of, paper_for
from kiosk.printing import Spooler, job_for
from kiosk.roll import Roll
from sync.store import SlipState
from tests.kiosk.spooling import Desk


def settings(folder: Path, words: str) -> PrinterSettings:
    path = folder / "kiosk.toml"
    path.write_text("[printer]\n" + words)
    return load(path).printer


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('driver = "network"', "network needs a `device`"),
        ('driver = "serial"\ndevice = "ttyUSB0"', "`device` of serial is a path from /"),
        ('driver = "network"\ndevice = "http://printer/"', "a host or HOST:PORT"),
        ('driver = "network"\ndevice = "10.0.0.9:99999"', "a host or HOST:PORT"),
        ('device = "/dev/usb/lp0"', "the virtual printer takes no `device`"),
        ('driver = "usb"\nbaud = 115200', "`baud` and `flow` are for serial printers"),
        ('driver = "serial"\ndevice = "/dev/x"\nbaud = 9600', r"Invalid enum value 9600"),
        ("answers = false\nconfirms = true", "a printer that `confirms` also `answers`"),
        ("chunk_rows = 96", "`chunk_rows` divisible by 48"),
        ("chunk_delay_ms = -1", "chunk_delay_ms"),
        ('driver = "bluetooth"', "Invalid enum value 'bluetooth'"),
        ("chunk_row = 100", "allowed: driver, device, model"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_one_line(
    tmp_path: Path, words: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as refusal:
        settings(tmp_path, words)
    assert "\n" not in str(refusal.value)
    assert "$.printer" in str(refusal.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('model = "xprinter"', r"'xprinter' is not one of .*xprinter-xp-80.*`\$\.printer\.model`"),
        ('model = "xprinter-xp-58"', r"takes paper of 58 mm.*`\$\.printer\.paper_width_mm`"),
        ('driver = "usb"\ndevice = "lp0"', r"'lp0' is not like .*`\$\.printer\.device`"),
    ],
)
def test_a_model_paper_or_device_that_cannot_be_is_refused_in_one_line(
    tmp_path: Path, words: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        make_printer(settings(tmp_path, words))


@pytest.mark.parametrize("key", MODELS)
def test_a_slip_is_set_for_every_model_and_fits_its_line(tmp_path: Path, key: str) -> None:
    width = MODELS[key].paper_width_mm
    chosen = settings(tmp_path, f'model = "{key}"\npaper_width_mm = {width}')
    assert paper_for(chosen).width_dots <= MODELS[key].dots
    assert job_for(document_for(TrialWords(municipality="เทศบาลตำบลท่าเกษม")), chosen)


def test_a_line_that_is_shorter_than_the_paper_is_kept_to(tmp_path: Path) -> None:
    assert paper_for(settings(tmp_path, 'model = "epson-tm-t88"')).width_dots == 512
    assert paper_for(settings(tmp_path, "")) == PAPER_80
    narrow = 'model = "xprinter-xp-80"\npaper_width_mm = 58'
    assert paper_for(settings(tmp_path, narrow)) == PAPER_58


def test_what_is_set_counts_more_than_the_model(tmp_path: Path) -> None:
    words = 'model = "pos-80c"\ncutter = false\nchunk_rows = 64\nchunk_delay_ms = 40'
    chosen = settings(tmp_path, words)
    assert (habits_for(chosen).rows, habits_for(chosen).has_cutter) == (64, False)
    assert model_of(chosen).pause_s == 0.04
    assert not model_of(settings(tmp_path, "answers = false")).confirms


def test_only_a_printer_that_confirms_can_say_printed(tmp_path: Path) -> None:
    for words, kind in (
        ('driver = "usb"', Printer),
        ('driver = "usb"\nconfirms = false', MutePrinter),
        ('driver = "usb"\nanswers = false', MutePrinter),
        ('driver = "cups"\ndevice = "slips"', CupsPrinter),
    ):
        assert isinstance(make_printer(settings(tmp_path, words)), kind)


def test_the_network_and_the_line_that_are_set_are_printed_on(tmp_path: Path) -> None:
    line, tray = tmp_path / "line", tmp_path / "tray"
    with NetworkPrinter(tray, PAPER_80) as network, LinePrinter(tmp_path / "t2", PAPER_80, line):
        for words in (
            f'driver = "network"\ndevice = "127.0.0.1:{network.address[1]}"',
            f'driver = "serial"\ndevice = "{line}"\nbaud = 460800\nflow = "xonxoff"',
            f'driver = "file"\ndevice = "{line}"\nmodel = "pos-80c"',
        ):
            chosen = settings(tmp_path, words)
            job = job_for(document_for(TrialWords(municipality="เทศบาล")), chosen)
            assert make_printer(chosen).print(job) == Outcome(Verdict.PRINTED)
    assert len(list(tray.glob("*.bin"))) == 1
    assert len(list((tmp_path / "t2").glob("*.bin"))) == 2


@pytest.mark.parametrize(
    ("confirms", "state"), [("true", SlipState.PRINTED), ("false", SlipState.UNKNOWN)]
)
def test_a_slip_is_printed_over_the_network_once_and_in_doubt_where_nobody_confirms_it(
    tmp_path: Path, confirms: str, state: SlipState
) -> None:
    desk, tray = Desk(tmp_path), tmp_path / "network"
    with desk.store, desk.ui, NetworkPrinter(tray, PAPER_80) as network:
        device = f"127.0.0.1:{network.address[1]}"
        words = f'driver = "network"\ndevice = "{device}"\nconfirms = {confirms}'
        chosen = settings(tmp_path, words)
        runtime_dir, roll = desk.config.runtime_dir, Roll(desk.config.state_dir, 0)
        spooler = Spooler(desk.store, make_printer(chosen), runtime_dir, chosen, desk.clock, roll)
        spooler.start()
        case_id = desk.submit()
        assert not spooler.run_once()
        assert not spooler.run_once()
        assert desk.store.slip_state(case_id) == (state, "")
        assert desk.printer_state() == "ok"
    assert len(list(tray.glob("slip-*.bin"))) == 1


def test_whoever_waits_for_a_printer_is_heard_of(tmp_path: Path) -> None:
    signs: list[None] = []
    printer = make_printer(
        PrinterSettings(tray_dir=str(tmp_path)), pulse=lambda: signs.append(None)
    )
    printer.check()
    assert len(signs) > 5, "before each question and each answer"
