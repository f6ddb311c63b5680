from pathlib import Path

import pytest

from kiosk.form.searching import found
from kiosk.profile import load_profile

TOPICS = load_profile(Path(__file__).parents[3] / "deploy/profiles/tha-kasem/profile.toml").topics


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ไฟกิ่งเสีย", "street_light"),
        ("ไฟกิงเสีย", "street_light"),
        ("ไฟ กิ่ง", "street_light"),
        ("ถนนเปนหลุม", "road"),
        ("หมาจรจด", "animals"),
        ("ยุงเยอะ", "disease"),
        ("potholes", "road"),
        ("GARBAGE", "waste"),
    ],
)
def test_a_topic_is_found_by_synonyms_without_spaces_and_in_spite_of_slips(
    typed: str, code: str
) -> None:
    assert found(TOPICS, typed, 4)[0].code == code


@pytest.mark.parametrize("typed", ["", "ไ", "่้์", "ๆๆ", "ทุเรียน", "🙂🙂", "ก" * 20_000])
def test_what_means_no_topic_finds_none(typed: str) -> None:
    assert found(TOPICS, typed, 4) == []


def test_no_more_are_found_than_were_asked_for() -> None:
    assert len(found(TOPICS, "น้ำ", 2)) == 2
