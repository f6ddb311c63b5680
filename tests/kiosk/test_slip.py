"""What the slip says, and how it looks: `GOLDEN=update` draws the golden pictures anew."""

import os
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from hardware.fake.interpreter import Act, Reader, picture_of
from hardware.printer.document import Document, Line, Pair, Qr, Role, Rule
from hardware.printer.escpos import encode
from hardware.printer.paper import DOTS_PER_MM, PAPERS
from hardware.printer.raster import render
from kiosk import slip
from kiosk.slip import SlipWords, document_for, trial_slip

GOLDEN = Path(__file__).parents[1] / "golden"
URL = "HTTPS://RAPFANG.THAKASEM.GO.TH/T/A1-0042-9/K7QM2R9XH4TBW0ZD"
THAI = SlipWords(
    municipality="เทศบาลตำบลท่าเกษม",
    municipality_th="เทศบาลตำบลท่าเกษม",
    complaint_centre="ศูนย์รับเรื่องราวร้องทุกข์ เทศบาลตำบลท่าเกษม",
    reference="A1-0042-9",
    tracking_key="K7QM2R9XH4TBW0ZD",
    tracking_url=URL,
    topic="ถนน/ทางสาธารณะชำรุด",
    division="กองช่าง",
    place="หมู่ที่ 3 (ตัวอย่าง)",
    submitted_on=date(2026, 11, 23),
    due_on=date(2026, 12, 8),
    privacy_notice_version="example-1",
)
ENGLISH = SlipWords(
    municipality="Tha Kasem Subdistrict Municipality",
    municipality_th="เทศบาลตำบลท่าเกษม",
    complaint_centre="Complaint Centre, Tha Kasem Subdistrict Municipality",
    reference="A1-0042-9",
    tracking_key="K7QM2R9XH4TBW0ZD",
    tracking_url=URL,
    language="en",
    topic="Damaged road or path",
    division="Public Works Division",
    place="Village 3 (example)",
    submitted_on=date(2026, 11, 23),
    due_on=date(2026, 12, 8),
    privacy_notice_version="example-1",
)
KHMER, BURMESE, LAO = (
    SlipWords(
        municipality="เทศบาลตำบลท่าเกษม",
        complaint_centre="ศูนย์รับเรื่องราวร้องทุกข์ เทศบาลตำบลท่าเกษม",
        phone="0 3844 1234",
        reference="A1-0042-9",
        tracking_key="K7QM2R9XH4TBW0ZD",
        tracking_url=URL,
        language=language,
        topic=topic,
        division="กองช่าง",
        place="หมู่ที่ 3 (ตัวอย่าง)",
        submitted_on=date(2026, 11, 23),
        due_on=date(2026, 12, 8),
        privacy_notice_version="example-1",
    )
    for language, topic in (
        ("km", "ផ្លូវខូច ស្រ្តី ដ្ឋាន"),
        ("my", "လမ်းပျက် သတ္တဝါ ကျွန်ုပ်"),
        ("lo", "ທາງເພ ນ້ຳຖ້ວມ ໝູ່ບ້ານ"),
    )
)
SLIPS = {"th": THAI, "en": ENGLISH, "km": KHMER, "my": BURMESE, "lo": LAO}
EACH = pytest.mark.parametrize(
    ("language", "width_mm"), [(language, width) for language in SLIPS for width in PAPERS]
)


def with_(words: SlipWords, **changes: object) -> SlipWords:
    return SlipWords(**{**{f: getattr(words, f) for f in words.__struct_fields__}, **changes})


def said(document: Document) -> str:
    """Everything that a document says, in order, with plain blanks."""
    found: list[str] = []
    for block in document.blocks:
        match block:
            case Line(text):
                found.append(text)
            case Pair(label, value):
                found += [label, value]
            case Qr(text, beside):
                found += [text, *(line.text for line in beside)]
    return "\n".join(found).replace("\N{NO-BREAK SPACE}", " ")


def drawn(words: SlipWords, width_mm: int) -> Image.Image:
    return render(document_for(words), PAPERS[width_mm])


@EACH
def test_what_the_bytes_put_on_paper_is_what_was_meant(language: str, width_mm: int) -> None:
    meant = drawn(SLIPS[language], width_mm)
    printed = picture_of(encode(meant), meant.width)
    assert ImageChops.difference(printed.convert("L"), meant.convert("L")).getbbox() is None
    assert printed.size == meant.size


