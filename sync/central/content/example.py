"""Something to see on a new central's idle glasses: three items, marked as examples."""

from datetime import datetime, timedelta
from pathlib import Path

from sync.central.content import pictures
from sync.central.content.models import Item, ItemKind, Picture
from sync.central.content.picturing import made_anew
from sync.central.content.posting import post
from sync.central.officers.models import Officer
from sync.deadline import THAILAND

BEFORE, AFTER = "before.jpg", "after.jpg"


def show_examples(folder: Path | None, now: datetime) -> int:
    """Put them on, unless there is any item already; how many.

    `folder` may hold BEFORE and AFTER, pictures for the poster.

    Raises:
        OSError: it does not.
        PictureRefused: they are none.
    """
    officer = Officer.objects.first()
    if officer is None or Item.objects.exists():
        return 0
    items = (_poster(folder, now), _activity(now), _news())
    for rank, item in enumerate(items, 1):
        item.rank = rank
        post(item, officer, now)
    return len(items)


def _poster(folder: Path | None, now: datetime) -> Item:
    return Item(
        kind=ItemKind.POSTER,
        title_th="ไฟฟ้าสาธารณะ ซอยวัด (ตัวอย่าง)",
        title_en="Street light, temple lane (example)",
        words_th="ไฟดับทั้งซอยมาหลายคืน ผู้สูงอายุเดินลำบาก",
        words_en="The whole lane was dark for nights, hard to walk for older people",
        outcome_th="เปลี่ยนหลอดไฟและสายไฟแล้ว",
        outcome_en="Lamps and wires were replaced",
        before_th="ซอยวัด",
        before_en="Temple lane",
        caption_th="ซอยวัด",
        caption_en="Temple lane",
        picture_before=_kept(folder, BEFORE, now),
        picture=_kept(folder, AFTER, now),
    )


def _activity(now: datetime) -> Item:
    return Item(
        kind=ItemKind.ACTIVITY,
        title_th="ร่วมปลูกต้นไม้ริมคลอง (ตัวอย่าง)",
        title_en="Plant trees along the canal (example)",
        words_th="พบกันที่ศาลาริมคลอง เวลา 8.00 น. มีต้นกล้าและน้ำดื่มให้",
        words_en="Meet at the canal pavilion at 8 am; seedlings and water are provided",
        last_on=now.astimezone(THAILAND).date() + timedelta(days=30),
        places=40,
    )


def _news() -> Item:
    return Item(
        kind=ItemKind.NEWS,
        title_th="แจ้งเรื่องได้ที่ตู้นี้ทุกวันทำการ (ตัวอย่าง)",
        title_en="Tell us at this box on every working day (example)",
    )


def _kept(folder: Path | None, name: str, now: datetime) -> Picture | None:
    return pictures.keep(made_anew((folder / name).read_bytes()), now) if folder else None
