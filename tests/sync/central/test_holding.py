"""A restored box asks whether central has from elsewhere what it cannot send any more."""

from sync.central.fleet.joining import create_device
from sync.central.intake.models import Record
from sync.records import Attachment as Announced
from sync.signature import open_signed
from sync.wire import HeldAnswer, HeldQuestion, Signed, decode, digest_of, encode
from tests.sync.central.test_import_backup import NOW, DeadBox, box, keys  # noqa: F401 fixtures


def held(kiosk, about, *digests):
    question = HeldQuestion(about=about, digests=list(digests))
    response = kiosk.post("held", encode(question))
    assert response.status_code == 200, response.content
    envelope = decode(response.content, Signed)
    answer = decode(open_signed(envelope, kiosk.facts.central_key), HeldAnswer)
    assert (answer.device_code, answer.about) == (kiosk.code, about)
    return answer.digests


def test_what_came_by_a_backup_is_held(box: DeadBox, kiosk):  # noqa: F811
    record = box.keep(kiosk.case()[0])
    box.back_up()
    assert held(kiosk, kiosk.code, digest_of(record)) == []
    box.take()
    assert held(kiosk, kiosk.code, "0" * 64, digest_of(record)) == [digest_of(record)]


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
    assert held(kiosk, "Z9", digest_of(record)) == []


def test_an_attachment_is_held_once_it_is_whole(box: DeadBox, kiosk):  # noqa: F811
    picture = b"a sealed picture"
    record, address = (
        kiosk.case(attachments=[Announced(address=digest_of(picture), size=len(picture))])[0],
        digest_of(picture),
    )
    kiosk.send(record)
    assert held(kiosk, kiosk.code, address) == []
    box.keep(record, [picture])
    box.back_up().take()
    assert held(kiosk, kiosk.code, address) == [address]
