"""The idle glass's pictures: decoded beside the glass, as large as shown, or not at all."""

import hashlib
import os
import threading
from pathlib import Path

import pytest
from PIL import Image

from kiosk.framing import frame_of
from kiosk.picturing import Decoder, Frame, Room
from sync.bulletin import LARGEST_PICTURE, LONGEST_SIDE
from tests.pictures import jpeg, saved

ROOM = Room(width=400, height=200, radius=10)
SQUARE = Room(width=200, height=200, radius=10, is_square=True)


def put(folder: Path, raw: bytes) -> str:
    address = hashlib.sha256(raw).hexdigest()
    (folder / address).write_bytes(raw)
    return address


def decoded(decoder: Decoder, *addresses: str, room: Room = ROOM) -> list[Frame]:
    """What is taken once the thread is through."""
    decoder.begin(addresses, room)
    for thread in threading.enumerate():
        if thread.name == "pictures":
            thread.join(20)
    return decoder.take(addresses)


def as_picture(frame: Frame) -> Image.Image:
    upside_down = Image.frombytes("RGBA", (frame.width, frame.height), frame.rgba)
    return upside_down.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def test_a_picture_fills_its_room_and_keeps_its_shape(tmp_path: Path) -> None:
    for size, expected in (
        ((1280, 960), (267, 200)),
        ((1280, 320), (400, 100)),
        ((320, 1280), (50, 200)),
        ((40, 20), (400, 200)),
    ):
        frame = frame_of(tmp_path / put(tmp_path, jpeg(size=size)), ROOM)
        assert (frame.width, frame.height) == expected
        assert len(frame.rgba) == frame.width * frame.height * 4


def test_of_a_pair_the_middle_square_is_shown(tmp_path: Path) -> None:
    left_red = Image.new("RGB", (1280, 640), "red")
    left_red.paste("blue", (320, 0, 960, 640))
    frame = frame_of(tmp_path / put(tmp_path, saved(left_red, "JPEG")), SQUARE)
    assert (frame.width, frame.height) == (200, 200)
    red, _, blue, _ = as_picture(frame).getpixel((12, 100))
    assert blue > 200 > red


def test_its_corners_are_round_and_its_rows_begin_at_the_bottom(tmp_path: Path) -> None:
    halves = Image.new("RGB", (400, 200), "red")
    halves.paste("blue", (0, 100, 400, 200))
    frame = frame_of(tmp_path / put(tmp_path, saved(halves, "JPEG")), ROOM)
    assert frame.rgba[200 * 4 + 2] > 200  # the first row is the blue one
    shown = as_picture(frame)
    assert [shown.getpixel(at)[3] for at in ((0, 0), (399, 199), (200, 0), (200, 100))] == [
        *(0, 0),
        *(255, 255),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"not a picture",
        jpeg()[:5000],
        saved(Image.new("RGB", (10, 10)), "PNG"),
        saved(Image.new("RGB", (LONGEST_SIDE + 1, 10)), "JPEG"),
        bytes(LARGEST_PICTURE + 1),
    ],
    ids=["words", "cut off", "another form", "too wide", "too large"],
)
def test_what_central_would_not_have_made_is_not_shown(tmp_path: Path, raw: bytes) -> None:
    assert frame_of(tmp_path / put(tmp_path, raw), ROOM) is None


def test_what_is_not_there_or_was_changed_is_not_shown(tmp_path: Path) -> None:
    assert frame_of(tmp_path / ("0" * 64), ROOM) is None
    address = put(tmp_path, jpeg())
    (tmp_path / address).write_bytes(jpeg(is_lit=False))
    assert frame_of(tmp_path / address, ROOM) is None


def test_both_pictures_of_a_slide_are_ready_or_none_is(tmp_path: Path) -> None:
    one, other = put(tmp_path, jpeg()), put(tmp_path, jpeg(is_lit=False))
    decoder = Decoder(tmp_path)
    assert len(decoded(decoder, one, other)) == 2
    assert decoder.take([one, other]) == []  # handed over, and forgotten here
    (tmp_path / other).unlink()
    assert decoded(decoder, one, other) == []
    assert len(decoded(decoder, one)) == 1


def test_a_card_that_does_not_answer_holds_up_one_thread_and_nobody_else(tmp_path: Path) -> None:
    stuck, sound = "0" * 64, put(tmp_path, jpeg())
    os.mkfifo(tmp_path / stuck)  # whoever opens it to read waits
    decoder = Decoder(tmp_path)
    decoder.begin([stuck], ROOM)
    for _ in range(5):
        decoder.begin([sound], ROOM)
        assert decoder.take([sound]) == []
    waiting = [each for each in threading.enumerate() if each.name == "pictures"]
    assert len(waiting) == 1
    with (tmp_path / stuck).open("wb"):
        pass
    waiting[0].join(20)
    assert len(decoded(decoder, sound)) == 1