@EACH
def test_the_code_on_the_paper_is_the_tracking_url(language: str, width_mm: int) -> None:
    words = SLIPS[language]
    printed = picture_of(encode(drawn(words, width_mm)), PAPERS[width_mm].width_dots)
    [found] = zxingcpp.read_barcodes(printed.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert found.text == words.tracking_url


@pytest.mark.parametrize(
    ("width_mm", "most_bytes", "most_mm"), [(80, 40_000, 140), (58, 40_000, 190)]
)
def test_a_standard_slip_is_short_in_bytes_and_on_paper(
    width_mm: int, most_bytes: int, most_mm: float
) -> None:
    picture = drawn(THAI, width_mm)
    data = encode(picture)
    assert len(data) <= most_bytes
    assert picture.height / DOTS_PER_MM <= most_mm
    assert all(c.rows % 48 for c in Reader().take(data) if c.act is Act.DOTS)


@EACH
def test_a_slip_looks_as_it_did(language: str, width_mm: int) -> None:
    """Every dot within one dot of the golden picture's: another FreeType may round anew."""
    path = GOLDEN / f"slip-{language}-{width_mm}.png"
    picture = drawn(SLIPS[language], width_mm)
    if os.environ.get("GOLDEN") == "update":
        picture.save(path, optimize=True)
    with Image.open(path) as file:
        golden = file.convert("1")
    assert picture.size == golden.size
    assert strays(picture, golden) <= 0.002
    assert strays(golden, picture) <= 0.002


def strays(picture: Image.Image, other: Image.Image) -> float:
    """The share of ink in `picture` that is more than a dot away from ink in `other`."""
    ink, near = (ImageChops.invert(each.convert("L")) for each in (picture, other))
    alone = ImageChops.subtract(ink, near.filter(ImageFilter.MaxFilter(3)))
    return alone.histogram()[255] / ink.histogram()[255]


def test_a_golden_picture_would_show_a_missing_line() -> None:
    whole, shorter = drawn(THAI, 80), drawn(with_(THAI, privacy_notice_version=""), 80)
    poorer = Image.new("1", whole.size, 255)
    poorer.paste(shorter, (0, 0))
    assert strays(poorer, whole) == 0
    assert strays(whole, poorer) > 0.002


def test_a_thai_slip_says_whose_what_where_when_and_by_when() -> None:
    text = said(document_for(THAI))
    for words in (
        "เทศบาลตำบลท่าเกษม",
        "ใบรับเรื่องร้องเรียน/ร้องทุกข์",
        "A1-0042-9",
        "ถนน/ทางสาธารณะชำรุด",
        "หมู่ที่ 3 (ตัวอย่าง)",
        "23 พฤศจิกายน 2569",
        "ภายในวันที่ 8 ธันวาคม 2569",
        "rapfang.thakasem.go.th",
        "ศูนย์รับเรื่องราวร้องทุกข์",
        "example-1",
    ):
        assert words in text
    assert "!" not in text
    assert text.count("เทศบาลตำบลท่าเกษม") == 2


def test_an_english_slip_bears_the_thai_name_beside_its_own() -> None:
    text = said(document_for(ENGLISH))
    assert "Tha Kasem Subdistrict Municipality\nเทศบาลตำบลท่าเกษม\nComplaint received" in text
    assert "23 November 2026" in text
    assert "You will have an answer by 8 December 2026." in text


def test_a_language_without_a_slip_gets_the_thai_one() -> None:
    assert document_for(with_(THAI, language="vi")) == document_for(THAI)


def test_large_comes_before_small_and_one_rule_is_enough() -> None:
    blocks = document_for(THAI).blocks
    roles = [block.role for block in blocks if isinstance(block, Line)]
    assert roles[0] is Role.TITLE
    assert Role.DISPLAY in roles[:4]
    assert roles[-1] is Role.SMALL
    assert sum(isinstance(block, Rule) for block in blocks) == 1


def test_the_key_is_grouped_by_four_beside_its_code() -> None:
    [code] = [block for block in document_for(THAI).blocks if isinstance(block, Qr)]
    groups = [line.text for line in code.beside if line.role is Role.CODE]
    assert groups == ["K7QM", "2R9X", "H4TB", "W0ZD"]


@pytest.mark.parametrize("words", SLIPS.values(), ids=SLIPS)
def test_without_a_trusted_clock_no_day_stands_on_the_slip(words: SlipWords) -> None:
    text = said(document_for(with_(words, submitted_on=None)))
    for year in ("2569", "2026"):
        assert year not in text
    assert "ภายในวันที่" not in text
    assert "answer by" not in text


@pytest.mark.parametrize("words", SLIPS.values(), ids=SLIPS)
def test_a_corruption_slip_shows_neither_topic_nor_place_nor_kind(words: SlipWords) -> None:
    text = said(document_for(with_(words, kind="corruption")))
    for secret in (words.topic, words.place, words.division, "ทุจริต", "orruption", "ร้องเรียน"):
        assert secret not in text
    assert words.reference in text


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("complaint", "ใบรับเรื่องร้องเรียน/ร้องทุกข์"),
        ("suggestion", "ใบรับข้อเสนอแนะ"),
        ("compliment", "ใบรับคำชมเชย"),
        ("corruption", "ใบรับเรื่อง"),
    ],
)
def test_each_kind_has_its_title(kind: str, title: str) -> None:
    assert title in said(document_for(with_(THAI, kind=kind))).split("\n")


