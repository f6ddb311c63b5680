"""A technician's picture of the glass is the same whatever a resident said."""

from collections.abc import Callable

import pytest
from PIL import Image, ImageChops

from kiosk.screens.masking import masks_of
from kiosk.screens.portrait import MASK_RGB, lay_over, portrait
from tests.kiosk.screens.box import Box

ONE = {"topic": "street_light", "words": "ไฟดับ", "village": "village-3", "phone": "0812345678"}
OTHER = {"topic": "road", "words": "ถนนพัง", "village": "village-5", "phone": "0899999999"}


def taken() -> Image.Image:
    told, pixels = portrait()
    image = Image.frombytes("RGB", (told.width, told.height), pixels)
    return image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def to_words(box: Box, said: dict[str, str]) -> None:
    box.touch("kind:complaint")
    box.touch(f"topic:{said['topic']}")
    box.type(said["words"])


def to_contact(box: Box, said: dict[str, str]) -> None:
    to_words(box, said)
    box.touch("next")
    box.touch(f"village:{said['village']}")
    box.touch("phone")
    box.type(said["phone"])


def to_review(box: Box, said: dict[str, str]) -> None:
    to_contact(box, said)
    box.touch("done-typing")
    box.touch("next")
    assert box.glass.name == "review"


def to_done(box: Box, said: dict[str, str]) -> None:
    to_review(box, said)
    box.touch("next")
    assert box.glass.name == "done"


def to_drawing(box: Box, said: dict[str, str]) -> None:
    box.touch("kind:complaint")
    box.touch("topic:road")
    box.touch("way:draw")
    finger = box.hold(200, 200)
    finger.move(300 if said is ONE else 400, 300)
    finger.lift()


def to_track(box: Box, said: dict[str, str]) -> None:
    box.touch("kind:track")
    box.type("1A" if said is ONE else "2B")


def leave(box: Box) -> None:
    box.glass._leave()
    box.frames()


@pytest.mark.parametrize(
    "way",
    [to_words, to_contact, to_review, to_done, to_drawing, to_track],
    ids=lambda way: way.__name__,
)
def test_whatever_was_said_the_picture_is_the_same(
    box: Box, way: Callable[[Box, dict[str, str]], None]
) -> None:
    way(box, ONE)
    one, plain = taken(), box.picture()
    leave(box)
    way(box, OTHER)
    assert ImageChops.difference(one, taken()).getbbox() is None
    assert ImageChops.difference(plain, box.picture()).getbbox() is not None


def test_of_a_report_about_corruption_nothing_is_shown(box: Box) -> None:
    box.touch("kind:corruption")
    (colour,) = taken().getcolors()
    assert bytes(colour[1]) == MASK_RGB


def test_where_nobody_is_all_of_it_is_shown(box: Box) -> None:
    assert masks_of(box.glass) == []
    assert ImageChops.difference(taken(), box.picture()).getbbox() is None


def test_what_the_box_asks_by_itself_is_shown(box: Box) -> None:
    box.touch("kind:complaint")
    assert box.glass.name == "topic"
    assert masks_of(box.glass) == []
    box.touch("topic:road")
    masked = sum(width * height for _, _, width, height in masks_of(box.glass))
    assert masked < 0.1 * box.glass.width * box.glass.height


def test_a_mask_covers_every_pixel_that_it_touches() -> None:
    pixels = bytearray(4 * 4 * 3)
    lay_over(pixels, (4, 4), [(0.5, 0.5, 1, 1), (3.5, -2, 9, 9)])
    rows = ["".join("#" if pixels[(y * 4 + x) * 3] else "." for x in range(4)) for y in range(4)]
    assert rows == ["##.#", "##.#", "...#", "...#"]
