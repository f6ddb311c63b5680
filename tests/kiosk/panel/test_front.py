"""Buttons become deeds, scenes become lights; what is missing is said and found again."""

import logging
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.fake.panel import VirtualPanel
from kiosk.form.flow import Step, Visit
from kiosk.form.model import Rating
from kiosk.panel import state
from kiosk.panel.front import FrontPanel
from kiosk.scene import Scene
from kiosk.vitals import HEALTH_FILE
from sync.doorbell import SYNC_BELL, Doorbell
from tests.kiosk.panel.rig import BCM, Acting, Looping, closed_cabinet, config_of


@pytest.fixture
def board(tmp_path: Path) -> Iterator[VirtualPanel]:
    with VirtualPanel(tmp_path / "board.sock") as board:
        closed_cabinet(board)
        yield board


class Rig:
    def __init__(self, folder: Path, **panel: object) -> None:
        self.acting, self.hour = Acting(), 12
        config = config_of(folder, **panel)
        self.front = FrontPanel(config, self.acting, hour=lambda: self.hour)
        self.agent = Doorbell(folder / "run" / SYNC_BELL)
        self.loop = Looping(self.front, folder)

    def close(self) -> None:
        self.front.close()
        self.agent.close()

    def comes_to(self, *done: object) -> None:
        self.loop.until(lambda: self.acting.done == list(done))


@pytest.fixture
def rig(board: VirtualPanel, tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.close()


def test_each_button_does_what_it_is_for_once(rig: Rig, board: VirtualPanel) -> None:
    for number in (1, 5):
        board.bounce(BCM[f"face_{number}"])
    rig.comes_to(1, 5)
    board.press(BCM["call_staff"])
    board.press(BCM["presence"])
    rig.comes_to(1, 5, "call", "wake")
    for part in ("face_1", "face_5", "call_staff", "presence"):
        board.release(BCM[part])
    rig.loop.until(lambda: rig.front.panel.is_on("presence") is False)
    rig.comes_to(1, 5, "call", "wake")


def test_a_press_that_nobody_can_take_lights_nothing(rig: Rig, board: VirtualPanel) -> None:
    rig.acting.keeps = False
    board.press(BCM["face_2"])
    rig.comes_to(2)
    rig.front.panel._pins.read("face_1")
    assert not board.level(BCM["light_2"])


def test_without_pins_their_libraries_are_not_even_loaded() -> None:
    words = "import sys, kiosk.panel.front; print({'gpiozero', 'lgpio'} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", words], capture_output=True, check=True)
    assert loaded.stdout.strip() == b"set()"


def test_switching_off_takes_a_hand_that_holds(rig: Rig, board: VirtualPanel) -> None:
    clock, ahead = rig.front.panel._clock, [0.0]
    rig.front.panel._clock = lambda: clock() + ahead[0]
    board.press(BCM["switch_off"])
    rig.loop.until(lambda: rig.front.panel.is_on("switch_off"))
    ahead[0] = 4.0
    rig.front.attend()
    assert rig.acting.done == []
    ahead[0] = 6.0
    rig.front.attend()
    assert rig.acting.done == ["off"]


def test_an_opened_cabinet_is_kept_and_buzzes(rig: Rig, board: VirtualPanel) -> None:
    board.drive(BCM["cabinet"], level=None)
    rig.comes_to(("cabinet_opened", False))
    rig.loop.until(lambda: board.level(BCM["buzzer"]))
    closed_cabinet(board)
    rig.comes_to(("cabinet_opened", False), ("cabinet_closed", False))


def test_a_cabinet_that_was_opened_without_power_is_found(
    board: VirtualPanel, tmp_path: Path
) -> None:
    before = Rig(tmp_path)
    before.close()
    board.drive(BCM["cabinet"], level=None)
    after = Rig(tmp_path)
    assert after.acting.done == [("cabinet_opened", True)]
    after.close()