def test_a_copy_says_so() -> None:
    assert "สำเนา" in said(document_for(with_(THAI, is_copy=True)))
    assert "สำเนา" not in said(document_for(THAI))


def test_thai_digits_are_for_reading_never_for_typing() -> None:
    text = said(document_for(with_(THAI, thai_digits=True, phone="037 222 222")))
    assert "๒๓ พฤศจิกายน ๒๕๖๙" in text
    assert "หมู่ที่ ๓" in text
    for typed in ("A1-0042-9", "K7QM", "037 222 222"):
        assert typed in text


def test_a_telephone_stands_only_where_there_is_one() -> None:
    assert "โทร" not in said(document_for(THAI))
    assert "หรือโทร 037 222 222" in said(document_for(with_(THAI, phone="037 222 222")))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (URL, "หรือเปิด rapfang.thakasem.go.th แล้ว"),
        (
            URL.replace("HTTPS://RAPFANG.THAKASEM.GO.TH", "HTTP://127.0.0.1:8470"),
            "http://127.0.0.1:8470 แล้ว",
        ),
    ],
)
def test_the_address_is_shown_as_one_types_it(url: str, shown: str) -> None:
    assert shown in said(document_for(with_(THAI, tracking_url=url)))


def test_the_words_of_a_job_come_back_whole() -> None:
    assert slip.decode(slip.encode(ENGLISH)) == ENGLISH


def test_a_test_slip_stands_for_no_case() -> None:
    document = trial_slip("เทศบาลตำบลท่าเกษม", date(2026, 11, 23))
    text = said(document)
    assert "ทดสอบการพิมพ์" in text
    assert "23 พฤศจิกายน 2569" in text
    assert "HTTP" not in text
    assert "2569" not in said(trial_slip("เทศบาลตำบลท่าเกษม"))


@pytest.mark.parametrize("words", SLIPS.values(), ids=SLIPS)
def test_a_waiting_slip_is_as_long_for_every_kind_and_names_no_corruption(words: SlipWords) -> None:
    kinds = ("complaint", "suggestion", "compliment", "corruption")
    kept = {kind: slip.encode(with_(words, kind=kind, topic="ต" * 60)) for kind in kinds}
    assert len({len(each) for each in kept.values()}) == 1
    confidential = kept["corruption"]
    assert b"corruption" not in confidential
    assert "ต".encode() * 3 not in confidential
    shown = said(document_for(slip.decode(confidential)))
    assert shown == said(document_for(with_(words, kind="corruption")))


@pytest.mark.parametrize(
    ("language", "day"),
    [("km", "23 វិច្ឆិកា 2026"), ("my", "2026 နိုဝင်ဘာ 23"), ("lo", "23 ພະຈິກ 2026")],
)
def test_a_slip_in_a_neighbours_language_says_the_day_as_that_language_does(
    language: str, day: str
) -> None:
    assert day in said(document_for(SLIPS[language]))
