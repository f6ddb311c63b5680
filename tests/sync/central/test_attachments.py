"""Files that come after their case, in pieces, and only from the device that announced them."""

import hashlib
import os
import threading

import pytest
from django.db import connection
from django.test import Client

from sync.central.cases.models import Case
from sync.central.intake.answers import OffsetRefused
from sync.central.intake.models import Attachment, Piece
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.records import Attachment as Announced
from sync.signature import open_signed
from sync.wire import ATTACHMENT_PIECE, AttachmentStatus, Problem, Signed, decode
from tests.sync.central.kiosk import HOST, Kiosk

SIZE = ATTACHMENT_PIECE * 2 + 1000


def address_of(sealed):
    return hashlib.sha256(sealed).hexdigest()


def announced(sealed):
    return Announced(address=address_of(sealed), size=len(sealed))


@pytest.fixture
def sealed(kiosk):
    """Three pieces' worth, already announced by a case of the kiosk."""
    sealed = os.urandom(SIZE)
    kiosk.send(kiosk.case(attachments=[announced(sealed)])[0])
    return sealed


def put(kiosk, sealed, offset, address=None, raw=None):
    raw = sealed[offset : offset + ATTACHMENT_PIECE] if raw is None else raw
    return kiosk.exchange("PUT", "attachments", f"/{address or address_of(sealed)}/{offset}", raw)


def ask(kiosk, address):
    return kiosk.exchange("GET", "attachments", f"/{address}")


def status(kiosk, response, http=200):
    assert response.status_code == http, response.content
    return opened(kiosk, decode(response.content, Signed))


def opened(kiosk, envelope):
    found = decode(open_signed(envelope, kiosk.facts.central_key), AttachmentStatus)
    assert found.device_code == kiosk.code
    return found.received, found.is_complete


def refusal(response):
    problem = decode(response.content, Problem)
    assert problem.status == response.status_code
    return response.status_code, problem.code


def test_an_attachment_comes_in_pieces_and_is_whole_at_last(kiosk, sealed):
    assert status(kiosk, ask(kiosk, address_of(sealed))) == (0, False)
    for offset, expected in (
        (0, (ATTACHMENT_PIECE, False)),
        (ATTACHMENT_PIECE, (2 * ATTACHMENT_PIECE, False)),
        (2 * ATTACHMENT_PIECE, (SIZE, True)),
    ):
        assert status(kiosk, put(kiosk, sealed, offset)) == expected
    assert status(kiosk, ask(kiosk, address_of(sealed))) == (SIZE, True)
    assert b"".join(bytes(piece.raw) for piece in Piece.objects.all()) == sealed


def test_a_piece_that_comes_again_is_taken_again_and_kept_once(kiosk, sealed):
    for offset in (0, 0, ATTACHMENT_PIECE, 0, 2 * ATTACHMENT_PIECE, 2 * ATTACHMENT_PIECE):
        assert put(kiosk, sealed, offset).status_code == 200
    assert Piece.objects.count() == 3
    assert status(kiosk, put(kiosk, sealed, 0)) == (SIZE, True)


@pytest.mark.parametrize("offset", [ATTACHMENT_PIECE, 1, SIZE, 999_999_999])
def test_a_piece_that_begins_elsewhere_is_told_where_to_go_on(kiosk, sealed, offset):
    response = put(kiosk, sealed, offset, raw=b"x")
    assert refusal(response) == (409, "offset_refused")
    assert opened(kiosk, decode(response.content, OffsetRefused).held) == (0, False)
    assert not Piece.objects.exists()


def test_other_bytes_for_a_piece_that_is_here_change_nothing(kiosk, sealed):
    put(kiosk, sealed, 0)
    response = put(kiosk, sealed, 0, raw=bytes(ATTACHMENT_PIECE))
    assert refusal(response) == (409, "offset_refused")
    assert bytes(Piece.objects.get().raw) == sealed[:ATTACHMENT_PIECE]


def test_bytes_that_do_not_fit_the_address_are_dropped_and_may_come_again(kiosk, sealed):
    put(kiosk, sealed, 0)
    put(kiosk, sealed, ATTACHMENT_PIECE)
    wrong = put(kiosk, sealed, 2 * ATTACHMENT_PIECE, raw=bytes(1000))
    assert refusal(wrong) == (422, "attachment_refused")
    assert not Piece.objects.exists()
    for offset in range(0, SIZE, ATTACHMENT_PIECE):
        last = put(kiosk, sealed, offset)
    assert status(kiosk, last) == (SIZE, True)


