"""Pictures of items: made anew from what an officer sends in, kept once, served by address."""

import hashlib
import io
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from PIL import Image

from deploy.demo.street import street
from sync.bulletin import LARGEST_PICTURE, LONGEST_SIDE, Bulletin, Said
from sync.case import Code
from sync.central.content.models import Item, Picture
from sync.central.content.pictures import UNUSED_FOR, forget_pictures, keep
from sync.central.content.picturing import (
    LARGEST_UPLOAD,
    MOST_DECODED,
    MOST_PIXELS,
    made_anew,
)
from sync.central.content.posting import newest_bulletin
from sync.central.errors import PictureRefused
from sync.central.officers.models import Officer
from sync.central.worker import pass_once
from sync.client import Client
from sync.guidance import Guidance
from sync.identity import join
from sync.pictures import PICTURES
from sync.wire import PATHS, decode
from tests.pictures import bomb, jpeg, photograph, saved
from tests.sync.central.kiosk import HOST, instant
from tests.sync.central.test_bulletin import SENT, at, desk, released, write_an_item  # noqa: F401  (a fixture)

POSTER = {**SENT, "kind": "poster", "outcome_th": "เปลี่ยนหลอดไฟแล้ว"}
NEW = "/staff/content/new"


def file(raw, name="picture.jpg"):
    return SimpleUploadedFile(name, raw, content_type="image/jpeg")


def opened(raw):
    return Image.open(io.BytesIO(raw))


def sent_in(desk, raw, **changes):  # noqa: F811
    return at(desk, NEW, **{**SENT, "caption_th": "ถนน", "picture": file(raw), **changes})


