"""Golden pictures of the glass; `GOLDEN=update` draws them anew (look before you commit)."""

import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from kiosk.intake import Receipt
from tests.kiosk.screens.box import SIZE, Box
from tests.kiosk.screens.test_visit import to_review

GOLDEN = Path(__file__).parents[2] / "golden"
MOST_DIFFERENCE = 3.0
"""Mean difference per channel, of 255: rasterisers of two Debian releases differ a little."""


def to_home(box: Box) -> None:
    """Where every visit begins."""


def to_words(box: Box) -> None:
    box.touch("kind:complaint")
    box.touch("topic:road")
    box.type("ที่นี่น้ำท่วม")


def to_faces(box: Box) -> None:
    box.touch("division:works")


def to_thanks(box: Box) -> None:
    to_faces(box)
    box.touch("face:2")
    box.touch("reason:slow")


def to_question(box: Box) -> None:
    to_faces(box)
    box.touch("face:4")
    box.touch("survey")


def to_done(box: Box) -> None:
    to_review(box)
    box.touch("next")
    assert isinstance(box.clerk.scene.receipt, Receipt)
    box.slip = "printed"
    box.glass.show(box.clerk.look_up())


def to_khmer(box: Box) -> None:
    write(box, "km", "ទឹកលិចផ្លូវ ស្រ្តី ខ្ញុំ")


def to_burmese(box: Box) -> None:
    write(box, "my", "သတ္တဝါ ကျွန်ုပ် ဩဂုတ် ကြောင်")


def to_lao(box: Box) -> None:
    write(box, "lo", "ນ້ຳຖ້ວມ ໝູ່ບ້ານ ຜູ້ໃຫຍ່ ປີ້")


def write(box: Box, language: str, words: str) -> None:
    """As somebody of that language would begin; the words stack what the script stacks."""
    box.touch("languages")
    box.touch(f"language:{language}")
    box.touch("kind:complaint")
    box.touch("topic:road")
    box.glass._screen.ids.field.insert(words)


WAYS = [to_home, to_words, to_faces, to_thanks, to_question, to_done, to_khmer, to_burmese, to_lao]


@pytest.mark.skipif(SIZE != (1024, 600), reason="the golden pictures are of 1024x600")
@pytest.mark.parametrize(
    "way",
    [to_home, to_words, to_faces, to_thanks, to_question, to_done, to_khmer, to_burmese, to_lao],
)
def test_a_screen_looks_as_it_was_approved(box: Box, way: object) -> None:
    way(box)
    shown = box.picture()
    path = GOLDEN / f"screen-{way.__name__.removeprefix('to_')}.png"
    if os.environ.get("GOLDEN") == "update":
        shown.save(path, optimize=True)
    approved = Image.open(path).convert("RGB")
    assert approved.size == shown.size
    difference = ImageStat.Stat(ImageChops.difference(approved, shown)).mean
    assert max(difference) < MOST_DIFFERENCE
