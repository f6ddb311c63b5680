import ctypes
import gc
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics import Fbo

from kiosk.form.flow import Step
from kiosk.screens.readying import PAUSE_S
from kiosk.theme import Access
from kiosk.widgets import keyboard, lettering
from kiosk.widgets.shaders import release_compiler
from tests.kiosk.screens.box import Box
from tests.kiosk.screens.moments import moments

MOST_TICKS = 2000


@pytest.fixture
def box(tmp_path: Path, held: None, all_objects: None) -> Iterator[Box]:
    box = Box(tmp_path)
    yield box
    box.close()


def tick() -> None:
    """What is due by the next of its pauses, without a frame."""
    moments.go_on(PAUSE_S)
    Clock.tick()


def wait_until_ready(box: Box) -> None:
    for _ in range(MOST_TICKS):
        if box.glass._readying.is_done:
            return
        tick()
    raise AssertionError(sorted(box.glass._screens))


def test_every_screen_is_made_while_nobody_touches_and_nothing_is_drawn(box: Box) -> None:
    box.draws = True
    box.frames()
    box.glass.get_ready()
    wait_until_ready(box)
    assert set(box.glass._screens) == set(Step)
    assert not Window.canvas.needs_redraw
    assert box.glass.name == "home"
    made = dict(box.glass._screens)
    for target in ("kind:complaint", "topic:road", "phrase:1", "village:village-3", "next"):
        box.touch(target)
    assert box.glass.name == "review"
    assert box.glass._screens == made


def test_screens_are_made_one_at_a_time_and_never_for_who_has_just_touched(box: Box) -> None:
    box.glass.get_ready()
    counts = [len(box.glass._screens)]
    while counts[-1] < 4:
        tick()
        counts.append(len(box.glass._screens))
    box.touch_at(1, 1)
    assert not box.glass._readying._next.is_triggered
    assert len(box.glass._screens) == 4
    assert {after - before for before, after in pairwise(counts)} == {0, 1}


def test_who_asked_for_larger_words_finds_screens_ready_too(box: Box) -> None:
    box.glass.get_ready()
    box.glass._adapt(None, Access(large_text=True))
    assert set(box.glass._screens) == {Step.HOME}
    wait_until_ready(box)
    assert set(box.glass._screens) == set(Step)


def test_hardly_a_font_is_opened_under_the_finger_that_chooses_a_language(box: Box) -> None:
    lettering._face.cache_clear()
    box.glass.get_ready()
    wait_until_ready(box)
    opened = lettering._face.cache_info().misses
    box.touch("languages")
    box.touch("language:my")
    assert lettering._face.cache_info().misses <= opened + 3  # words set smaller to fit


def test_nobody_waits_while_everything_is_searched_for_garbage(box: Box) -> None:
    box.glass.get_ready()
    wait_until_ready(box)
    seen: list[int] = []

    def note(_: str, info: dict[str, int]) -> None:
        seen.append(info["generation"])

    gc.callbacks.append(note)
    try:
        for is_large in (True, False, True, False, True, False):
            box.glass._adapt(None, Access(large_text=is_large))
            box.frames()
    finally:
        gc.callbacks.remove(note)
    assert seen
    assert 2 not in seen


def test_keys_are_lettered_before_anybody_touches_shift_or_digits(box: Box) -> None:
    keyboard._lettered.cache_clear()
    box.glass.get_ready()
    wait_until_ready(box)
    for target in ("kind:complaint", "topic:road"):
        box.touch(target)
    lettered = keyboard._lettered.cache_info().misses
    for target in ("key:shift", "key:shift", "key:shift", "key:digits"):
        box.touch(target)
    few = 4  # keys that act, which every board has
    assert keyboard._lettered.cache_info().misses <= lettered + few


def test_a_keyboard_that_comes_up_is_drawn_once(box: Box) -> None:
    for target in ("kind:complaint", "topic:road", "phrase:1", "village:village-3"):
        box.touch(target)
    box.touch("phone")
    drawn = [key for key in box.targets() if key.startswith("key:")]
    box.touch("done-typing")
    before = keyboard._lettered.cache_info()
    box.touch("phone")
    after = keyboard._lettered.cache_info()
    assert after.hits + after.misses - before.hits - before.misses <= len(drawn) + 2


class Allocated(ctypes.Structure):
    """`struct mallinfo2`, see mallinfo(3): its eighth number is what is in use."""

    _fields_ = (
        ("before", ctypes.c_size_t * 7),
        ("in_use", ctypes.c_size_t),
        ("after", ctypes.c_size_t * 2),
    )


def freed_by_releasing() -> int:
    """Bytes that C programs hold less once the compiler of shaders was sent home."""
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = Allocated
    before = mallinfo().in_use
    release_compiler()
    return int(before - mallinfo().in_use)


def test_who_compiles_shaders_is_sent_home_once_every_screen_is_made(box: Box) -> None:
    Fbo(size=(8, 8)).draw()  # which needs one compiled
    box.glass.get_ready()
    wait_until_ready(box)
    assert freed_by_releasing() < 100_000
    Fbo(size=(8, 8)).draw()
    assert freed_by_releasing() > 1_000_000
