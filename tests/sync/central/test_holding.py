"""A restored box asks whether central has from elsewhere what it cannot send any more."""

import uuid

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sync.central.fleet.joining import create_device
from sync.central.intake.models import Record, Revision
from sync.records import Attachment as Announced
from sync.signature import open_signed
from sync.wire import (
    MOST_HELD,
    HeldAnswer,
    HeldQuestion,
    RecordBytes,
    Signed,
    decode,
    decode_record,
    digest_of,
    encode,
)
from tests.sync.central.test_import_backup import NOW, DeadBox, box, keys  # noqa: F401 fixtures


def named(record, **other):
    facts = {"record_id": decode_record(record).record_id, "digest": digest_of(record)}
    return RecordBytes(**{**facts, **other})


def held(kiosk, about, *records, attachments=()):
    """The digests and addresses that central says it has."""
    question = HeldQuestion(about=about, records=list(records), attachments=list(attachments))
    response = kiosk.post("held", encode(question))
    assert response.status_code == 200, response.content
    envelope = decode(response.content, Signed)
    answer = decode(open_signed(envelope, kiosk.facts.central_key), HeldAnswer)
    assert (answer.device_code, answer.about) == (kiosk.code, about)
    return answer.records + answer.attachments


def test_what_came_by_a_backup_is_held(box: DeadBox, kiosk):  # noqa: F811
    record = box.keep(kiosk.case()[0])
    box.back_up()
    assert held(kiosk, kiosk.code, named(record)) == []
    box.take()
    strange = named(record, record_id=uuid.uuid4(), digest="0" * 64)
    assert held(kiosk, kiosk.code, strange, named(record)) == [digest_of(record)]


def test_other_bytes_under_the_same_record_are_not_held_until_they_come(kiosk):
    first = kiosk.case(number=1)[0]
    record_id = decode_record(first).record_id
    later = kiosk.case(case_id=record_id, number=1)[0]
    kiosk.send(first)
    assert held(kiosk, kiosk.code, named(first), named(later)) == [digest_of(first)]
    kiosk.send(later)
    assert Revision.objects.count() == 1
    assert held(kiosk, kiosk.code, named(later)) == [digest_of(later)]


def test_bytes_are_held_only_under_the_record_that_they_are_of(kiosk):
    records = [kiosk.case()[0], kiosk.case()[0]]
    kiosk.send(*records)
    crossed = named(records[0], record_id=decode_record(records[1]).record_id)
    assert held(kiosk, kiosk.code, crossed) == []


def test_no_table_is_read_from_end_to_end_for_it(kiosk):
    question = [RecordBytes(record_id=uuid.uuid4(), digest=f"{n:064x}") for n in range(MOST_HELD)]
    addresses = [each.digest for each in question]
    with CaptureQueriesContext(connection) as queries:
        assert held(kiosk, kiosk.code, *question, attachments=addresses) == []
    looked = [each["sql"] for each in queries.captured_queries if "digest" in each["sql"]]
    looked += [each["sql"] for each in queries.captured_queries if "attachment" in each["sql"]]
    assert len(looked) == 3
    with connection.cursor() as cursor:
        for sql in looked:
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
            assert all(step[3].startswith("SEARCH") for step in plan if "intake_" in step[3]), plan
            assert any("USING INDEX" in step[3] for step in plan), plan


def test_a_question_about_more_than_it_may_hold_is_refused(kiosk):
    records = [RecordBytes(record_id=uuid.uuid4(), digest="0" * 64)] * (MOST_HELD + 1)
    for asked in ({"records": records}, {"attachments": ["0" * 64] * (MOST_HELD + 1)}):
        question = HeldQuestion(about=kiosk.code, **asked)
        assert kiosk.post("held", encode(question)).status_code == 400


def test_sending_again_what_came_by_a_backup_changes_nothing(box: DeadBox, kiosk):  # noqa: F811
    record = box.keep(kiosk.case()[0])
    box.back_up().take()
    [answer] = kiosk.send(record)
    assert answer.outcome == "acknowledged"
    assert Record.objects.count() == 1


def test_it_is_told_of_the_device_that_was_asked_about_only(box: DeadBox, kiosk):  # noqa: F811
    create_device("Z9", NOW)
    record = box.keep(kiosk.case()[0])
    kiosk.send(record)
    assert held(kiosk, "Z9", named(record)) == []


def test_an_attachment_is_held_once_it_is_whole(box: DeadBox, kiosk):  # noqa: F811
    picture = b"a sealed picture"
    record, address = (
        kiosk.case(attachments=[Announced(address=digest_of(picture), size=len(picture))])[0],
        digest_of(picture),
    )
    kiosk.send(record)
    assert held(kiosk, kiosk.code, attachments=[address]) == []
    box.keep(record, [picture])
    box.back_up().take()
    assert held(kiosk, kiosk.code, attachments=["0" * 64, address]) == [address]
