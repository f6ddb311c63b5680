import gc
import random
import weakref
from collections.abc import Iterator

import msgspec
import pytest
from kivy.graphics import Rectangle
from kivy.graphics.texture import Texture

from kiosk.theme import theme
from tests.kiosk.screens.box import Box
from tests.kiosk.screens.moments import moments, pass_time, steps_until
from tests.kiosk.screens.test_visit import to_review

pytestmark = pytest.mark.usefixtures("held")

IDLE_S = 0.3


def leave_alone(box: Box) -> None:
    """A short pause from now on, on the clock that is held."""
    box.glass._vigil._idle_s, box.glass._vigil._clock = IDLE_S, moments
    box.glass._keep_watch()


def wait_for(box: Box, screen: str) -> None:
    steps_until(box, lambda: box.glass.name == screen, most=50)


def everything_held(box: Box) -> str:
    """All texts that any widget of any screen, shown or not, still holds."""
    held = []
    for screen in [box.glass, *box.glass._screens.values()]:
        for widget in screen.walk():
            properties = widget.properties().values()
            held += [str(each.get(widget)) for each in properties]
            held += getattr(widget, "lines", []) + getattr(widget, "_lines", [])
    return " ".join(held)


def strings_in_memory() -> Iterator[str]:
    """Every string that a container, a struct or an event of this process holds."""
    gc.collect()
    for each in gc.get_objects():
        kind, held = type(each), []  # its own type: a dead proxy can't be asked for more
        if issubclass(kind, dict):
            held = [*each, *each.values()]
        elif issubclass(kind, (list, tuple, set, frozenset)):
            held = each
        elif issubclass(kind, msgspec.Struct):
            held = msgspec.structs.astuple(each)
        yield from [item for item in held if type(item) is str]


def held_in_memory(words: tuple[str, ...]) -> list[str]:
    """Which of the words are found there, in one look; a tuple of words is no container to it."""
    return sorted({word for each in strings_in_memory() for word in words if word in each})


def test_a_pause_is_asked_about_with_a_countdown(box: Box) -> None:
    box.touch("kind:complaint")
    leave_alone(box)
    wait_for(box, "still_there")
    assert set(box.targets()) == {"stay", "leave"}


def test_the_ring_stands_around_its_number_from_the_first_moment(box: Box) -> None:
    box.touch("kind:complaint")
    box.glass._count_down(0.6)
    picture = box.picture()
    ring = picture.crop((0, 0, picture.width, picture.height // 2)).convert("RGB")
    marigold = tuple(round(255 * part) for part in theme.colour("marigold")[:3])
    columns = [
        x
        for x in range(ring.width)
        for y in range(ring.height)
        if ring.getpixel((x, y)) == marigold
    ]
    assert abs((min(columns) + max(columns)) / 2 - picture.width / 2) < 3
    box.touch("leave")


def test_a_touch_anywhere_keeps_everything(box: Box) -> None:
    to_review(box)
    leave_alone(box)
    wait_for(box, "still_there")
    box.touch_at(5, 5)
    assert box.glass.name == "review"
    assert box.clerk.scene.visit.draft.words == "ไฟดับที่ซอย"


def test_nobody_there_wipes_everything_that_was_typed(box: Box) -> None:
    to_review(box)
    box.touch("language:en")
    assert "ไฟดับที่ซอย" in everything_held(box)
    leave_alone(box)
    wait_for(box, "still_there")
    wait_for(box, "home")
    box.frames()
    assert "ไฟดับที่ซอย" not in everything_held(box)
    assert box.clerk.scene.visit.draft is None
    assert box.clerk.scene.visit.language == "th"


def test_nobody_there_wipes_name_phone_and_words_from_memory_too(
    all_objects: None, box: Box
) -> None:
    box.touch("kind:complaint")
    box.touch("topic:road")
    words, phone, name = ("".join(random.choices(keys, k=12)) for keys in ("ฟหกด", "234", "เสวง"))
    box.type(words)
    for target in ("next", "village:village-3", "phone"):
        box.touch(target)
    box.type(phone)
    box.touch("name")
    box.type(name)
    box.touch("done-typing")
    planted = (words, phone, name)
    assert held_in_memory(planted) == sorted(planted)
    leave_alone(box)
    wait_for(box, "home")
    box.frames()
    assert held_in_memory(planted) == []


def test_what_was_typed_is_gone_once_the_case_is_kept(all_objects: None, box: Box) -> None:
    box.touch("kind:complaint")
    box.touch("topic:road")
    words, name = ("".join(random.choices(keys, k=12)) for keys in ("ฟหกด", "เสวง"))
    phone = "08" + "".join(random.choices("1234567", k=8))
    box.type(words)
    for target in ("next", "village:village-3", "phone"):
        box.touch(target)
    box.type(phone)
    box.touch("name")
    box.type(name)
    for target in ("done-typing", "next"):
        box.touch(target)
    assert box.glass.name == "review"
    planted = (words, phone, name)
    assert held_in_memory(planted) == sorted(planted)
    box.touch("next")
    box.frames()
    assert box.glass.name == "done"
    assert held_in_memory(planted) == []
    assert words not in everything_held(box)


def pictures_of(words: str, box: Box) -> list[weakref.ref[Texture]]:
    """The textures of each widget of the screen that shows `words`."""
    showing = [each for each in box.glass._screen.walk() if getattr(each, "text", "") == words]
    drawn = [part for each in showing for part in each.canvas.children]
    textures = [part.texture for part in drawn if type(part) is Rectangle]
    return [weakref.ref(each) for each in textures if "default.png" not in repr(each)]  # a caret


def test_no_picture_of_what_was_typed_outlives_the_visit(all_objects: None, box: Box) -> None:
    for target in ("kind:complaint", "topic:road"):
        box.touch(target)
    box.type("ฟหกด")
    pictures = pictures_of("ฟหกด", box)
    for target in ("next", "village:village-3", "next"):
        box.touch(target)
    assert len(pictures) >= 1
    on_the_review = pictures_of("ฟหกด", box)
    assert len(on_the_review) >= 1
    assert all(each() for each in on_the_review)
    box.glass._leave()
    box.frames()
    box.glass.tidy()
    assert [each() for each in (*pictures, *on_the_review) if each() is not None] == []


def test_the_key_leaves_the_glass_with_the_visit(box: Box) -> None:
    to_review(box)
    box.touch("next")
    key = box.clerk.scene.receipt.tracking_key
    assert key[:4] in everything_held(box)
    box.touch("finish")
    assert box.glass.name == "home"
    held = everything_held(box)
    assert key not in held
    assert f"{key[:4]}-{key[4:8]}" not in held


def test_home_is_never_asked_whether_it_is_there(box: Box) -> None:
    leave_alone(box)
    seen = set()
    for _ in range(10):
        pass_time(box, IDLE_S / 5)
        seen.add(box.glass.name)
    assert seen == {"home"}


def test_home_in_another_language_goes_back_to_the_first(box: Box) -> None:
    box.touch("language:en")
    leave_alone(box)
    steps_until(box, lambda: "language:en" in box.targets(), most=50)
    assert "language:th" not in box.targets()
