"""Whatever hands, children, cats and bad mice do: the glass stays alive, on a screen we know.

`FAULTS=long` makes 20,000 gestures of it. The seed is told where it fails.
"""

import gc
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest
from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.graphics.opengl import glFinish
from kivy.input.providers.mouse import MouseMotionEvent
from kivy.uix.widget import Widget

from kiosk.form.flow import Step
from tests.kiosk.screens.box import SIZE, Box, Finger

IS_LONG = os.environ.get("FAULTS") == "long"
GESTURES = 20_000 if IS_LONG else 300
WARM_UP = GESTURES // 3
BETWEEN_LOOKS = GESTURES // (60 if IS_LONG else 3)
MOST_GROWTH = 1.05
"""Of what is usual between two people. Single moments differ by more, and go up and down."""
MOST_WIDGETS = 1500
"""All screens together have some 900."""
SEED = int(os.environ.get("MONKEY_SEED", "20261124"))
KNOWN = {step.value for step in Step} | {"still_there", "languages", "access"}
ESCAPE, F1, F11, F12, TAB, PRINT, MENU = 27, 282, 292, 293, 9, 316, 319
HOSTILE_KEYS = [ESCAPE, F1, F11, F12, TAB, PRINT, MENU, 8, 13, 127, 305, 308, 311]
LETTERS = [ord(letter) for letter in "acvxzqwn1f4"]
MODIFIERS = [[], ["ctrl"], ["alt"], ["meta"], ["ctrl", "alt"], ["shift", "ctrl"], ["alt", "ctrl"]]
FOREIGN = ["😀", "\u202e", "\x00", "่่่", "\ufdfd", "A" * 20_000, "ก็", "<script>", "\ud83d"]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """Painted for, too, where it is long."""
    box = Box(tmp_path, draws=IS_LONG)
    yield box
    box.close()


class Monkey:
    """Gestures by chance, up to five fingers at once."""

    def __init__(self, box: Box, chance: random.Random) -> None:
        self.box, self.chance = box, chance
        self.fingers: list[Finger] = []
        self.gestures: list[tuple[int, Callable[[], None]]] = [
            (40, self.tap_a_target),
            (15, self.tap_anywhere),
            (10, self.put_down),
            (10, self.drag),
            (10, self.lift),
            (8, self.press_a_key),
            (4, self.use_a_mouse),
            (2, self.ask_the_window),
            (3, self.stay_away),
        ]

    def play(self) -> None:
        """One gesture.

        A window without a panel hands its frames to nobody, and Mesa keeps what each of them
        drew until somebody waits for it, as a panel does.
        """
        weights, gestures = zip(*self.gestures, strict=True)
        self.chance.choices(gestures, weights)[0]()
        glFinish()

    def rest(self) -> None:
        """Lift every finger and let the frames settle."""
        while self.fingers:
            self.lift()
        self.box.frames()

    def go(self) -> None:
        """Leave the glass to whoever comes next."""
        self.rest()
        self.box.glass._leave()
        while self.box.glass._make_one():  # as it does by itself while nobody touches
            self.box.frames()
        self.box.glass.tidy()

    def tap_a_target(self) -> None:
        targets = self.box.targets()
        if targets:
            self.box.touch(self.chance.choice(sorted(targets)))

    def tap_anywhere(self) -> None:
        self.box.touch_at(*self.place())

    def put_down(self) -> None:
        if len(self.fingers) < 5:
            self.fingers.append(self.box.hold(*self.place(), finger=len(self.fingers) + 2))

    def drag(self) -> None:
        for finger in self.fingers:
            finger.move(*self.place())

    def lift(self) -> None:
        if self.fingers:
            self.fingers.pop(self.chance.randrange(len(self.fingers))).lift()

    def press_a_key(self) -> None:
        key = self.chance.choice([*HOSTILE_KEYS, *LETTERS])
        modifiers = self.chance.choice(MODIFIERS)
        text = self.chance.choice([chr(key), *FOREIGN])
        for event in ("on_key_down", "on_keyboard", "on_key_up"):
            Window.dispatch(event, key, key, text, modifiers)
        Window.dispatch("on_textinput", text)
        self.box.frames(1)

    def use_a_mouse(self) -> None:
        x, y = self.place()
        button = self.chance.choice(["right", "middle", "scrollup", "scrolldown", "mouse6"])
        place = [x / SIZE[0], 1 - y / SIZE[1], button]
        event = MouseMotionEvent("mouse", "mouse1", place, is_touch=True, type_id="touch")
        for phase in ("begin", "update", "end"):
            EventLoop.post_dispatch_input(phase, event)
        self.box.frames(1)

    def ask_the_window(self) -> None:
        event = self.chance.choice(["on_minimize", "on_restore", "on_cursor_leave", "on_drop_file"])
        arguments = (b"/etc/passwd", 10, 10) if event == "on_drop_file" else ()
        Window.dispatch(event, *arguments)
        self.box.frames(1)

    def stay_away(self) -> None:
        self.chance.choice([lambda: self.box.glass._count_down(3.0), self.box.glass._leave])()
        self.box.frames()
        if self.box.glass.name == "home":
            self.box.glass.tidy()  # as two seconds later

    def place(self) -> tuple[float, float]:
        """Anywhere on the panel, often on its very edge or beyond."""
        x, y = self.chance.uniform(0, SIZE[0]), self.chance.uniform(0, SIZE[1])
        if self.chance.random() < 0.2:
            x = self.chance.choice([-5.0, 0.0, SIZE[0] - 1.0, SIZE[0] + 5.0])
        return x, y


