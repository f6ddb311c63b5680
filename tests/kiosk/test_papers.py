"""Kinds of paper: what each keeps, what it says, and how it looks."""

import hashlib
import re
from datetime import date

import msgspec
import pytest
import zxingcpp
from PIL import Image, ImageChops

from hardware.printer.document import Block, Document, Gauge, Line, Pair, Qr, ToSign
from hardware.printer.paper import DOTS_PER_MM, PAPERS
from hardware.printer.raster import render
from kiosk import slip
from kiosk.errors import PaperUnknown
from kiosk.papers import ANCHOR, DEVICE, JOINED, TRIAL, VOUCHER, set_out
from kiosk.papers.anchor import AnchorWords
from kiosk.papers.device import DeviceWords
from kiosk.papers.joined import JoinedWords
from kiosk.papers.trial import TrialWords
from kiosk.papers.voucher import VoucherWords
from sync.tally import anchor_url
from tests.kiosk.golden import assert_looks_as_before

TOWN = "เทศบาลตำบลท่าเกษม"
DAY = date(2026, 11, 28)
SLIP = slip.SlipWords(
    municipality=TOWN,
    complaint_centre="ศูนย์รับเรื่องราวร้องทุกข์",
    reference="A1-0001-V",
    tracking_key="K7QM2R9XH4TBW0ZD",
    tracking_url="HTTPS://RAPFANG.EXAMPLE/T/A1-0001-V/K7QM2R9XH4TBW0ZD",
    submitted_on=date(2026, 11, 23),
)
PROMISES = {
    "th": "แสดงใบนี้รับน้ำดื่มฟรี 1 ขวด ที่จุดประชาสัมพันธ์",
    "en": "Show this at the information counter for a free bottle of water",
    "km": "បង្ហាញក្រដាសនេះ ដើម្បីទទួលទឹកមួយដប",
    "my": "ဤစာရွက်ကို ပြ၍ ရေတစ်ဘူး ယူပါ",
    "lo": "ສະແດງໃບນີ້ ຮັບນ້ຳດື່ມໜຶ່ງຕຸກ",
}
TITLES = {
    "th": "ร่วมกันขุดลอกคลองท่าเกษม",
    "en": "Dredging the Tha Kasem canal together",
    "km": "ស្តារប្រឡាយជាមួយគ្នា",
    "my": "တူးမြောင်းကို အတူတူ ဆယ်ကြမည်",
    "lo": "ຮ່ວມກັນຂຸດລອກຄອງ",
}
ABOUT = {
    "th": "วันเสาร์ที่ 5 ธันวาคม 2569 เวลา 8.30 น. ที่ศาลาริมคลอง หมู่ที่ 3 โปรดเตรียมรองเท้าบูท",
    "en": "Saturday 5 December 2026, 8.30, at the pavilion by the canal, Village 3. Bring boots.",
}
DIGEST = hashlib.sha256(b"every case").hexdigest()


def voucher(language: str = "th", **changes: object) -> VoucherWords:
    words = VoucherWords(
        municipality=TOWN,
        municipality_th=TOWN,
        language=language,
        text=PROMISES[language],
        text_th=PROMISES["th"],
        division="กองช่าง",
        given_on=DAY,
    )
    return msgspec.structs.replace(words, **changes)


def joined(language: str = "th", **changes: object) -> JoinedWords:
    words = JoinedWords(
        municipality=TOWN,
        municipality_th=TOWN,
        language=language,
        title=TITLES[language],
        title_th=TITLES["th"],
        about=ABOUT.get(language, ABOUT["th"]),
        about_th=ABOUT["th"],
        phone="0 3844 1234",
        signed_on=DAY,
    )
    return msgspec.structs.replace(words, **changes)


def anchor(**changes: object) -> AnchorWords:
    words = AnchorWords(
        municipality=TOWN,
        device_code="A1",
        day=DAY,
        cases=3,
        ratings=57,
        through=142,
        without=[17, 88],
        digest=DIGEST,
        url=anchor_url("https://rapfang.thakasem.go.th", "A1", 142, DIGEST, [17, 88]),
    )
    return msgspec.structs.replace(words, **changes)


DEVICE_WORDS = DeviceWords(
    municipality=TOWN,
    device_code="A1",
    day=DAY,
    rows=[
        ("box", "A1"),
        ("central", "https://rapfang.thakasem.go.th"),
        ("", "reached 2026-11-28 01:10Z"),
        ("outbox", "3 waiting, oldest 2026-11-28 01:00Z"),
        ("", "central holds all 139 cases, 2026-11-28 00:10Z"),
        ("printer", "ok"),
        ("clock", "trusted"),
    ],
)
TRIAL_WORDS = TrialWords(municipality=TOWN, day=DAY, printer="usb epson-tm-t82")
PICTURES: dict[str, tuple[str, msgspec.Struct]] = {
    **{f"voucher-{language}": (VOUCHER, voucher(language)) for language in PROMISES},
    **{f"joined-{language}": (JOINED, joined(language)) for language in TITLES},
    "voucher-copy": (VOUCHER, voucher(is_copy=True)),
    "anchor": (ANCHOR, anchor()),
    "anchor-undated": (ANCHOR, anchor(day=None, without=[])),
    "device": (DEVICE, DEVICE_WORDS),
    "trial": (TRIAL, TRIAL_WORDS),
}


def set_(paper: str, words: msgspec.Struct) -> Document:
    return set_out(paper, bytes(slip.kept(words)))


def said(document: Document) -> str:
    return "\n".join(filter(None, map(_said, document.blocks))).replace("\N{NO-BREAK SPACE}", " ")


