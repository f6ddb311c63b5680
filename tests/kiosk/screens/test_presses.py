"""Whatever can be touched shows the finger that lies on it, before it is lifted."""

import pytest
from PIL import Image, ImageChops

from tests.kiosk.screens.box import SIZE, Box

OFF = (SIZE[0] / 2, -5.0)
"""Where a finger is lifted that wants nothing."""


def around(picture: Image.Image, place: tuple[float, ...]) -> Image.Image:
    x, y, width, height = place
    return picture.crop((round(x), round(y), round(x + width), round(y + height)))


@pytest.mark.parametrize(
    "way",
    [
        (),
        ("kind:complaint",),
        ("division:works",),
        ("languages",),
        ("kind:complaint", "topic:road"),
    ],
)
def test_every_target_shows_the_finger_on_it(box: Box, way: tuple[str, ...]) -> None:
    for name in way:
        box.touch(name)
    before = box.picture()
    for name, target in box.targets().items():
        if name == "words" or name.startswith("key:"):  # what one types into, and with
            continue
        x, y, width, height = target.box
        lift = box.put_down(x + width / 2, y + height / 2)
        pressed = box.picture()
        lift(*OFF)
        box.frames()
        seen = ImageChops.difference(around(before, target.box), around(pressed, target.box))
        assert seen.getbbox(), name


def test_what_a_sheet_covers_is_not_painted_and_comes_back(box: Box) -> None:
    before = box.picture()
    header = box.glass._header
    box.touch("languages")
    assert header.canvas not in header.parent.canvas.children
    box.touch("close-languages")
    assert header.canvas in header.parent.canvas.children
    assert ImageChops.difference(before, box.picture()).getbbox() is None
