"""A panel that is watched: what fails under it is noticed, said once, and healed."""

import logging
import select
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.errors import DeviceMisuse
from hardware.fake.panel import VirtualPanel, VirtualPins, main
from hardware.panel.panel import Change, Panel
from hardware.panel.parts import USUAL, Line
from hardware.panel.pattern import STEADY, TWO_SHORT

WIRING = {part: USUAL[part] for part in ("face_4", "cabinet", "switch_off", "light_4", "buzzer")}
FACE, LIGHT, BUZZER = WIRING["face_4"].bcm, WIRING["light_4"].bcm, WIRING["buzzer"].bcm
OFF = WIRING["switch_off"].bcm


@pytest.fixture
def board(tmp_path: Path) -> Iterator[VirtualPanel]:
    with VirtualPanel(tmp_path / "panel.sock") as board:
        board.press(WIRING["cabinet"].bcm)  # nothing has a pull yet: high, an open door
        board.drive(WIRING["cabinet"].bcm, level=False)
        yield board


@pytest.fixture
def panel(board: VirtualPanel, tmp_path: Path) -> Iterator[Panel]:
    with Panel(WIRING, VirtualPins(tmp_path / "panel.sock")) as panel:
        panel.watch()
        assert panel.is_there
        yield panel


def seen(panel: Panel, count: int) -> list[Change]:
    """The next changes, waited for as the glass does."""
    found: list[Change] = []
    end_s = time.monotonic() + 10
    while len(found) < count:
        assert time.monotonic() < end_s, found
        due_s = panel.due_in_s()
        select.select([panel], [], [], 1 if due_s is None else due_s)
        found += panel.changes()
    return found


def until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.002)


def test_a_worn_button_is_pressed_once(panel: Panel, board: VirtualPanel) -> None:
    board.bounce(FACE)
    assert seen(panel, 1) == [Change("face_4", "on")]
    board.release(FACE)
    assert seen(panel, 1) == [Change("face_4", "off")]


def test_a_panel_sleeps_while_nobody_touches_it(panel: Panel) -> None:
    assert panel.changes() == []
    assert panel.due_in_s() is None
    assert select.select([panel], [], [], 0)[0] == []


def test_a_stuck_button_is_a_fault_until_it_is_free(
    panel: Panel, board: VirtualPanel, caplog: pytest.LogCaptureFixture
) -> None:
    board.press(FACE)
    select.select([panel], [], [], 10)
    panel._clock = lambda: time.monotonic() + 60
    assert seen(panel, 2) == [Change("face_4", "on"), Change("face_4", "stuck")]
    assert panel.faults == {"face_4": "stuck"}
    board.release(FACE)
    assert seen(panel, 1) == [Change("face_4", "free")]
    assert panel.faults == {}
    assert "face_4 is stuck" in caplog.text


def test_a_light_goes_on_and_off(panel: Panel, board: VirtualPanel) -> None:
    panel.show("light_4", STEADY)
    until(lambda: board.level(LIGHT))
    panel.show("light_4", None)
    until(lambda: not board.level(LIGHT))
    panel.show("fan", STEADY)  # none is fitted


def test_what_is_dark_already_wakes_nobody_by_staying_so(panel: Panel) -> None:
    panel.show("light_4", None)
    assert select.select([panel], [], [], 0)[0] == []


def test_a_buzzer_ends_by_itself(panel: Panel, board: VirtualPanel) -> None:
    panel.show("buzzer", TWO_SHORT)
    until(lambda: board.level(BUZZER))
    end_s = time.monotonic() + 10
    while (due_s := panel.due_in_s()) is not None:
        assert time.monotonic() < end_s
        select.select([panel], [], [], due_s)
        panel.changes()
    until(lambda: not board.level(BUZZER))


