"""A slip typed at the glass: what central tells, and nothing of it is left behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import ImageChops

from sync.desk import Told
from sync.inquiry import Inquiry
from tests.kiosk.screens import told
from tests.kiosk.screens.box import Box
from tests.kiosk.screens.test_kinds import texts

KEY = "K7QM2R9XK7QM2R9X"


class Centre:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[Inquiry] = []
        self.answer: Told | None = None
        self.drops = 0

    def ask(self, inquiry: Inquiry) -> None:
        self.asked.append(inquiry)

    def told(self) -> Told | None:
        return self.answer

    def drop(self) -> None:
        self.drops += 1


@pytest.fixture
def centre() -> Centre:
    return Centre()


@pytest.fixture
def asking(tmp_path: Path, centre: Centre) -> Iterator[Box]:
    box = Box(tmp_path, enquirer=centre)
    yield box
    box.close()


def type_slip(box: Box, reference: str = "A1-0042-9", key: str = KEY) -> None:
    box.touch("kind:track")
    box.type(reference)
    box.touch("key")
    box.type(key)


def hear(box: Box, centre: Centre, what: Told) -> None:
    centre.answer = what
    box.glass.show(box.clerk.look_up())
    box.frames()


def test_a_slip_is_typed_and_central_is_asked_once(asking: Box, centre: Centre) -> None:
    type_slip(asking)
    assert asking.glass._screen.ids.key.text == "K7QM-2R9X-K7QM-2R9X"
    asking.touch("next")
    assert asking.glass.name == "story"
    assert centre.asked == [Inquiry(reference="A1-0042-9", key=KEY)]
    assert "กรุณารอสักครู่" in texts(asking)


def test_the_sentence_comes_first_and_the_newest_change_stands_above(
    asking: Box, centre: Centre
) -> None:
    type_slip(asking)
    asking.touch("next")
    hear(asking, centre, told.WORK)
    shown = texts(asking)
    for words in ("กองช่างกำลังดำเนินการเรื่องของท่าน", "7 ธันวาคม 2569", "เกินกำหนด", "A1-0042-9"):
        assert words in shown
    heights = {
        widget.text: widget.y
        for widget in asking.widgets()
        if getattr(widget, "text", "") in ("ส่งให้กองช่าง", "รับเรื่องแล้ว")
    }
    assert heights["ส่งให้กองช่าง"] > heights["รับเรื่องแล้ว"]


def test_a_long_answer_goes_on_on_the_next_page(asking: Box, centre: Centre) -> None:
    type_slip(asking)
    asking.touch("next")
    hear(asking, centre, told.ANSWER)
    first = texts(asking)
    asking.touch("later")
    assert texts(asking) != first
    asking.touch("earlier")
    assert texts(asking) == first


def test_the_story_is_told_anew_in_another_language(asking: Box, centre: Centre) -> None:
    type_slip(asking)
    asking.touch("next")
    hear(asking, centre, told.WORK)
    asking.touch("language:en")
    assert "is working on your case" in texts(asking)
    assert "Being worked on" in texts(asking) or "Given to" in texts(asking)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (told.NOTHING, "ไม่พบเรื่อง"),
        (told.ON_ITS_WAY, "ยังไปไม่ถึงศูนย์"),
        (told.SHUT, "ศูนย์รับเรื่องของท่านแล้ว"),
        (told.OFFLINE, "ยังติดต่อศูนย์ไม่ได้"),
        (Told(failure="agent_away"), "ยังติดต่อศูนย์ไม่ได้"),
        (Told(failure="device_unknown"), "ยังติดต่อศูนย์ไม่ได้"),
    ],
)
def test_where_there_is_no_story_one_sentence_says_why(
    asking: Box, centre: Centre, what: Told, words: str
) -> None:
    type_slip(asking)
    asking.touch("next")
    hear(asking, centre, what)
    assert words in texts(asking)


def test_without_an_agent_the_glass_says_so(box: Box) -> None:
    type_slip(box)
    box.touch("next")
    box.glass.show(box.clerk.look_up())
    box.frames()
    assert "ยังติดต่อศูนย์ไม่ได้" in texts(box)


@pytest.mark.parametrize(
    ("reference", "key", "words"),
    [("A1-0042-8", KEY, "เลขรับเรื่องไม่ถูกต้อง"), ("A1-0042-9", "K7QM", "รหัสติดตามไม่ถูกต้อง")],
)
def test_a_slip_of_the_pen_is_said_before_anybody_is_asked(
    asking: Box, centre: Centre, reference: str, key: str, words: str
) -> None:
    type_slip(asking, reference, key)
    asking.touch("next")
    assert asking.glass.name == "track"
    assert words in texts(asking)
    assert centre.asked == []


def test_backspace_takes_a_dash_that_came_by_itself_with_it(asking: Box) -> None:
    type_slip(asking, key="K7QM")
    assert asking.glass._screen.ids.key.text == "K7QM-"
    asking.touch("key:backspace")
    assert asking.glass._screen.ids.key.text == "K7Q"


def test_going_back_drops_the_question_and_keeps_what_was_typed(
    asking: Box, centre: Centre
) -> None:
    type_slip(asking)
    asking.touch("next")
    before = centre.drops
    asking.touch("back")
    assert asking.glass.name == "track"
    assert centre.drops == before + 1
    hear(asking, centre, told.WORK)
    assert asking.clerk.scene.told is None


def test_nothing_of_a_slip_or_its_story_is_left_for_the_next_resident(
    asking: Box, centre: Centre
) -> None:
    type_slip(asking)
    asking.touch("next")
    hear(asking, centre, told.WORK)
    asking.touch("next")
    assert asking.glass.name == "home"
    assert asking.clerk.scene.told is None
    asking.frames()
    for screen in asking.glass._screens.values():
        said = " ".join(str(getattr(widget, "text", "")) for widget in screen.walk())
        assert "K7QM" not in said
        assert "0042-9" not in said.replace("A1-0042-9", "", 1)
        assert "กองช่างกำลัง" not in said
        assert "ส่งให้กองช่าง" not in said


@pytest.mark.parametrize("way", [["kind:track"], ["kind:complaint", "topic:road"]])
def test_a_visit_may_end_under_a_finger_that_stays_on_a_key(box: Box, way: list[str]) -> None:
    for target in way:
        box.touch(target)
    box.type("11" if way == ["kind:track"] else "กก")
    x, y, width, height = box.targets()["key:backspace"].box
    finger = box.hold(x + width / 2, y + height / 2)
    screen = box.glass._screen
    box.glass._leave()
    box.frames()
    said: list[object] = []
    screen.bind(on_ask=lambda _, ask: said.append(ask))
    keyboard = screen.ids.keyboard
    for uid in list(keyboard._down):
        keyboard._repeat(uid, 1)
    assert said == []
    finger.lift()
    assert box.glass.name == "home"


def test_whoever_looks_up_second_finds_both_fields(box: Box) -> None:
    box.touch("kind:track")
    box.frames()
    before = box.picture()
    box.glass._leave()
    box.touch("kind:track")
    assert ImageChops.difference(before, box.picture()).getbbox() is None