@pytest.mark.parametrize("raw", [b"", b"x", bytes(ATTACHMENT_PIECE - 1)])
def test_a_piece_that_is_too_short_is_refused(kiosk, sealed, raw):
    assert refusal(put(kiosk, sealed, 0, raw=raw)) == (400, "batch_unreadable")
    assert not Piece.objects.exists()


def test_a_piece_that_is_too_long_is_refused(kiosk, sealed):
    too_long = put(kiosk, sealed, 0, raw=bytes(ATTACHMENT_PIECE + 1))
    assert refusal(too_long) == (413, "too_large")
    for offset in (0, ATTACHMENT_PIECE):
        put(kiosk, sealed, offset)
    rest = put(kiosk, sealed, 2 * ATTACHMENT_PIECE, raw=bytes(1001))
    assert refusal(rest) == (400, "batch_unreadable")


def test_an_attachment_nobody_announced_is_unknown(kiosk, sealed):
    assert refusal(put(kiosk, sealed, 0, address="0" * 64)) == (404, "attachment_unknown")
    assert refusal(ask(kiosk, "0" * 64)) == (404, "attachment_unknown")
    assert refusal(ask(kiosk, "F" * 64)) == (404, "not_found")
    assert refusal(ask(kiosk, "%00" * 64)) == (404, "not_found")


def test_another_device_can_neither_send_nor_ask(kiosk, sealed, client):
    other = Kiosk.create("B2", client)
    other.enrol()
    assert refusal(put(other, sealed, 0)) == (404, "attachment_unknown")
    assert refusal(ask(other, address_of(sealed))) == (404, "attachment_unknown")


def test_a_packed_piece_is_refused(kiosk, sealed):
    below = f"/{address_of(sealed)}/0"
    headers = kiosk.signed_headers("attachments", b"x", method="PUT", below=below)
    response = kiosk.client.generic(
        "PUT",
        f"/api/v1/attachments{below}",
        b"x",
        headers={**headers, "Content-Encoding": "gzip"},
        SERVER_NAME=HOST,
    )
    assert refusal(response) == (415, "encoding_unknown")


def test_a_case_that_comes_again_announces_nothing_twice(kiosk, sealed):
    record, _ = kiosk.case(attachments=[announced(b"a"), announced(b"a"), announced(b"b")])
    kiosk.send(record)
    kiosk.send(record)
    assert Attachment.objects.count() == 3


def test_the_officer_sees_how_much_is_here(kiosk, client):
    files = [os.urandom(100), os.urandom(200), os.urandom(2 * ATTACHMENT_PIECE)]
    kiosk.send(kiosk.case(attachments=[announced(file) for file in files])[0])
    for file in files:
        put(kiosk, file, 0)
    create_officer("somsri")
    client.force_login(Officer.objects.get())
    address = f"/staff/cases/{Case.objects.get().pk}"
    thai, english = (
        client.get(f"{address}?lang={language}", SERVER_NAME=HOST).content.decode()
        for language in ("th", "en")
    )
    assert "2 of 3 attachments are here." in english
    assert "ไฟล์แนบมาถึงแล้ว 2 จาก 3 ไฟล์" in thai
    assert "50 %" in english
    assert "The kiosk is still sending." in english
    put(kiosk, files[2], ATTACHMENT_PIECE)
    english = client.get(f"{address}?lang=en", SERVER_NAME=HOST).content.decode()
    assert "3 of 3 attachments are here." in english
    assert "still sending" not in english


@pytest.mark.django_db(transaction=True)
def test_one_piece_sent_many_times_at_once_is_kept_once(client):
    kiosk = Kiosk.create("A1", client)
    kiosk.enrol()
    sealed = os.urandom(SIZE)
    kiosk.send(kiosk.case(attachments=[announced(sealed)])[0])
    statuses = []

    def send():
        mine = Kiosk(kiosk.facts, Client())
        mine.seed = kiosk.seed
        statuses.append(put(mine, sealed, 0).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 5
    assert Attachment.objects.get().received == ATTACHMENT_PIECE
