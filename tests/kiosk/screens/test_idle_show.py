"""The glass while nobody is there."""

import gc
import hashlib
import os
import threading
import uuid
import weakref
from pathlib import Path

import pytest
from PIL import ImageChops

from kiosk.picturing import Decoder, Frame, Room
from kiosk.screens.idle import FADE_S
from kiosk.screens.slide import SlideView
from kiosk.showing import Slide, slides_of
from sync.bulletin import Item, Picture, Said
from tests.kiosk.screens.box import Box
from tests.kiosk.screens.moments import pass_time, steps_until
from tests.pictures import jpeg

AFTER_S, ITEM_S = 0.6, 0.9
ITEM = Item(
    item_id=uuid.uuid4(),
    kind="poster",
    title=Said(th="ไฟฟ้าสาธารณะ ซอยวัดท่าเกษม"),
    words=Said(th="ไฟดับทั้งซอย"),
    outcome=Said(th="เปลี่ยนหลอดไฟแล้ว"),
)


class Showing:
    """One item; remembers what was noted and how often it was kept."""

    def __init__(
        self,
        after_s: float = AFTER_S,
        item_s: float = ITEM_S,
        item: Item = ITEM,
        folder: Path = Path(),
    ) -> None:
        self.after_s, self.item_s = after_s, item_s
        self.noted: list[tuple[Slide, float]] = []
        self.kept = 0
        self._item, self._decoder = item, Decoder(folder)

    def slides(self) -> list[Slide]:
        return slides_of([self._item], ["th"], None)

    def prepare(self, slide: Slide, room: Room) -> None:
        self._decoder.begin([each.address for each in slide.pictures], room)

    def frames(self, slide: Slide) -> list[Frame]:
        return self._decoder.take([each.address for each in slide.pictures])

    def note(self, slide: Slide, seconds: float) -> None:
        self.noted.append((slide, seconds))

    def keep(self) -> None:
        self.kept += 1


pytestmark = pytest.mark.usefixtures("held")


def until(box: Box, name: str) -> None:
    steps_until(box, lambda: box.glass.name == name)


def test_after_a_rest_at_home_the_show_begins_and_a_touch_only_wakes(box: Box) -> None:
    showing = Showing()
    box.glass.show_when_idle(showing)
    box.frames()
    x, y, width, height = box.targets()["kind:complaint"].box
    until(box, "idle")
    box.touch_at(x + width / 2, y + height / 2)
    assert box.glass.name == "home"
    assert showing.kept == 1
    box.touch("kind:complaint")
    assert box.glass.name == "topic"


def test_it_comes_again_after_the_next_rest(box: Box) -> None:
    box.glass.show_when_idle(Showing())
    until(box, "idle")
    box.touch_at(5, 5)
    assert box.glass.name == "home"
    until(box, "idle")
    assert box.glass.wake()
    assert box.glass.name == "home"
    assert not box.glass.wake()


def test_nobody_is_at_a_glass_that_shows_what_is_going_on(box: Box) -> None:
    """Or no technician's command could be given to an idle box."""
    box.glass.show_when_idle(Showing())
    until(box, "idle")
    assert not box.glass.is_in_use


def test_nobody_who_has_begun_is_shown_anything(box: Box) -> None:
    box.glass.show_when_idle(Showing())
    box.touch("kind:complaint")
    pass_time(box, 2 * AFTER_S)
    assert box.glass.name == "topic"
    box.touch("back")
    box.touch("languages")
    pass_time(box, 2 * AFTER_S)
    assert box.glass.name == "languages"


def test_a_button_beside_the_glass_counts_and_a_scan_is_looked_up_during_the_show(
    box: Box,
) -> None:
    box.glass.show_when_idle(Showing())
    until(box, "idle")
    box.glass.press(5)
    assert box.glass.name == "division"
    box.glass._leave()
    until(box, "idle")
    box.glass.scan("8850999220017")
    assert box.glass.name == "track"


def test_slides_follow_each_other_at_other_places_and_are_noted(box: Box) -> None:
    showing = Showing()
    box.glass.show_when_idle(showing)
    until(box, "idle")
    first = box.picture()
    turned(box, showing, 2)
    [(invitation, _), (poster, seconds)] = showing.noted
    assert (invitation.item_id, poster.item_id) == (None, ITEM.item_id)
    assert seconds >= ITEM_S * 0.9
    pass_time(box, FADE_S * 1.5)  # the round begins again, with the same words
    assert ImageChops.difference(first, box.picture()).getbbox() is not None


def test_nothing_moves_between_two_slides(box: Box) -> None:
    from kivy.core.window import Window

    box.draws = True
    box.glass.show_when_idle(Showing(item_s=600))
    until(box, "idle")
    pass_time(box, 0.3)
    Window.canvas.ask_update()
    box.frames(2)
    assert not Window.canvas.needs_redraw