def test_what_could_not_be_kept_is_kept_at_a_later_look(rig: Rig, board: VirtualPanel) -> None:
    rig.acting.keeps = False
    board.drive(BCM["cabinet"], level=None)
    rig.loop.until(lambda: rig.front.panel.is_on("cabinet") is True)
    rig.acting.keeps = True
    rig.front.look()
    assert rig.acting.done == [("cabinet_opened", False)]


@pytest.mark.parametrize(
    "quiet", [{"buzzes": False}, {"quiet_from": 20, "quiet_until": 7}, {"quiet_from": 0}]
)
def test_nothing_buzzes_where_it_should_not(
    board: VirtualPanel, tmp_path: Path, quiet: dict[str, object]
) -> None:
    rig = Rig(tmp_path, **quiet)
    rig.hour = 23
    rig.front.buzz_for_call()
    rig.front.panel._pins.read("face_1")
    assert board.level(BCM["buzzer"]) is (quiet == {"quiet_from": 0})
    rig.close()


def test_lights_follow_the_scene(rig: Rig, board: VirtualPanel) -> None:
    rating = Rating(rating_id=uuid.uuid4(), division_code="works", score=2)
    rig.front.follow(Scene(visit=Visit(step=Step.THANKS, rating=rating)))
    rig.loop.until(lambda: board.level(BCM["light_2"]))
    rig.front.follow(Scene(visit=Visit(step=Step.DONE), slip="printed"))
    rig.loop.until(lambda: board.level(BCM["slip_light"]) and not board.level(BCM["light_2"]))
    rig.front.follow(Scene())
    rig.loop.until(lambda: not board.level(BCM["slip_light"]))


def test_the_status_light_tells_of_health(rig: Rig, board: VirtualPanel, tmp_path: Path) -> None:
    rig.loop.until(lambda: board.level(BCM["status"]))
    assert rig.front.panel.due_in_s() is None, "steady, and nobody wakes for it"
    (tmp_path / "run" / HEALTH_FILE).write_text('{"worst": "bad"}')
    rig.front.look()
    rig.loop.until(lambda: not board.level(BCM["status"]))
    rig.loop.until(lambda: board.level(BCM["status"]))


def test_the_status_light_is_not_steady_on_the_word_of_an_agent_that_is_gone(
    rig: Rig, board: VirtualPanel, tmp_path: Path
) -> None:
    (tmp_path / "run" / HEALTH_FILE).write_text('{"worst": "fine"}')
    rig.agent.close()
    rig.front.look()
    assert rig.front.panel.due_in_s() is not None, "it blinks"


def test_a_box_without_its_panel_goes_on_says_so_and_finds_it_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    rig = Rig(tmp_path)
    assert state.last(tmp_path / "run").trouble == "device_missing"
    rig.front.buzz_for_call()
    rig.front.follow(Scene())
    assert rig.front.attend() is None
    with VirtualPanel(tmp_path / "board.sock") as board:
        closed_cabinet(board)
        rig.front.look()
        assert state.last(tmp_path / "run").trouble == ""
        board.press(BCM["face_3"])
        rig.comes_to(3)
        board.unplug()
        rig.front.look()
        assert state.last(tmp_path / "run").trouble == "device_missing"
        rig.close()
    assert caplog.text.count("panel: device_missing") == 2
    assert caplog.text.count("its pins answer") == 1


def test_a_stuck_button_is_told_to_the_doctor(
    rig: Rig, board: VirtualPanel, tmp_path: Path
) -> None:
    clock = rig.front.panel._clock
    board.press(BCM["face_1"])
    rig.comes_to(1)
    rig.front.panel._clock = lambda: clock() + 60
    rig.front.attend()
    assert state.last(tmp_path / "run").faults == {"face_1": "stuck"}
    assert rig.acting.done == [1]


def test_a_box_with_nothing_beside_the_glass_does_nothing(tmp_path: Path) -> None:
    front = FrontPanel(config_of(tmp_path, driver="none"), Acting())
    front.look()
    front.follow(Scene())
    assert (front.panel, front.attend()) == (None, None)
    front.close()


def test_a_button_that_calls_nobody_is_said_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    FrontPanel(config_of(tmp_path), Acting(), can_call=False).close()
    assert "calls nobody" in caplog.text
