from pathlib import Path

import pytest
from msgspec import structs

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
        ('version = "example-2"', "", "privacy_notice"),
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


def test_a_division_has_its_own_questionnaire_or_the_one_for_all() -> None:
    profile = decode(TEXT)
    own = structs.replace(profile.surveys[0], code="works", division="works")
    both = structs.replace(profile, surveys=[*profile.surveys, own])
    assert [both.survey_for(code).code for code in ("works", "health")] == ["works", "counter"]
    assert structs.replace(profile, surveys=[own]).survey_for("health") is None


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('code = "counter"\nversion = 1', 'code = "counter"\nversion = 0', "surveys"),
        ("version = 1\n\n[[surv", 'version = 1\ndivision = "x"\n\n[[surv', "'x' is not one of"),
        ('code = "simple"', 'code = "quick"', r"'quick' stands twice - at `\$.surveys\[0\].que"),
        ('aspect = "channel"', 'aspect = "chanel"', "aspect"),
        ('code = "60-up"', 'code = "20-39"', r"\$.surveys\[0\].about\[1\].options"),
        ('code = "slow"', 'code = "unclear"', "'unclear' stands twice - at `\\$.reasons`"),
    ],
)
def test_a_questionnaire_that_is_not_in_order_is_told_with_its_place(
    before: str, after: str, told: str
) -> None:
    assert before in TEXT
    with pytest.raises(BadMessage, match=told):
        decode(TEXT.replace(before, after, 1))


def test_more_reasons_than_fit_and_a_second_questionnaire_for_all_are_refused() -> None:
    more = "".join(
        f'[[reasons]]\ncode = "r{number}"\nname = {{ th = "x" }}\n' for number in range(3)
    )
    with pytest.raises(BadMessage, match="more than 6 reasons for score 1"):
        decode(TEXT + more)
    second = TEXT[TEXT.index("[[surveys]]") :].replace('"counter"', '"other"')
    with pytest.raises(BadMessage, match="a second questionnaire"):
        decode(TEXT + second)