def _said(block: Block) -> str:
    match block:
        case Line(text):
            return text
        case Pair(label, value):
            return f"{label} {value}"
        case ToSign(label):
            return f"{label} ____"
    return ""


@pytest.mark.parametrize("width_mm", PAPERS)
@pytest.mark.parametrize("name", PICTURES)
def test_a_paper_looks_as_it_did(name: str, width_mm: int) -> None:
    picture = render(set_(*PICTURES[name]), PAPERS[width_mm])
    assert_looks_as_before(picture, f"paper-{name}-{width_mm}")
    assert picture.height / DOTS_PER_MM <= 165


def test_a_slip_is_set_out_from_what_was_kept_of_it() -> None:
    assert set_out("slip", bytes(slip.encode(SLIP))) == slip.document_for(SLIP)


@pytest.mark.parametrize(("paper", "words"), [("slip", SLIP), *PICTURES.values()][:11])
def test_a_copy_says_so(paper: str, words: msgspec.Struct) -> None:
    kept = bytes(slip.kept(words))
    assert "สำเนา" not in said(set_out(paper, kept))
    assert "สำเนา" in said(set_out(paper, kept, is_copy=True))


def test_what_a_later_release_keeps_is_named() -> None:
    with pytest.raises(PaperUnknown, match="postcard"):
        set_out("postcard", b"{}")


def test_every_paper_is_kept_in_one_length() -> None:
    for words in (SLIP, *(words for _, words in PICTURES.values())):
        assert len(slip.kept(words)) == slip.KEPT_BYTES


@pytest.mark.parametrize("language", ["en", "km", "my", "lo"])
def test_what_an_officer_must_read_stands_in_thai_too(language: str) -> None:
    assert PROMISES["th"] in said(set_(VOUCHER, voucher(language)))
    text = said(set_(JOINED, joined(language)))
    assert TITLES["th"] in text
    assert ABOUT["th"] in text


def test_a_thai_paper_says_nothing_twice() -> None:
    for paper, words in ((VOUCHER, voucher()), (JOINED, joined())):
        lines = said(set_(paper, words)).split("\n")
        assert len(lines) == len(set(lines))


def test_by_a_guessing_clock_no_day_stands_on_a_paper() -> None:
    for paper, words in (
        (VOUCHER, voucher(given_on=None)),
        (JOINED, joined(signed_on=None, about="", about_th="")),
        (ANCHOR, anchor(day=None)),
    ):
        assert "2569" not in said(set_(paper, words))
    assert "วันที่ ____" in said(set_(ANCHOR, anchor(day=None)))
    assert "เรื่องวันนี้" not in said(set_(ANCHOR, anchor(day=None)))


def test_a_box_that_is_opened_before_its_first_case_has_a_record_too() -> None:
    nothing = "0" * 64
    url = anchor_url("https://rapfang.thakasem.go.th", "A1", 0, nothing)
    document = set_(ANCHOR, anchor(through=0, without=[], digest=nothing, url=url))
    assert render(document, PAPERS[80]).height
    assert "0" in said(document)
    assert not [block for block in document.blocks if isinstance(block, Qr)]


def test_the_record_of_an_opening_tells_counts_and_digest_and_is_signed_by_two() -> None:
    document = set_(ANCHOR, anchor())
    text = said(document)
    for line in ("28 พฤศจิกายน 2569", "A1", "เรื่องวันนี้ 3", "คะแนนวันนี้ 57", "เรื่องทั้งหมด 142", "17, 88"):
        assert line in text.split("\n") or line in text
    assert re.sub(r"\s", "", text).count(DIGEST) == 1
    assert text.count("ลงชื่อ ____") == 2


@pytest.mark.parametrize("width_mm", PAPERS)
@pytest.mark.parametrize("without", [[], list(range(100_001, 100_013))])
def test_the_digest_can_be_scanned_however_much_was_left_out(
    width_mm: int, without: list[int]
) -> None:
    host = "https://participation.a-long-name.go.th"
    url = anchor_url(host, "W8WM", 999_999, DIGEST, without)
    picture = render(set_(ANCHOR, anchor(url=url, without=without)), PAPERS[width_mm])
    [found] = zxingcpp.read_barcodes(picture.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert found.text == url


def test_the_report_says_what_the_status_does() -> None:
    text = said(set_(DEVICE, DEVICE_WORDS))
    for name, words in DEVICE_WORDS.rows:
        assert f"{name} {words}" in text


@pytest.mark.parametrize("width_mm", PAPERS)
def test_the_test_slips_ruler_reaches_both_edges(width_mm: int) -> None:
    """A width that is set wrong shows: an end is missing on paper."""
    paper = PAPERS[width_mm]
    picture = render(Document((Gauge(),)), paper)
    box = ImageChops.invert(picture).getbbox()
    assert box == (0, 0, paper.width_dots, picture.height)
    bar = picture.crop((0, picture.height - 4, paper.width_dots, picture.height))
    assert bar.histogram()[0] == bar.width * bar.height
    assert all(_edge(picture, x) for x in (0, paper.width_dots - 1))


def _edge(picture: Image.Image, x: int) -> bool:
    return all(picture.getpixel((x, y)) == 0 for y in range(picture.height))


def test_a_test_slip_stands_for_no_case_and_has_every_script() -> None:
    document = set_(TRIAL, TRIAL_WORDS)
    text = said(document)
    assert [block.text for block in document.blocks if isinstance(block, Qr)] == [
        "RAPFANG TEST PRINT"
    ]
    for words in ("28 พฤศจิกายน 2569", "usb epson-tm-t82", "น้ำ", "Hamburg", "ស្រ្តី", "ကျွန်ုပ်", "ນ້ຳ"):
        assert words in text
