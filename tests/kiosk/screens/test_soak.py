"""A day of visits, one after another without the pauses: nothing may grow.

`FAULTS=long` makes eight hours of a busy box of it; else a short walk of the same kind.
"""

import gc
import os
import threading
from pathlib import Path
from statistics import median

from kivy.graphics.opengl import glFinish

from kiosk.theme import Access
from tests.kiosk.screens.box import Box
from tests.kiosk.screens.test_idle_show import Showing
from tests.kiosk.screens.test_monkey import resident_pages, widgets_alive

IS_LONG = os.environ.get("FAULTS") == "long"
VISITS = 480 if IS_LONG else 12
"""In eight hours one a minute: more than any counter sees."""
WARM_UP = VISITS // 3
MOST_GROWTH = 1.05
"""Of the usual visit's: larger words throw two dozen screens away, so no two moments are alike."""
COMPLAINT = ("next", "village:village-3", "next", "next", "finish")
LANGUAGES = ("th", "en", "km", "my", "lo")


def visit(box: Box, number: int) -> None:
    """A complaint or a rating, in one language after another, now and then with larger words."""
    if number % 8 == 7:
        box.glass._adapt(None, Access(large_text=True))
        box.glass._take_off(box.glass._covers["access"])
        box.frames()
    speak(box, LANGUAGES[number % len(LANGUAGES)])
    if number % 3 == 2:
        for target in ("division:works", f"face:{number % 5 + 1}"):
            box.touch(target)
        box.glass._leave()  # as six seconds later
    else:
        for target in ("kind:complaint", "topic:road"):
            box.touch(target)
        keys = sorted(name for name in box.targets() if len(name) == len("key:x"))
        for key in keys[:: max(1, len(keys) // 8)]:
            box.touch(key)
        for target in COMPLAINT:
            box.touch(target)
    box.frames()
    assert box.glass.name == "home"
    box.glass.tidy()  # as two seconds later
    rest(box)
    glFinish()  # nobody takes these frames as a panel does, and Mesa keeps them until then


def rest(box: Box) -> None:
    """Nobody comes for a while: two slides of the idle show, until somebody wakes the glass."""
    box.glass._interlude._begin()
    box.frames()
    assert box.glass.name == "idle"
    box.glass._interlude.sheets[0]._turn()
    box.frames()
    box.touch_at(5, 5)
    assert box.glass.name == "home"


def speak(box: Box, language: str) -> None:
    """Touch the language in the header, or on the sheet of all."""
    if language == "th":
        return
    if f"language:{language}" not in box.targets():
        box.touch("languages")
    box.touch(f"language:{language}")


def handles() -> int:
    """What this process holds open, but for fonts, of which Kivy keeps 64 at most."""
    held = [each.readlink() for each in Path("/proc/self/fd").iterdir() if each.is_symlink()]
    return len([file for file in held if file.suffix not in (".ttf", ".otf")])


def test_visit_after_visit_nothing_grows(all_objects: None, box: Box) -> None:
    box.draws = IS_LONG
    held: list[tuple[int, int, int]] = []
    pages: list[int] = []
    box.glass.show_when_idle(Showing(after_s=600.0, item_s=600.0))
    for number in range(VISITS):
        visit(box, number)
        if number >= WARM_UP:
            held.append((handles(), threading.active_count(), widgets_alive()))
            pages.append(resident_pages())
    gc.collect()
    assert len({(files, threads) for files, threads, _ in held}) == 1
    assert held[-1][2] <= max(alive for _, _, alive in held[: len(held) // 2])
    if IS_LONG:  # before, fonts and screens are still being met for the first time
        second, third = median(pages[: len(pages) // 2]), median(pages[len(pages) // 2 :])
        print(f"memory: {second} pages in the second third of the day, {third} in the last")
        assert third <= second * MOST_GROWTH
