from pathlib import Path

import pytest

from sync.errors import BadMessage
from sync.profile import Profile, decode_profile

EXAMPLE = Path(__file__).parents[2] / "deploy" / "profiles" / "tha-kasem" / "profile.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")


def decode(text: str) -> Profile:
    return decode_profile(text.encode())


def test_the_worked_example_is_a_profile() -> None:
    profile = decode(TEXT)
    assert profile.name.th == "เทศบาลตำบลท่าเกษม"
    assert profile.topic("road").division == "works"
    assert profile.division("works").name.in_language("en") == "Public Works Division"
    assert profile.village("village-1").name.th.startswith("หมู่ที่ 1")


def test_a_language_that_is_missing_falls_back_to_thai() -> None:
    assert decode(TEXT).name.in_language("km") == "เทศบาลตำบลท่าเกษม"


def test_a_name_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        decode(TEXT).topic("volcano")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("thai_digits = false", "thai_digit = false", "thai_digit"),
        ("days = 15", 'days = "fifteen"', "deadline.days"),
        ('version = "example-1"', "", "privacy_notice"),
        ('code = "road"', 'code = "Road!"', "topics"),
        ('code = "road"', 'code = "drain"', "'drain' stands twice"),
        ('division = "works"', 'division = "wroks"', "topics[0].division"),
        ('"km", "my"', '"km", "fr"', "$.languages[3]"),
        ('"km", "my"', '"km", "km"', "'km' stands twice"),
        ("[name]", "[name", ""),
    ],
)
def test_a_mistake_is_reported_by_its_key(before: str, after: str, said: str) -> None:
    assert before in TEXT
    with pytest.raises(BadMessage) as caught:
        decode(TEXT.replace(before, after, 1))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
