"""A drawing is read strictly, and its picture is made of nothing but numbers."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.drawing import (
    LONGEST_SIDE,
    MOST_POINTS,
    Drawing,
    as_svg,
    decode_drawing,
    encode_drawing,
)
from sync.errors import BadMessage

coordinates = st.integers(0, LONGEST_SIDE)
strokes = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=30).map(
    lambda points: [side for point in points for side in point]
)
drawings = st.builds(
    Drawing,
    width=st.integers(1, LONGEST_SIDE),
    height=st.integers(1, LONGEST_SIDE),
    strokes=st.lists(strokes, min_size=1, max_size=8),
)


@given(drawings)
def test_what_was_drawn_comes_back_and_makes_a_picture(drawing):
    assert decode_drawing(encode_drawing(drawing)) == drawing
    root = ElementTree.fromstring(as_svg(drawing))
    paths = root.findall(".//{http://www.w3.org/2000/svg}path")
    assert len(paths) == len(drawing.strokes)
    assert root.get("viewBox") == f"0 0 {drawing.width} {drawing.height}"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<svg onload='x'/>",
        b"\xff",
        b"[" * 5000,
        b'{"width":10,"height":10,"strokes":[]}',
        b'{"width":10,"height":10,"strokes":[[]]}',
        b'{"width":10,"height":10,"strokes":[[1,2,3]]}',
        b'{"width":10,"height":10,"strokes":[[1,-2]]}',
        b'{"width":10,"height":10,"strokes":[[1,2.5]]}',
        b'{"width":10,"height":10,"strokes":[["1","2"]]}',
        b'{"width":0,"height":10,"strokes":[[1,2]]}',
        b'{"width":10,"height":10,"strokes":[[1,2]],"href":"https://example.org"}',
        b'{"width":10,"height":10,"strokes":[%s]}' % b",".join([b"[1,2]"] * 2001),
    ],
)
def test_anything_else_is_no_drawing(raw):
    with pytest.raises(BadMessage):
        decode_drawing(raw)


def test_more_points_than_anybody_draws_are_no_drawing():
    half = [1, 2] * (MOST_POINTS // 2 + 1)
    raw = encode_drawing(Drawing(width=10, height=10, strokes=[half, half]))
    with pytest.raises(BadMessage):
        decode_drawing(raw)


def test_a_title_cannot_leave_its_attribute():
    drawing = Drawing(width=10, height=10, strokes=[[1, 2]])
    root = ElementTree.fromstring(as_svg(drawing, '"><script>alert(1)</script>'))
    assert not [node for node in root.iter() if node.tag.endswith("script")]


def test_its_repr_shows_no_stroke():
    assert repr(Drawing(width=10, height=10, strokes=[[7, 8]])) == "Drawing(1 strokes)"
