"""A profile's author is told what residents would not see whole, and what stands in Thai."""

from pathlib import Path

import msgspec

from kiosk.profile import load_profile
from kiosk.proofreading import ROOM, letters_of, remarks_on
from sync.profile import Profile, Text

EXAMPLE = Path("deploy/profiles/tha-kasem/profile.toml")


def example() -> Profile:
    return load_profile(EXAMPLE)


def test_the_example_has_room_for_all_its_names() -> None:
    assert not [remark for remark in remarks_on(example()) if "letters" in remark]


def test_a_name_that_is_too_long_is_named_with_its_place_and_the_room() -> None:
    profile = example()
    divisions = list(profile.divisions)
    divisions[2] = msgspec.structs.replace(
        divisions[2], name=Text(th="ก" * 200, en="Health", my="မြန်" * 60)
    )
    long = [
        r for r in remarks_on(msgspec.structs.replace(profile, divisions=divisions)) if "l" in r
    ]
    assert any(r.startswith("divisions[2].name.th: 200 letters") and "45" in r for r in long)
    assert any(r.startswith("divisions[2].name.my: ") for r in long)
    assert not any(r.startswith("divisions[2].name.en: ") for r in long)


def test_marks_above_and_below_take_no_room() -> None:
    assert letters_of("ที่นี่") == 2
    assert letters_of("ကို") == 1


def test_each_language_with_gaps_is_one_line() -> None:
    profile = msgspec.structs.replace(example(), languages=["th", "en", "lo"])
    [lao] = [remark for remark in remarks_on(profile) if remark.startswith("lo: ")]
    assert "name" in lao
    assert "more" in lao
    assert not [remark for remark in remarks_on(profile) if remark.startswith(("th: ", "en: "))]


def test_every_text_of_a_profile_has_its_room() -> None:
    def texts(part: type, path: str = "") -> set[str]:
        found = set()
        for field in msgspec.structs.fields(part):
            named = f"{path}.{field.name}".lstrip(".")
            for inner in _structs(field.type):
                found |= {named} if inner is Text else texts(inner, named)
        return found

    assert texts(Profile) == set(ROOM)


def _structs(annotation: object) -> list[type]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return [annotation]
    return [found for part in getattr(annotation, "__args__", ()) for found in _structs(part)]