def test_words_as_long_as_they_may_be_fit_on_the_panel(box: Box) -> None:
    from kiosk.theme import theme
    from sync.bulletin import LONGEST_TITLE, LONGEST_WORDS

    long = "น้ำท่วมขังบริเวณตลาดเก่า" * 20
    slide = Slide(
        kind="poster",
        language="th",
        title=long[:LONGEST_TITLE],
        words=long[:LONGEST_WORDS],
        outcome=long[:LONGEST_WORDS],
    )
    view = SlideView(slide, (4, 3), size_hint=(None, None), size=(theme.width, theme.height))
    box.frames()
    for line in view._lines:
        line.draw_now()
        assert line.fits, line.text
        assert line.y >= view._call.top
    assert view._icon.top <= view.top


def pictured(folder: Path) -> Item:
    """The item, with a picture of before and one of after in the folder."""
    addresses = []
    for is_lit in (False, True):
        raw = jpeg(is_lit=is_lit)
        addresses.append(hashlib.sha256(raw).hexdigest())
        (folder / addresses[-1]).write_bytes(raw)
    before, after = (Picture(address=each, caption=Said(th="ซอยวัด")) for each in addresses)
    return Item(
        item_id=ITEM.item_id,
        kind=ITEM.kind,
        title=ITEM.title,
        words=ITEM.words,
        outcome=ITEM.outcome,
        picture_before=before,
        picture=after,
    )


def newest_view(box: Box) -> SlideView:
    return box.glass._interlude.sheets[0].children[0]


def turned(box: Box, showing: Showing, times: int) -> None:
    """Time passes until so many slides are over."""
    end = len(showing.noted) + times
    steps_until(box, lambda: len(showing.noted) >= end)


def decode() -> None:
    """The pictures of the next slide are ready."""
    for each in threading.enumerate():
        if each.name == "pictures":
            each.join(20)
            assert not each.is_alive()


def test_before_and_after_stand_beside_the_words_and_are_seen(box: Box, tmp_path: Path) -> None:
    showing = Showing(item=pictured(tmp_path), folder=tmp_path, item_s=3.0)
    box.glass.show_when_idle(showing)
    until(box, "idle")
    decode()
    turned(box, showing, 1)
    pass_time(box, FADE_S * 1.2)
    view = newest_view(box)
    photos = view.photos
    assert len(photos) == 2
    seen = box.picture()
    lit = seen.getpixel((round(photos[1].center_x), round(box.glass.height - photos[1].center_y)))
    dark = seen.getpixel((round(photos[0].center_x), round(box.glass.height - photos[0].center_y)))
    assert sum(lit) > sum(dark) + 100
    assert photos[0].right <= photos[1].x
    assert all(line.right <= photos[0].x for line in view._lines)


def test_a_picture_that_is_missing_or_damaged_leaves_the_words_alone(
    box: Box, tmp_path: Path
) -> None:
    item = pictured(tmp_path)
    (tmp_path / item.picture.address).write_bytes(b"damaged")
    (tmp_path / item.picture_before.address).unlink()
    showing = Showing(item=item, folder=tmp_path)
    box.glass.show_when_idle(showing)
    until(box, "idle")
    decode()
    turned(box, showing, 1)
    assert newest_view(box).photos == []
    assert newest_view(box)._icon.opacity == 1
    turned(box, showing, 1)
    assert box.glass.name == "idle"


def test_a_card_that_hangs_holds_up_neither_the_show_nor_the_first_touch(
    box: Box, tmp_path: Path
) -> None:
    item = pictured(tmp_path)
    stuck = tmp_path / item.picture.address
    stuck.unlink()
    os.mkfifo(stuck)  # whoever opens it to read waits
    showing = Showing(item=item, folder=tmp_path)
    box.glass.show_when_idle(showing)
    until(box, "idle")
    turned(box, showing, 1)
    assert newest_view(box).photos == []
    box.touch_at(5, 5)
    assert box.glass.name == "home"
    [waiting] = [each for each in threading.enumerate() if each.name == "pictures"]
    with stuck.open("wb"):
        pass
    waiting.join(20)
    assert not waiting.is_alive()


def test_a_slides_pictures_are_let_go_with_it_however_many_rounds(box: Box, tmp_path: Path) -> None:
    showing = Showing(item=pictured(tmp_path), folder=tmp_path, item_s=1.0)
    box.glass.show_when_idle(showing)
    until(box, "idle")
    textures: list[weakref.ref[object]] = []
    gc.disable()  # nothing may wait for it
    try:
        while len(textures) < 30:
            decode()
            turned(box, showing, 1)
            photos = newest_view(box).photos
            textures += [weakref.ref(photo._shown.texture) for photo in photos]
        alive = sum(each() is not None for each in textures)
        box.touch_at(5, 5)
        assert sum(each() is not None for each in textures) == 0
    finally:
        gc.enable()
    assert alive <= 4  # two slides that fade into each other
