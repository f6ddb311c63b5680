"""`central demo`: examples for a first look."""

from datetime import UTC, datetime

import pytest

from deploy.demo.street import drawn
from sync.central.content.example import show_examples
from sync.central.content.models import Item
from sync.central.content.posting import newest_bulletin
from sync.central.officers.creating import create_first_officer

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.fixture
def officer(db):
    create_first_officer()


def test_a_new_central_has_something_to_see_with_pictures_of_before_and_after(officer, tmp_path):
    assert show_examples(drawn(tmp_path), NOW) == 3
    poster = Item.objects.get(kind="poster")
    assert poster.picture.address != poster.picture_before.address
    assert poster.picture.address in newest_bulletin().items
    assert all("ตัวอย่าง" in item.title_th for item in Item.objects.all())


def test_examples_never_come_beside_what_somebody_wrote(officer):
    assert show_examples(None, NOW) == 3
    assert show_examples(None, NOW) == 0
    assert Item.objects.count() == 3
