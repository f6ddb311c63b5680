"""What we mean is what an independent printer prints, and what it says is what we hear."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops
from pyzbar import pyzbar

from hardware.errors import CoverOpen, DeviceFault, PaperOut
from hardware.printer import escpos, status
from hardware.printer.escpos import Habits
from hardware.printer.models import MODELS
from hardware.printer.paper import PAPERS
from hardware.printer.printer import Outcome, Printer, Verdict
from tests.hardware.printer import emulator
from tests.hardware.printer.emulator import Emulated, Own, Rig
from tests.hardware.printer.test_links import JOB, PRINTED
from tests.kiosk.test_slip import SLIPS, URL, drawn

SMALL = Image.new("1", (576, 200), 0)
QUESTIONS = {
    "printer": status.ASK_PRINTER,
    "cause": status.ASK_OFFLINE_CAUSE,
    "error": status.ASK_ERROR_CAUSE,
    "paper": status.ASK_PAPER,
}
FAULTS = {
    "paper-near-end": Outcome(Verdict.PRINTED, is_paper_low=True),
    "paper-out": Outcome(Verdict.NOT_STARTED, PaperOut.code),
    "cover-open": Outcome(Verdict.NOT_STARTED, CoverOpen.code),
    "offline": Outcome(Verdict.NOT_STARTED, DeviceFault.code),
}
CUTTING = [h for h in dict.fromkeys(m.habits for m in MODELS.values()) if h.has_cutter]
EACH_PAPER = pytest.mark.parametrize("width_mm", PAPERS)
EACH_CABLE = pytest.mark.parametrize("cable", ["network", "line"])


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not emulator.is_there():
        pytest.skip("there is no emulator")
    with emulator.running(tmp_path_factory.mktemp("emupos")) as control:
        yield control


@pytest.fixture(params=["own", "emupos"])
def rig(request: pytest.FixtureRequest, tmp_path: Path, width_mm: int) -> Iterator[Rig]:
    if request.param == "own":
        with Own(tmp_path, width_mm) as own:
            yield own
    else:
        yield emulator.printer_of(request.getfixturevalue("control"), width_mm)


@pytest.fixture
def width_mm() -> int:
    return 80


def same(printed: Image.Image, meant: Image.Image) -> bool:
    """Whether every dot is as it was meant, and none stands beside it.

    emupos draws a receipt as far as its last dot, and as wide as its roll.
    """
    size = (max(printed.width, meant.width), max(printed.height, meant.height))
    sheets = [Image.new("1", size, 255) for _ in range(2)]
    for sheet, picture in zip(sheets, (printed, meant), strict=True):
        sheet.paste(picture, (0, 0))
    return ImageChops.logical_xor(*sheets).getbbox() is None


@EACH_CABLE
@EACH_PAPER
@pytest.mark.parametrize("language", SLIPS)
def test_no_dot_differs_from_what_was_meant_and_both_readers_read_the_code(
    rig: Rig, cable: str, language: str, width_mm: int
) -> None:
    meant = drawn(SLIPS[language], width_mm)
    assert Printer(rig.link(cable)).print(escpos.encode(meant)) == PRINTED
    printed = rig.picture()
    assert same(printed, meant)
    [found] = zxingcpp.read_barcodes(printed.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    [seen] = pyzbar.decode(printed.convert("L"), symbols=[pyzbar.ZBarSymbol.QRCODE])
    assert (found.text, seen.data.decode()) == (URL, URL)


@pytest.mark.parametrize("habits", CUTTING, ids=str)
def test_no_dot_differs_whatever_a_model_takes(rig: Rig, habits: Habits) -> None:
    meant = drawn(SLIPS["th"], 80)
    assert Printer(rig.link("network")).print(escpos.encode(meant, habits)) == PRINTED
    assert same(rig.picture(), meant)


def test_a_dot_that_is_missing_would_be_seen() -> None:
    meant = drawn(SLIPS["th"], 80)
    other = meant.copy()
    left, top, *_ = ImageChops.invert(meant).getbbox() or (0, 0, 0, 0)
    row = [x for x in range(meant.width) if meant.getpixel((x, top)) == 0]
    other.putpixel((row[0], top), 255)
    assert same(meant, meant)
    assert not same(other, meant)
    assert not same(meant.crop((0, 0, meant.width, top + 1)), meant)
    assert left < meant.width


@EACH_CABLE
@pytest.mark.parametrize("fault", FAULTS)
def test_of_each_fault_we_say_what_it_is_and_when_it_is_over(
    rig: Rig, cable: str, fault: str
) -> None:
    printer = Printer(rig.link(cable), done_s=2)
    with rig.fault(fault):
        assert printer.print(JOB) == FAULTS[fault]
    assert printer.print(JOB) == PRINTED


@EACH_CABLE
@pytest.mark.parametrize(
    ("fault", "code"), [("paper-out", PaperOut.code), ("cover-open", CoverOpen.code)]
)
def test_a_fault_in_mid_slip_leaves_nobody_knowing_and_is_named(
    rig: Rig, cable: str, fault: str, code: str
) -> None:
    job = escpos.encode(SMALL.resize((160, 60)), Habits(rows=20))
    with contextlib.ExitStack() as broken:
        started = lambda: broken.enter_context(rig.fault(fault))  # noqa: E731
        outcome = Printer(rig.link(cable), done_s=0.5).print(job, started)
    assert outcome == Outcome(Verdict.UNKNOWN, code)


@EACH_CABLE
@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_our_own_printer_answers_as_the_independent_one_does(
    control: str, tmp_path: Path, cable: str, fault: str
) -> None:
    with Own(tmp_path, 80) as own:
        assert answers(own, cable, fault) == answers(emulator.printer_of(control, 80), cable, fault)


@EACH_PAPER
@pytest.mark.parametrize("language", SLIPS)
def test_our_own_printer_puts_the_same_dots_on_paper(
    control: str, tmp_path: Path, language: str, width_mm: int
) -> None:
    job = escpos.encode(drawn(SLIPS[language], width_mm))
    emulated = emulator.printer_of(control, width_mm)
    with Own(tmp_path, width_mm) as own:
        for rig in (own, emulated):
            assert Printer(rig.link("network")).print(job) == PRINTED
        assert same(emulated.picture(), own.picture())


def answers(rig: Own | Emulated, cable: str, fault: str) -> dict[str, bytes]:
    """What is answered to each question, at once and (where the printer is on line) in turn."""
    link = rig.link(cable)
    told = {}
    with rig.fault(fault) if fault else contextlib.nullcontext():
        link.open()
        try:
            for name, question in QUESTIONS.items():
                link.write(question)
                told[name] = link.read(2)
            if fault in ("", "paper-near-end"):
                link.write(status.BARRIER)
                told["in turn"] = link.read(2)
        finally:
            link.close()
    return told