def resident_pages() -> int:
    """Pages of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1])


def widgets_alive() -> int:
    kinds = Counter(map(type, gc.get_objects()))
    return sum(count for kind, count in kinds.items() if issubclass(kind, Widget))


def test_no_gesture_breaks_out_or_breaks_anything(all_objects: None, box: Box) -> None:
    chance = random.Random(SEED)
    monkey = Monkey(box, chance)
    pages, seen = [], set()
    for number in range(GESTURES):
        monkey.play()
        assert box.glass.name in KNOWN, f"seed {SEED}, gesture {number}"
        assert not EventLoop.quit
        seen.add(box.glass.name)
        if number >= WARM_UP and number % BETWEEN_LOOKS == 0:
            monkey.go()
            pages.append(resident_pages())
    monkey.go()
    assert widgets_alive() < MOST_WIDGETS
    if IS_LONG:  # before, fonts and screens are still being met for the first time
        second, third = median(pages[: len(pages) // 2]), median(pages[len(pages) // 2 :])
        print(f"memory: {second} pages in the second third, {third} in the last, {pages}")
        assert third <= second * MOST_GROWTH, f"seed {SEED}: memory grew"
    assert len(seen) > (15 if IS_LONG else 8)
    box.touch("kind:complaint")
    assert box.glass.name == "topic"


def test_a_wheel_or_the_second_button_of_a_mouse_touches_nothing(box: Box) -> None:
    x, y, width, height = box.targets()["kind:complaint"].box
    for button in ("right", "middle", "scrollup", "scrolldown"):
        place = [(x + width / 2) / SIZE[0], 1 - (y + height / 2) / SIZE[1], button]
        event = MouseMotionEvent("mouse", "mouse1", place, is_touch=True, type_id="touch")
        for phase in ("begin", "end"):
            EventLoop.post_dispatch_input(phase, event)
        box.frames()
        assert box.glass.name == "home"


def test_a_second_finger_on_the_screen_before_asks_nothing_any_more(box: Box) -> None:
    box.touch("kind:complaint")
    boxes = [box.targets()[name].box for name in ("topic:road", "topic:tree")]
    middles = [(x + width / 2, y + height / 2) for x, y, width, height in boxes]
    first, second = (box.hold(*place, finger=n) for n, place in enumerate(middles, 1))
    first.lift()
    assert box.glass.name == "words"
    second.lift()
    assert box.glass.name == "words"
    assert box.clerk.scene.visit.draft.topic_code == "road"
    assert box.clerk.scene.wrong == {}


def test_a_keyboard_that_somebody_plugs_in_types_nothing(box: Box) -> None:
    for target in ("kind:complaint", "topic:road"):
        box.touch(target)
    for key, text in ((97, "a"), (27, ""), (118, "v"), (282, ""), (13, "\n")):
        for modifiers in ([], ["ctrl"]):
            Window.dispatch("on_key_down", key, key, text, modifiers)
            Window.dispatch("on_keyboard", key, key, text, modifiers)
            Window.dispatch("on_key_up", key, key, text, modifiers)
        Window.dispatch("on_textinput", text)
    box.frames()
    assert box.glass.name == "words"
    assert box.glass._screen.ids.field.text == ""