def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright():
    raw = photograph()
    assert opened(raw).getexif().get_ifd(0x8825)
    made = made_anew(raw)
    assert opened(raw).size == (960, 1280)
    assert opened(made).size == (1280, 960)
    assert dict(opened(made).getexif()) == {}
    assert set(opened(made).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for trace in (b"Exif", b"Somsri", b"Telephone", b"profile", b"my house"):
        assert trace in raw
        assert trace not in made
    upright, before = street(is_lit=True), opened(made).convert("RGB")
    for place in ((10, 10), (640, 250), (1200, 900)):
        pairs = zip(upright.getpixel(place), before.getpixel(place), strict=True)
        assert all(abs(one - other) < 12 for one, other in pairs)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_each_form_becomes_a_jpeg_of_a_bounded_size(form):
    large = street(is_lit=True).resize((3000, 2250))
    made = made_anew(saved(large, form))
    assert (opened(made).format, opened(made).size) == ("JPEG", (LONGEST_SIDE, 960))
    assert len(made) <= LARGEST_PICTURE
    assert opened(made_anew(saved(large.resize((90, 40)), form))).size == (90, 40)


def test_what_is_clear_becomes_white_and_other_colours_plain_ones():
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    assert opened(made_anew(saved(clear, "PNG"))).getpixel((20, 20)) == (255, 255, 255)
    for mode in ("P", "L", "LA", "1"):
        raw = saved(street(is_lit=True).resize((64, 48)).convert(mode), "PNG")
        assert opened(made_anew(raw)).mode == "RGB"
    inked = saved(Image.new("CMYK", (40, 40), (0, 0, 0, 0)), "JPEG")
    assert opened(made_anew(inked)).mode == "RGB"


def test_noise_that_cannot_be_packed_is_made_smaller_until_it_fits():
    noise = Image.frombytes("RGB", (1280, 1280), random.Random(1).randbytes(1280 * 1280 * 3))
    assert len(made_anew(saved(noise, "JPEG", quality=95))) <= LARGEST_PICTURE


@pytest.mark.parametrize("side", [5_000, 8_001, 20_000, 2**31 - 1])
def test_a_bomb_is_refused_before_it_is_unpacked(side):
    assert side * side > MOST_DECODED
    with pytest.raises(PictureRefused) as refusal:
        made_anew(bomb(side, side))
    assert refusal.value.code == "too_many_pixels"


def test_a_large_telephones_jpeg_is_decoded_smaller_and_a_larger_one_refused():
    large = saved(Image.new("RGB", (8000, 6000), "navy"), "JPEG")
    assert opened(made_anew(large)).size == (1280, 960)
    larger = saved(Image.new("L", (9000, 8000)), "JPEG")
    assert MOST_PIXELS < 9000 * 8000
    with pytest.raises(PictureRefused):
        made_anew(larger)


def test_whatever_is_broken_is_refused_by_name():
    chance = random.Random(7)
    forms = [photograph()] + [saved(street(is_lit=True), form) for form in ("PNG", "WEBP")]
    whole = [raw for raw in forms for _ in range(60)]
    for raw in [
        b"",
        b"hello",
        b"%PDF-1.4",
        b"<svg/>",
        b"GIF89a" + bytes(50),
        *map(bytearray, whole),
    ]:
        for _ in range(chance.randrange(1, 8) if isinstance(raw, bytearray) else 0):
            raw[min(int(chance.expovariate(1 / 400)), len(raw) - 1)] = chance.randrange(256)
        cut = chance.choice([1.0, 1.0, chance.random()])
        with suppress(PictureRefused):
            made_anew(bytes(raw[: int(len(raw) * cut)]))


def test_a_picture_is_released_by_its_digest_and_served_to_whoever_asks(desk):  # noqa: F811
    assert sent_in(desk, photograph(), caption_en="A street").status_code == 302
    [item] = released(desk).items
    kept = Picture.objects.get()
    assert item.picture.address == kept.address == hashlib.sha256(bytes(kept.jpeg)).hexdigest()
    assert item.picture.caption == Said(th="ถนน", en="A street")
    answer = at(Browser(), f"{PATHS['pictures']}/{kept.address}")
    assert (answer.status_code, answer.content) == (200, bytes(kept.jpeg))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    again = desk.get(
        f"{PATHS['pictures']}/{kept.address}",
        SERVER_NAME=HOST,
        headers={"If-None-Match": answer.headers["ETag"]},
    )
    assert (again.status_code, again.content) == (304, b"")


def test_only_what_the_bulletin_names_is_served(desk):  # noqa: F811
    draft = keep(made_anew(jpeg()), datetime.now(UTC))
    path = f"{PATHS['pictures']}/{draft.address}"
    assert at(desk, path).status_code == 404
    assert at(desk, f"/staff/content/pictures/{draft.address}").content == bytes(draft.jpeg)
    sent_in(desk, jpeg())
    assert at(desk, path).status_code == 200
    at(desk, f"/staff/content/{Item.objects.get().pk}/off", sure="yes")
    assert at(desk, path).status_code == 404
    assert at(desk, f"{PATHS['pictures']}/{'0' * 64}").status_code == 404


def test_a_poster_has_a_picture_before_and_one_after_and_nothing_else_has(desk):  # noqa: F811
    two = {"picture_before": file(jpeg(is_lit=False)), "before_th": "มืด", "before_km": "ងងឹត"}
    at(desk, NEW, **POSTER, caption_th="สว่าง", picture=file(jpeg()), **two)
    [poster] = released(desk).items
    assert [each.caption.th for each in poster.pictures] == ["มืด", "สว่าง"]
    assert poster.picture_before.caption.km == "ងងឹត"
    page = at(desk, f"/staff/content/{poster.item_id}").content.decode()
    assert page.count("<img") == 2
    two["picture_before"].seek(0)
    at(desk, f"/staff/content/{poster.item_id}", **SENT, caption_th="ถนน", **two)
    [news] = released(desk).items
    assert (news.picture_before, news.picture.caption.th) == (None, "ถนน")


def test_a_picture_stays_is_replaced_and_is_taken_off(desk):  # noqa: F811
    sent_in(desk, jpeg())
    [first] = released(desk).items
    path = f"/staff/content/{first.item_id}"
    at(desk, path, **{**SENT, "caption_th": "ถนน", "title_th": "ชื่อใหม่"})
    assert released(desk).items[0].picture.address == first.picture.address
    at(desk, path, **SENT, caption_th="ถนน", picture=file(jpeg(is_lit=False)))
    assert released(desk).items[0].picture.address != first.picture.address
    at(desk, path, **SENT, caption_th="ถนน", picture_off="1")
    assert released(desk).items[0].picture is None
    assert Item.objects.get().caption_th == ""


def test_what_nobody_shows_is_cleared_and_what_somebody_shows_is_not(desk):  # noqa: F811
    sent_in(desk, jpeg())
    path = f"/staff/content/{Item.objects.get().pk}"
    at(desk, path, **SENT, caption_th="ถนน", picture=file(jpeg(is_lit=False)))
    assert Picture.objects.count() == 2
    now = datetime.now(UTC)
    assert forget_pictures(now) == 0  # somebody may be about to keep an item with it
    pass_once(now + UNUSED_FOR + timedelta(minutes=1))
    assert Picture.objects.get().pk == Item.objects.get().picture_id


def test_the_same_picture_twice_is_kept_once(desk):  # noqa: F811
    for _ in range(2):
        sent_in(desk, jpeg())
    assert (Item.objects.count(), Picture.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"no picture at all, only named like one", "ไม่ใช่รูปภาพ JPEG, PNG หรือ WebP"),
        (bomb(30_000, 30_000), "จำนวนจุดภาพมากเกินไป"),
        (bytes(LARGEST_UPLOAD + 1), "ใหญ่เกินไป ใช้ได้ไม่เกิน 8 MB"),
        (b"", "ว่าง"),
    ],
    ids=["text", "bomb", "huge", "empty"],
)
def test_what_is_no_picture_is_sent_back_in_one_sentence(desk, raw, said):  # noqa: F811
    answer = sent_in(desk, raw, words_en="At 6 pm")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert said in page
    assert "At 6 pm" in page
    assert not Picture.objects.exists()
    assert newest_bulletin() is None