def test_a_thread_that_ended_is_noticed_and_everything_is_as_it_was(
    panel: Panel, board: VirtualPanel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    panel.show("light_4", STEADY)
    board.end_thread()
    until(lambda: not panel._pins.is_alive)
    board.press(FACE)
    panel.watch()
    assert (panel.is_there, panel.losses) == (True, 1)
    assert seen(panel, 1) == [Change("face_4", "on")], "pressed while nobody heard it"
    until(lambda: board.level(LIGHT))
    assert "the thread that tells of edges has ended" in caplog.text
    assert "its pins answer" in caplog.text


@pytest.mark.parametrize("is_noticed", [False, True])
def test_a_release_that_nobody_heard_switches_nothing_off(
    panel: Panel, board: VirtualPanel, *, is_noticed: bool
) -> None:
    board.press(OFF)
    assert seen(panel, 1) == [Change("switch_off", "on")]
    board.end_thread()
    until(lambda: not panel._pins.is_alive)
    board.release(OFF)
    if is_noticed:
        board.unplug()
        panel.watch()
        assert not panel.is_there
    panel._clock = lambda: time.monotonic() + 8
    if is_noticed:
        assert panel.changes() == [], "nobody knows"
        board.plug_in()
        panel.watch()
    found = panel.changes() + panel.changes()
    assert Change("switch_off", "held") not in found


def test_a_contact_that_moves_while_not_all_pins_are_there_is_no_error(
    tmp_path: Path, board: VirtualPanel
) -> None:
    with Panel(WIRING, VirtualPins(tmp_path / "panel.sock")) as panel:
        panel._told("face_4", True, time.monotonic())  # and the pins after it are busy
        assert panel.changes() == []
        panel.watch()
        assert panel.is_there


def test_a_panel_that_is_missing_is_said_once_and_found_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Panel(WIRING, VirtualPins(tmp_path / "panel.sock")) as panel:
        for _ in range(3):
            panel.watch()
        assert (panel.is_there, panel.trouble) == (False, "device_missing")
        assert caplog.text.count("device_missing") == 1
        assert panel.changes() == []
        with VirtualPanel(tmp_path / "panel.sock") as board:
            panel.watch()
            assert (panel.is_there, panel.trouble) == (True, None)
            board.press(FACE)
            assert seen(panel, 1) == [Change("face_4", "on")]


def test_a_panel_that_is_pulled_out_is_missed_and_taken_again(
    panel: Panel, board: VirtualPanel
) -> None:
    board.unplug()
    panel.watch()
    assert (panel.is_there, panel.trouble) == (False, "device_missing")
    assert panel.is_on("face_4") is None
    panel.show("light_4", STEADY)
    board.plug_in()
    panel.watch()
    assert panel.is_there
    until(lambda: board.level(LIGHT))


def test_pins_that_another_program_has_are_busy(tmp_path: Path, board: VirtualPanel) -> None:
    board.take_elsewhere(LIGHT)
    with Panel(WIRING, VirtualPins(tmp_path / "panel.sock")) as panel:
        panel.watch()
        assert panel.trouble == "device_busy"
        board.take_elsewhere()
        panel.watch()
        assert panel.is_there


def test_two_drivers_never_share_a_pin(panel: Panel, board: VirtualPanel, tmp_path: Path) -> None:
    with Panel(WIRING, VirtualPins(tmp_path / "panel.sock")) as second:
        second.watch()
        assert second.trouble == "device_busy"


def test_all_lights_go_out_at_the_end(tmp_path: Path, board: VirtualPanel) -> None:
    with Panel(WIRING, VirtualPins(tmp_path / "panel.sock")) as panel:
        panel.watch()
        panel.show("light_4", STEADY)
        until(lambda: board.level(LIGHT))
    until(lambda: not board.level(LIGHT))


def test_a_panel_that_can_not_be_wired_so_is_refused(tmp_path: Path) -> None:
    wiring = {"face_1": Line(bcm=5), "face_2": Line(bcm=5)}
    with pytest.raises(DeviceMisuse):
        Panel(wiring, VirtualPins(tmp_path / "panel.sock"))


def test_a_hand_in_a_shell_presses_a_button(
    panel: Panel, board: VirtualPanel, tmp_path: Path
) -> None:
    main(["press", str(tmp_path / "panel.sock"), str(FACE)])
    assert seen(panel, 2) == [Change("face_4", "on"), Change("face_4", "off")]
