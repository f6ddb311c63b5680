"""Who can't get on calls an officer, where the municipality has somebody to send."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from kiosk.profile import load_profile
from kiosk.screens import glass
from sync.profile import Text
from tests.kiosk.screens.box import PROFILE, Box
from tests.kiosk.screens.test_front_desk import Attendant
from tests.kiosk.screens.test_kinds import texts

WHO = Text(th="เจ้าหน้าที่เคาน์เตอร์ 2", en="The officer at counter 2")


@pytest.fixture
def attendant(tmp_path: Path) -> Attendant:
    return Attendant(tmp_path)


@pytest.fixture
def box(tmp_path: Path, attendant: Attendant) -> Iterator[Box]:
    profile = structs.replace(load_profile(PROFILE), staff_call=WHO)
    box = Box(tmp_path, desk=attendant, profile=profile)
    yield box
    box.close()


def test_an_officer_is_called_from_any_question_and_nothing_typed_is_lost(
    box: Box, attendant: Attendant
) -> None:
    for target in ("kind:complaint", "topic:road"):
        box.touch(target)
    box.type("ดู")
    box.touch("call")
    assert box.glass.name == "call"
    assert attendant.done == []
    box.touch("call-staff")
    assert attendant.done == ["call"]
    assert "เรียกเจ้าหน้าที่แล้ว" in texts(box)
    assert "เจ้าหน้าที่เคาน์เตอร์ 2" in texts(box)
    assert "call-staff" not in box.targets()
    box.touch("close-call")
    assert box.glass.name == "words"
    assert box.glass._screen.ids.field.text == "ดู"


def test_a_touch_by_mistake_calls_nobody(box: Box, attendant: Attendant) -> None:
    box.touch("call")
    box.touch("close-call")
    assert (box.glass.name, attendant.done) == ("home", [])


def test_who_comes_is_said_in_the_residents_language(box: Box) -> None:
    box.touch("language:en")
    box.touch("call")
    assert "counter 2" in texts(box)


def test_who_waits_is_given_time_and_the_next_one_finds_home(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glass, "CALLED_S", 0.3)
    box.touch("kind:complaint")
    box.touch("call")
    box.touch("call-staff")
    assert box.glass.name == "call"
    box.wait_until(lambda: box.glass.name == "home")
    box.touch("call")
    assert "call-staff" in box.targets()


def test_without_somebody_to_send_there_is_no_such_button(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    box = Box(tmp_path / "other", desk=Attendant(tmp_path))
    assert "call" not in box.targets()
    box.close()
