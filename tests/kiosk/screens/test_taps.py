from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.screens.taps import DOUBLE_TAP_S, Taps
from tests.kiosk.screens.box import Box
from tests.kiosk.screens.test_visit import to_review

SLOW_MACHINE_S = 60.0
"""So long that taps one after the other are a double tap on any machine; `Hands` has the times."""


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path, double_tap_s=SLOW_MACHINE_S)
    yield box
    box.close()


def tap(box: Box, target: str, times: int) -> None:
    """Tap so fast that it is one meant touch; the header first, as after a pause."""
    box.touch_at(300, 10)
    x, y, width, height = box.targets()[target].box
    for _ in range(times):
        box.touch_at(x + width / 2, y + height / 2)


def test_a_double_tap_on_send_does_not_put_the_tracking_key_away(box: Box) -> None:
    to_review(box)
    tap(box, "next", times=3)
    assert box.glass.name == "done"
    assert box.store.outbox_counts().waiting == 1


@pytest.mark.parametrize("code", ["clerk", "finance", "works", "health", "education", "welfare"])
def test_a_double_tap_on_a_division_gives_no_rating(box: Box, code: str) -> None:
    tap(box, f"division:{code}", times=2)
    assert box.glass.name == "rating"
    assert box.store.outbox_counts().waiting == 0


def test_a_double_tap_on_a_topic_types_nothing(box: Box) -> None:
    box.touch("kind:complaint")
    tap(box, "topic:other", times=2)
    assert box.glass.name == "words"
    assert box.clerk.scene.visit.draft.words == ""


def test_a_double_tap_on_a_language_switches_once(box: Box) -> None:
    tap(box, "language:en", times=2)
    assert box.clerk.scene.visit.language == "en"


def test_a_letter_tapped_twice_is_two_letters(box: Box) -> None:
    box.touch("kind:complaint")
    box.touch("topic:road")
    tap(box, "key:ก", times=2)
    assert box.clerk.scene.visit.draft.words == "กก"


class Hands:
    """Taps with a clock in its hand."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.taps = Taps(clock=lambda: self.now_s)

    def tap(self, after_s: float, shown: str, x: float = 50) -> bool:
        self.now_s += after_s
        return self.taps.is_echo((x, 50), shown)


def test_the_first_tap_of_all_is_meant() -> None:
    assert not Hands().tap(0, "home")


def test_a_tap_after_a_pause_is_meant() -> None:
    hands = Hands()
    hands.tap(0, "home")
    assert hands.tap(DOUBLE_TAP_S * 0.9, "topic")
    assert hands.tap(DOUBLE_TAP_S * 0.9, "topic")
    assert not hands.tap(DOUBLE_TAP_S * 1.1, "topic")


def test_a_slow_answer_does_not_eat_up_the_time() -> None:
    hands = Hands()
    hands.tap(0, "home")
    hands.now_s += 2
    hands.taps.answered()
    assert hands.tap(DOUBLE_TAP_S * 0.9, "topic")


def test_a_tap_elsewhere_is_meant() -> None:
    hands = Hands()
    hands.tap(0, "home")
    assert not hands.tap(0.1, "topic", x=400)
