from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.errors import DeviceMisuse
from hardware.fake.interpreter import Act, Reader, picture_of

JOB = b"\x1b@" + b"\x1dv0\x00\x01\x00\x02\x00\xf0\x0f" + b"\x1bJ\x05" + b"\x1dV\x42\x00"


def test_a_job_written_by_hand_is_drawn_dot_by_dot() -> None:
    picture = picture_of(JOB, 16)
    assert picture.size == (16, 7)
    ink = [(x, y) for y in range(7) for x in range(16) if picture.getpixel((x, y)) == 0]
    assert ink == [(x, 0) for x in range(4)] + [(x, 1) for x in range(4, 8)]


@settings(deadline=None)
@given(st.lists(st.integers(0, len(JOB))))
def test_bytes_may_arrive_in_any_pieces(cuts: list[int]) -> None:
    reader, borders = Reader(), sorted({0, *cuts, len(JOB)})
    pieces = [JOB[a:b] for a, b in pairwise(borders)]
    acts = [command.act for piece in pieces for command in reader.take(piece)]
    assert acts == [Act.RESET, Act.DOTS, Act.FEED, Act.CUT]


@pytest.mark.parametrize(
    "data",
    [
        b"\x1bE\x01" + JOB,
        b"text" + JOB,
        b"\x1dv0\x01\x01\x00\x01\x00\xff" + JOB,
        b"\x1dv0\x00\x00\x00\x01\x00" + JOB,
        b"\x1dv0\x00\x03\x00\x01\x00\xff\xff\xff" + JOB,
        b"\x1dV\x09" + JOB,
        JOB[:-4],
        JOB[:12],
    ],
)
def test_what_it_does_not_know_or_cannot_print_is_an_error(data: bytes) -> None:
    with pytest.raises(DeviceMisuse):
        picture_of(data, 16)