def test_a_picture_without_words_is_sent_back_for_who_cannot_see_it(desk):  # noqa: F811
    answer = sent_in(desk, jpeg(), caption_th="")
    assert answer.status_code == 400
    assert "เป็นภาพอะไร" in answer.content.decode()
    assert sent_in(desk, jpeg(), caption_th="ก" * 61).status_code == 400


def test_the_editor_says_what_may_be_sent_in_and_whom_it_may_show(desk):  # noqa: F811
    page = at(desk, NEW).content.decode()
    for words in ("ไม่เกิน 8 MB", "ใบหน้า", "ป้ายทะเบียน", 'accept="image/jpeg'):
        assert words in page


def test_only_officers_send_pictures_in_and_only_from_our_own_form(db, desk):  # noqa: F811
    sent = {**SENT, "caption_th": "ถนน"}
    assert (
        Browser().post(NEW, {**sent, "picture": file(jpeg())}, SERVER_NAME=HOST).status_code == 302
    )
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(Officer.objects.get())
    answer = strict.post(NEW, {**sent, "picture": file(jpeg())}, SERVER_NAME=HOST)
    assert answer.status_code == 403
    assert not Picture.objects.exists()
    address = keep(made_anew(jpeg()), datetime.now(UTC)).address
    assert at(Browser(), f"/staff/content/pictures/{address}").status_code == 302


class OldItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item as the release before pictures reads it."""

    kind: Code
    title: Said


class OldBulletin(msgspec.Struct, frozen=True, kw_only=True):
    """A bulletin likewise."""

    version: int
    items: list[OldItem]


def test_kiosks_of_before_read_a_bulletin_with_pictures_and_we_read_one_without(desk):  # noqa: F811
    sent_in(desk, jpeg())
    envelope = msgspec.json.decode(at(desk, PATHS["bulletin"]).content)
    payload = msgspec.convert(envelope["payload"], bytes)
    old = decode(payload, OldBulletin)
    assert [each.title.th for each in old.items] == [SENT["title_th"]]
    told = msgspec.json.decode(payload)
    for item in told["items"]:
        del item["picture"], item["picture_before"]
    [item] = decode(msgspec.json.encode(told), Bulletin).items
    assert item.pictures == []


def test_a_kiosk_fetches_what_an_officer_sent_in(running_central, tmp_path):
    join_file, state = tmp_path / "join.toml", tmp_path / "state"
    join_file.write_text(running_central.command("join-file", "P1").stdout)
    client = Client(join(join_file, state), instant)
    sent = {"picture": ("IMG_0042.JPG", photograph())}
    write_an_item(running_central, files=sent, caption_th="ถนน")
    Guidance(client, state).refresh()
    kept = {path.name: path.read_bytes() for path in (state / PICTURES).iterdir()}
    made = made_anew(photograph())
    assert made in kept.values()
    assert hashlib.sha256(made).hexdigest() in kept
