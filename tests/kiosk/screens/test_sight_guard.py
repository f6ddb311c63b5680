"""Who stands behind a resident reads no name and no number from the glass."""

from tests.kiosk.screens.box import Box


def to_contact(box: Box) -> None:
    for target in ("kind:complaint", "topic:road", "phrase:1", "village:village-3"):
        box.touch(target)


def give_a_phone(box: Box) -> None:
    to_contact(box)
    box.touch("phone")
    box.type("0812345678")


def lines(box: Box) -> list[str]:
    return list(box.glass._screen.ids.phone._lines)


def test_a_number_is_seen_while_it_is_typed_and_stands_as_dots_afterwards(box: Box) -> None:
    give_a_phone(box)
    assert lines(box) == ["0812345678"]
    box.touch("done-typing")
    box.frames()
    assert lines(box) == ["•" * 10]
    assert box.clerk.scene.visit.draft.phone == "0812345678"


def test_it_is_shown_only_while_a_finger_rests_on_the_eye(box: Box) -> None:
    give_a_phone(box)
    box.touch("done-typing")
    x, y, width, height = box.targets()["reveal"].box
    finger = box.hold(x + width / 2, y + height / 2)
    box.frames()
    assert lines(box) == ["0812345678"]
    finger.lift()
    box.frames()
    assert lines(box) == ["•" * 10]


def test_a_finger_that_slides_off_the_eye_hides_it_again(box: Box) -> None:
    give_a_phone(box)
    box.touch("done-typing")
    x, y, width, height = box.targets()["reveal"].box
    finger = box.hold(x + width / 2, y + height / 2)
    finger.move(5, 300)
    box.frames()
    assert lines(box) == ["•" * 10]
    finger.lift()


def test_where_nothing_was_given_there_is_nothing_to_show(box: Box) -> None:
    to_contact(box)
    box.frames()
    assert "reveal" not in box.targets()


def test_a_mark_over_a_letter_makes_no_dot_of_its_own(box: Box) -> None:
    to_contact(box)
    box.touch("name")
    box.type("ปู่")
    box.touch("done-typing")
    box.frames()
    assert box.glass._screen.ids.name._lines == ["•"]


def test_typing_goes_on_at_the_end_of_what_was_hidden(box: Box) -> None:
    give_a_phone(box)
    box.touch("done-typing")
    box.touch("phone")
    box.type("9")
    assert box.clerk.scene.visit.draft.phone == "08123456789"
