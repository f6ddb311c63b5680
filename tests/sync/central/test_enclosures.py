"""An officer sees what a reporter drew and hears what was said; nothing else came as a file."""

import pytest

from hardware.fake.microphone import tone
from hardware.microphone import encoded
from sync.case import AttachmentContent, Kind
from sync.central import municipality
from sync.central.cases.models import Case
from sync.central.officers.creating import create_officer
from sync.central.officers.models import Officer
from sync.confiding import SealingKeys, seal_attachment
from sync.drawing import MEDIA_TYPE, Drawing, encode_drawing
from sync.records import Attachment as Announced
from sync.voice import MEDIA_TYPE as VOICE
from tests.sync.central.kiosk import HOST

DRAWING = Drawing(width=1200, height=700, strokes=[[10, 20, 300, 400, 500, 60], [7, 7]])


@pytest.fixture
def desk(client, db):
    create_officer("somsri")
    client.force_login(Officer.objects.get(username="somsri"))
    return client


def enclose(kiosk, data, media_type=MEDIA_TYPE, *, is_sent=True):
    """A case with one enclosure, as a kiosk sends it."""
    keys = SealingKeys(intake=municipality.keys().keyring.intake)
    sealed, told = seal_attachment(Kind.COMPLAINT, data, media_type, keys)
    announced = Announced(address=told.address, size=len(sealed))
    kiosk.send(kiosk.case(attachments=[announced], enclosed=[told])[0])
    if is_sent:
        answer = kiosk.exchange("PUT", "attachments", f"/{told.address}/0", sealed)
        assert answer.status_code == 200, answer.content
    return told.address


def page(desk):
    return desk.get(f"/staff/cases/{Case.objects.get().pk}", SERVER_NAME=HOST).content.decode()


def picture(desk, address):
    path = f"/staff/cases/{Case.objects.get().pk}/drawings/{address}"
    return desk.get(path, SERVER_NAME=HOST)


def test_a_drawing_stands_on_the_page_as_a_picture(kiosk, desk):
    address = enclose(kiosk, encode_drawing(DRAWING))
    assert f"/drawings/{address}" in page(desk)
    answer = picture(desk, address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.content.count(b"<path") == 2
    assert "script" not in answer.headers["Content-Security-Policy"]


def test_a_drawing_that_is_still_on_its_way_is_not_shown(kiosk, desk):
    address = enclose(kiosk, encode_drawing(DRAWING), is_sent=False)
    assert "/drawings/" not in page(desk)
    assert picture(desk, address).status_code == 404


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", MEDIA_TYPE),
        (b"<svg/>", "image/svg+xml"),
        (b"<script>alert(1)</script>", "text/html"),
    ],
)
def test_what_is_no_drawing_is_never_shown(kiosk, desk, data, media_type):
    address = enclose(kiosk, data, media_type)
    answer = picture(desk, address)
    assert answer.status_code == 404
    assert b"alert" not in answer.content


def recording(desk, address):
    path = f"/staff/cases/{Case.objects.get().pk}/recordings/{address}"
    return desk.get(path, SERVER_NAME=HOST)


def test_a_recording_is_heard_from_the_page_byte_for_byte(kiosk, desk):
    said = encoded(memoryview(tone(0.6)))
    address = enclose(kiosk, said, VOICE)
    assert f'src="/staff/cases/{Case.objects.get().pk}/recordings/{address}"' in page(desk)
    answer = recording(desk, address)
    assert (answer.status_code, answer.content) == (200, said)
    assert answer.headers["Content-Type"] == "audio/ogg"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "media-src 'self'" in answer.headers["Content-Security-Policy"]
    assert picture(desk, address).status_code == 404


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"<script>alert(1)</script>", VOICE),
        (b"OggS<script>alert(1)</script>", VOICE),
        (encode_drawing(DRAWING), MEDIA_TYPE),
        (b"<script>alert(1)</script>", "audio/mpeg"),
    ],
)
def test_what_is_no_recording_is_never_played(kiosk, desk, data, media_type):
    address = enclose(kiosk, data, media_type)
    answer = recording(desk, address)
    assert answer.status_code == 404
    assert b"alert" not in answer.content


def test_only_officers_hear_recordings(kiosk, client):
    address = enclose(kiosk, encoded(memoryview(tone(0.6))), VOICE)
    assert recording(client, address).status_code == 302


def test_only_officers_see_drawings(kiosk, client):
    address = enclose(kiosk, encode_drawing(DRAWING))
    answer = picture(client, address)
    assert answer.status_code == 302
    assert "/staff/sign-in" in answer.headers["Location"] or "sign" in answer.headers["Location"]


def test_an_address_of_another_case_opens_nothing(kiosk, desk):
    enclose(kiosk, encode_drawing(DRAWING))
    assert picture(desk, "0" * 64).status_code == 404
    assert picture(desk, "nonsense").status_code == 404


def test_told_without_announced_is_not_here(kiosk, desk):
    told = AttachmentContent(address="1" * 64, media_type=MEDIA_TYPE)
    record, _ = kiosk.case(attachments=[], enclosed=[told])
    kiosk.send(record)
    assert "/drawings/" not in page(desk)
    assert picture(desk, told.address).status_code == 404
