"""The driver over gpiozero where only it can go wrong; lgpio as far as it goes without a chip."""

import importlib
import os
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.panel.gpio import GpioPins, Notifier, lgpio_pins, why_no_chip
from hardware.panel.parts import Line
from hardware.panel.pins import moment_of

lgpio_is_here = pytest.mark.skipif(
    not (os.uname().machine == "aarch64" or sys.version_info < (3, 13)),
    reason="LGPIO IS NOT TRIED: it has no wheel for this Python and machine",
)
WIRING = {"face_1": Line(bcm=5, active="low", pull="up"), "light_1": Line(bcm=12)}


@lgpio_is_here
@pytest.mark.skipif(not why_no_chip(), reason="there is a gpiochip")
def test_without_a_chip_the_panel_is_missing_and_says_what_is_not_there(tmp_path: Path) -> None:
    pins = lgpio_pins(tmp_path / "gpio")
    with pytest.raises(DeviceMissing, match="there is no /dev/gpiochip0"):
        pins.open(WIRING, print)
    assert not pins.is_alive


def test_a_chip_that_is_not_permitted_names_the_group(tmp_path: Path) -> None:
    (tmp_path / "gpiochip0").touch()
    assert why_no_chip(tmp_path) == ""
    (tmp_path / "gpiochip0").unlink()
    (tmp_path / "gpiochip0").symlink_to(tmp_path / "gone")  # even root may not use it
    assert "not in its group" in why_no_chip(tmp_path)


@pytest.fixture
def lgpio(tmp_path: Path) -> object:
    """lgpio itself, loaded as the driver does."""
    Notifier(tmp_path / "gpio").renew()
    return importlib.import_module("lgpio")


@lgpio_is_here
def test_a_pin_that_another_program_has_is_busy_and_nothing_stays_open(lgpio: object) -> None:
    class Taken(MockPin):
        def _set_function(self, value: str) -> None:
            raise lgpio.error("GPIO busy")

    pins = GpioPins(lambda: MockFactory(pin_class=Taken))
    with pytest.raises(DeviceBusy, match="another program"):
        pins.open(WIRING, print)
    assert not pins.is_alive


@lgpio_is_here
def test_a_chip_that_goes_away_is_lost_and_can_be_closed(lgpio: object) -> None:
    class Failing(MockPin):
        def _get_state(self) -> bool:
            raise lgpio.error("bad handle")

        def close(self) -> None:
            raise lgpio.error("bad handle")

    pins = GpioPins(lambda: MockFactory(pin_class=Failing))
    pins.open(WIRING, print)
    with pytest.raises(DeviceLost, match="bad handle"):
        pins.read("face_1")
    pins.close()


@lgpio_is_here
def test_lgpios_thread_that_ended_on_an_error_is_noticed_and_replaced(tmp_path: Path) -> None:
    """With lgpio's own thread and pipe, into which a report is written as its C half does."""
    notifier = Notifier(tmp_path / "gpio")
    notifier.renew()
    lgpio = importlib.import_module("lgpio")
    _end_thread(lgpio)
    assert not notifier.is_alive
    notifier.renew()
    assert notifier.is_alive
    told = threading.Event()
    listening = lgpio.callback(0, 5, lgpio.BOTH_EDGES, lambda *_: told.set())
    _report(lgpio, 5)
    assert told.wait(10)
    listening.cancel()


@lgpio_is_here
def test_lgpio_does_not_move_the_process_and_keeps_its_pipe_to_itself(tmp_path: Path) -> None:
    words = (
        "import os, sys; from pathlib import Path; from hardware.panel.gpio import Notifier; "
        f"Notifier(Path({str(tmp_path / 'gpio')!r})).renew(); "
        "print(os.getcwd(), 'lgpio' in sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True)
    assert loaded.stdout.split() == [str(Path.cwd()), "True"], loaded.stderr
    assert [each.name for each in (tmp_path / "gpio").iterdir()] == [".lgd-nfy0"]
    assert (tmp_path / "gpio").stat().st_mode & 0o777 == 0o700


def _end_thread(lgpio: object) -> None:
    """A handler that raises, unguarded, as gpiozero's devices would have it."""
    caught, before = threading.Event(), threading.excepthook
    threading.excepthook = lambda _: caught.set()
    try:
        failing = lgpio.callback(0, 4, lgpio.BOTH_EDGES, lambda *_: 1 / 0)
        _report(lgpio, 4)
        assert caught.wait(10)
        lgpio._notify_thread.join(10)
        failing.cancel()
    finally:
        threading.excepthook = before


def _report(lgpio: object, gpio: int) -> None:
    """One edge, as lgpio's C half writes it into the pipe."""
    pipe = Path(f"/proc/self/fd/{lgpio._notify_thread._file.fileno()}").readlink()
    with pipe.open("wb", buffering=0) as end:
        end.write(struct.pack("QBBBBI", 1, 0, gpio, 1, 0, 0))


@pytest.mark.parametrize(
    ("tick_s", "moment_s"),
    [(99.5, 99.5), (1_700_000_000.0 - 2, 98.0), (5.0, 100.0), (1_700_000_009.0, 100.0)],
)
def test_a_tick_of_either_clock_becomes_a_monotonic_moment(tick_s: float, moment_s: float) -> None:
    assert moment_of(tick_s, 1_700_000_000.0, 100.0) == pytest.approx(moment_s)
