import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.db import DatabaseError, connection, transaction

from sync.central.cases.models import Case
from sync.central.database.rows import MOST_VALUES, insert
from sync.central.fleet.models import Device
from sync.central.intake.models import Record, Revision

NOW = datetime(2026, 11, 23, 16, 5, 6, 789, tzinfo=UTC)


def row(**changes):
    facts = {
        "record_id": uuid.uuid4(),
        "device_id": "A1",
        "digest": "0" * 64,
        "raw": b"\x00\xff{}",
        "received_at": NOW,
    }
    return {**facts, **changes}


def case_row(**changes):
    texts = ("topic_code", "words", "village_code", "place", "contact_name", "contact_phone")
    facts = {
        **dict.fromkeys((*texts, "kind", "language", "privacy_notice_version"), "ก"),
        "case_id": uuid.uuid4(),
        "reference": "A1-0042-Y",
        "key_hash": b"\x00hash",
        "device_id": "A1",
        "form_version": 1,
        "captured_wall_at": NOW,
        "captured_boot_id": "boot",
        "captured_monotonic_s": 1.5,
        "captured_trusted": True,
        "submitted_at": None,
        "received_at": NOW,
        "due_on": date(2026, 12, 8),
        "due_was_printed": False,
    }
    return {**facts, **changes}


@pytest.fixture(autouse=True)
def device(db):
    secrets = {"slip_secret": b"s", "enrolment_hash": b"h"}
    return Device.objects.create(code="A1", created_at=NOW, **secrets)


def test_rows_read_back_as_what_was_written():
    thai = NOW.astimezone(timezone(timedelta(hours=7)))
    given = [row(), row(received_at=thai)]
    insert(Record, given)
    fields = ("record_id", "device_id", "digest", "raw", "received_at")
    assert list(Record.objects.order_by("pk").values(*fields)) == sorted(
        given, key=lambda item: item["record_id"]
    )


def test_it_writes_what_bulk_create_writes():
    one, other = case_row(), case_row(submitted_at=NOW)
    insert(Case, [one, other])
    other_ways = [Case(**{**facts, "case_id": uuid.uuid4()}) for facts in (one, other)]
    Case.objects.bulk_create(other_ways)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_case")
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    assert len({values.pop("case_id") for values in found}) == 4
    assert sorted(Counter(map(repr, found)).values()) == [2, 2]


def test_what_is_left_out_gets_its_default():
    insert(Case, [case_row()])
    found = Case.objects.get()
    assert (found.status, found.division_code) == ("received", "")


def test_the_database_numbers_what_has_no_key_of_its_own():
    insert(Record, [row(record_id=uuid.UUID(int=1))])
    same = row(record_id=uuid.UUID(int=1))
    insert(Revision, [same, same], ignore_conflicts=True)
    assert Revision.objects.get().pk


@pytest.mark.parametrize("wrong", [{"receivd_at": NOW}, {"received_at": None}])
def test_a_misspelt_or_missing_column_writes_nothing(wrong):
    given = {name: value for name, value in row(**wrong).items() if value is not None}
    with pytest.raises(KeyError):
        insert(Record, [row(), given])
    assert not Record.objects.exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite knows no length of a text")
def test_what_is_too_long_is_refused_and_never_cut():
    with pytest.raises(DatabaseError), transaction.atomic():
        insert(Record, [row(digest="0" * 65)])
    assert not Record.objects.exists()


def test_more_rows_than_one_statement_holds_are_all_written():
    insert(Record, [row(raw=b"") for _ in range(MOST_VALUES // 5 + 1)])
    assert Record.objects.count() == MOST_VALUES // 5 + 1


def test_no_rows_are_nothing_to_do():
    insert(Record, [])
    assert not Record.objects.exists()
