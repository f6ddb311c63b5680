"""A finger writes what nobody could type; it is sealed and kept with the case."""

from collections.abc import Sequence

import pytest
from msgspec import json

from kiosk.form.model import Enclosure
from kiosk.intake import SEE_ENCLOSED
from sync.case import CaseContent
from sync.drawing import MEDIA_TYPE, Drawing, decode_drawing, encode_drawing
from sync.records import CaseSubmitted
from sync.seal import open_sealed
from sync.wire import decode_record, digest_of
from tests.kiosk.screens.box import INTAKE_KEY, Box

LINE = [(200, 200), (260, 300), (400, 320)]


def to_sheet(box: Box, kind: str = "kind:complaint") -> None:
    for target in (kind, "topic:road", "way:draw"):
        box.touch(target)
    assert box.glass.name == "draw"


def draw(box: Box, *strokes: Sequence[tuple[float, float]]) -> None:
    for first, *others in strokes:
        finger = box.hold(*first)
        for place in others:
            finger.move(*place)
        finger.lift()


def drawn(box: Box) -> Drawing:
    [enclosure] = box.clerk.scene.visit.draft.enclosures
    assert enclosure.media_type == MEDIA_TYPE
    return decode_drawing(enclosure.data)


def test_a_drawing_alone_makes_a_case_that_only_central_can_open(box: Box) -> None:
    to_sheet(box)
    draw(box, LINE, [(300, 250)])
    before = drawn(box)
    for target in ("next", "village:village-3", "next"):
        box.touch(target)
    assert box.glass._screen.ids.words.answer == "ภาพที่ท่านวาด"
    box.touch("next")
    assert box.glass.name == "done"
    [entry] = [each for each in box.store.waiting(10) if each.record.startswith(b"{")]
    record = decode_record(entry.record)
    assert isinstance(record, CaseSubmitted)
    content = json.decode(open_sealed(record.sealed, INTAKE_KEY), type=CaseContent)
    assert content.words == SEE_ENCLOSED
    [told], [announced] = content.attachments, record.attachments
    assert told.address == announced.address
    waiting = box.store.next_attachment("A1")
    assert waiting is not None
    sealed = waiting.record
    assert (digest_of(sealed), len(sealed)) == (told.address, announced.size)
    assert decode_drawing(open_sealed(sealed, INTAKE_KEY)) == before
    assert len(before.strokes) == 2


def test_words_and_a_drawing_go_together(box: Box) -> None:
    to_sheet(box)
    draw(box, LINE)
    box.touch("back")
    box.type("ดู")
    assert "way:draw" in box.targets()
    for target in ("next", "village:village-3", "next"):
        box.touch(target)
    assert box.glass._screen.ids.words.answer == "ดู  ·  ภาพที่ท่านวาด"


def test_undo_takes_the_last_stroke_and_clear_all_of_them(box: Box) -> None:
    to_sheet(box)
    draw(box, LINE, LINE[::-1], [(300, 250)])
    box.touch("undo")
    assert len(drawn(box).strokes) == 2
    box.touch("clear")
    assert box.clerk.scene.visit.draft.enclosures == ()
    assert "next" not in box.targets()
    draw(box, LINE)
    assert "next" in box.targets()


@pytest.mark.parametrize("button", ["undo", "clear"])
def test_a_finger_whose_stroke_is_taken_away_draws_on_nothing(box: Box, button: str) -> None:
    to_sheet(box)
    draw(box, LINE)
    finger = box.hold(200, 200)
    finger.move(250, 260)
    while box.glass._screen.ids.pad.drawing:
        box.touch(button)
    finger.move(300, 280)
    finger.lift()
    assert box.clerk.scene.visit.draft.enclosures == ()
    draw(box, LINE)
    assert len(drawn(box).strokes) == 1


def test_a_second_finger_or_a_palm_draws_nothing(box: Box) -> None:
    to_sheet(box)
    first = box.hold(200, 200)
    palm = box.hold(400, 300, finger=2)
    palm.move(410, 320)
    first.move(250, 260)
    palm.lift()
    first.lift()
    assert len(drawn(box).strokes) == 1


def test_a_stroke_beyond_the_edge_stays_on_the_sheet(box: Box) -> None:
    to_sheet(box)
    draw(box, [(200, 200), (1023, 0), (0, 599)])
    drawing = drawn(box)
    xs, ys = drawing.strokes[0][::2], drawing.strokes[0][1::2]
    assert 0 <= min(xs) <= max(xs) <= drawing.width
    assert 0 <= min(ys) <= max(ys) <= drawing.height


def test_another_language_keeps_the_drawing(box: Box) -> None:
    to_sheet(box)
    draw(box, LINE)
    before = drawn(box)
    box.touch("language:en")
    box.frames()
    assert drawn(box) == before
    assert box.glass._screen.ids.pad.drawing == before


def test_a_full_sheet_takes_no_more_and_says_so(box: Box) -> None:
    to_sheet(box)
    many = Drawing(width=1000, height=800, strokes=[[10, 10]] * 1999)
    pad = box.glass._screen.ids.pad
    pad.take(many)
    draw(box, LINE, LINE)
    assert len(drawn(box).strokes) == 2000
    assert box.glass._screen.wrong == "กระดาษเต็มแล้ว"


def test_the_next_resident_finds_an_empty_sheet(box: Box) -> None:
    to_sheet(box)
    draw(box, LINE)
    box.glass._leave()
    box.frames()
    to_sheet(box)
    assert box.glass._screen.ids.pad.drawing is None
    assert len(box.glass._screen.ids.pad.canvas.after.children) == 0
    assert "next" not in box.targets()


def test_an_enclosure_tells_nothing_of_itself() -> None:
    raw = encode_drawing(Drawing(width=10, height=10, strokes=[[7, 8]]))
    assert "7" not in repr(Enclosure(media_type=MEDIA_TYPE, data=raw)).replace(str(len(raw)), "")
