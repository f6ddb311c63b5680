"""What the slip says, and how it looks: `GOLDEN=update` draws the golden pictures anew."""

from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageChops

from hardware.fake.interpreter import Act, Reader, picture_of
from hardware.fake.printer import CUTTER_MM
from hardware.printer.document import Document, Line, Pair, Qr, Role, Rule
from hardware.printer.escpos import encode
from hardware.printer.paper import DOTS_PER_MM, PAPERS
from hardware.printer.raster import render
from kiosk import slip
from kiosk.profile import load_profile
from kiosk.slip import SlipWords, document_for
from tests.kiosk.golden import assert_looks_as_before, strays

URL = "HTTPS://RAPFANG.THAKASEM.GO.TH/T/A1-0042-9/K7QM2R9XH4TBW0ZD"
PROFILE = load_profile(Path(__file__).parents[2] / "deploy/profiles/tha-kasem/profile.toml")


def with_(words: SlipWords, **changes: object) -> SlipWords:
    return SlipWords(**{**{f: getattr(words, f) for f in words.__struct_fields__}, **changes})


def case(language: str, topic_code: str, typed: str = "", village: str = "village-3") -> SlipWords:
    """What the example municipality's slip says about a topic and a place."""
    topic, where = PROFILE.topic(topic_code), PROFILE.village(village)
    division, call = PROFILE.division(topic.division), topic.call_first
    return SlipWords(
        municipality=PROFILE.name.in_language(language),
        municipality_th=PROFILE.name.th,
        complaint_centre=PROFILE.complaint_centre.in_language(language),
        reference="A1-0042-9",
        tracking_key="K7QM2R9XH4TBW0ZD",
        tracking_url=URL,
        language=language,
        topic=topic.name.in_language(language),
        topic_th=topic.name.th,
        division=division.name.in_language(language),
        division_th=division.name.th,
        place=f"{where.name.in_language(language)} {typed}".strip(),
        place_th=where.name.th,
        call_first=call.name.in_language(language) if call else "",
        call_first_phone=call.phone if call else "",
        submitted_on=date(2026, 11, 23),
        due_on=date(2026, 12, 8),
        privacy_notice_version="example-1",
    )


THAI, ENGLISH = case("th", "road"), case("en", "road")
KHMER, BURMESE, LAO = (
    with_(case(language, topic), phone="0 3844 1234")
    for language, topic in (("km", "fire"), ("my", "disease"), ("lo", "flood"))
)
SLIPS = {"th": THAI, "en": ENGLISH, "km": KHMER, "my": BURMESE, "lo": LAO}
KINDS = ("complaint", "suggestion", "compliment", "corruption")
EACH = pytest.mark.parametrize(
    ("language", "width_mm"), [(language, width) for language in SLIPS for width in PAPERS]
)


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


MOST_MM = {("th", 80): 140, ("th", 58): 190, ("other", 80): 200, ("other", 58): 260}
TYPED = "หน้าวัดท่าเกษม ใกล้ศาลาริมทาง"
"""As long as people's words for a place usually get."""


def most_mm(language: str, width_mm: int) -> int:
    return MOST_MM["th" if language == "th" else "other", width_mm]


@EACH
def test_a_standard_slip_is_short_with_what_is_fed_before_the_cut(
    language: str, width_mm: int
) -> None:
    words = with_(case(language, "road"), phone="0 3844 1234")
    length_mm = drawn(words, width_mm).height / DOTS_PER_MM
    assert length_mm + CUTTER_MM <= most_mm(language, width_mm)


@pytest.mark.parametrize("kind", KINDS)
@EACH
def test_with_the_longest_usual_words_a_slip_is_short_too(
    language: str, width_mm: int, kind: str
) -> None:
    """A place in words, the longest division, a telephone, an emergency's number."""
    words = with_(case(language, "disease", TYPED, "village-12"), kind=kind, phone="0 3844 1234")
    assert drawn(words, width_mm).height / DOTS_PER_MM <= most_mm(language, width_mm)


@pytest.mark.parametrize("width_mm", PAPERS)
def test_a_standard_slip_is_small_in_bytes(width_mm: int) -> None:
    data = encode(drawn(THAI, width_mm))
    assert len(data) <= 40_000
    assert all(c.rows % 48 for c in Reader().take(data) if c.act is Act.DOTS)


@EACH
def test_words_beyond_all_measure_are_cut_short_on_paper(language: str, width_mm: int) -> None:
    long = "ยาวเกินกว่าจะพิมพ์ " * 20
    words = with_(
        SLIPS[language],
        **dict.fromkeys(("municipality", "municipality_th", "complaint_centre"), long),
        **dict.fromkeys(("topic", "topic_th", "division", "division_th"), long),
        **dict.fromkeys(("place", "place_th", "call_first"), long),
        is_copy=True,
    )
    kept = slip.encode(words)
    assert len(kept) == slip.KEPT_BYTES
    picture = drawn(slip.decode(kept), width_mm)
    assert picture.height / DOTS_PER_MM <= {80: 270, 58: 340}[width_mm]


@EACH
def test_a_slip_looks_as_it_did(language: str, width_mm: int) -> None:
    assert_looks_as_before(drawn(SLIPS[language], width_mm), f"slip-{language}-{width_mm}")


@pytest.mark.parametrize("width_mm", PAPERS)
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("copy", {"is_copy": True, "phone": "0 3844 1234"}),
        ("corruption", {"kind": "corruption"}),
        ("thai-digits", {"thai_digits": True}),
    ],
)
def test_a_thai_slip_of_another_sort_looks_as_it_did(
    name: str, changes: dict[str, object], width_mm: int
) -> None:
    words = with_(case("th", "fire", TYPED), **changes)
    assert_looks_as_before(drawn(words, width_mm), f"slip-{name}-{width_mm}")


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
        "เทศบาลจะตอบภายใน 8 ธันวาคม 2569",
        "ที่เครื่องนี้ หรือสแกน QR ด้วยมือถือ",
        "rapfang.thakasem.go.th",
        "ศูนย์รับเรื่องราวร้องทุกข์",
        "example-1",
    ):
        assert words in text
    assert "!" not in text
    assert text.count("เทศบาลตำบลท่าเกษม") == 2
    assert text.count("กองช่าง") == 1


@pytest.mark.parametrize("language", ["en", "km", "my", "lo"])
def test_what_an_officer_must_read_stands_in_thai_too(language: str) -> None:
    text = said(document_for(with_(SLIPS[language], is_copy=True)))
    thai = case("th", {"en": "road", "km": "fire", "my": "disease", "lo": "flood"}[language])
    for words in (
        "ใบรับเรื่องร้องเรียน/ร้องทุกข์",
        "สำเนา",
        "เลขรับเรื่อง",
        thai.topic,
        thai.place,
        thai.division,
        "เทศบาลจะตอบภายใน 8 ธันวาคม 2569",
    ):
        assert words in text


def test_what_is_thai_anyway_stands_once() -> None:
    words = with_(KHMER, division="กองช่าง", division_th="กองช่าง", place=TYPED, place_th="")
    text = said(document_for(words))
    assert text.count("กองช่าง") == 1
    assert text.count(TYPED) == 1


@pytest.mark.parametrize(("language", "called"), [("th", "ดับเพลิง"), ("en", "Fire brigade")])
def test_whom_to_call_in_an_emergency_stands_where_the_topic_has_one(
    language: str, called: str
) -> None:
    text = said(document_for(case(language, "fire")))
    assert f"199 ({called})" in text
    assert "199" not in said(document_for(case(language, "road")))


def test_an_english_slip_bears_the_thai_name_beside_its_own() -> None:
    text = said(document_for(ENGLISH))
    assert text.startswith(
        "Tha Kasem Subdistrict Municipality\nเทศบาลตำบลท่าเกษม\n"
        "Complaint received\nใบรับเรื่องร้องเรียน/ร้องทุกข์\n"
    )
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
    assert "เทศบาลจะตอบ" not in text
    assert "answer by" not in text


@pytest.mark.parametrize("words", SLIPS.values(), ids=SLIPS)
def test_a_corruption_slip_shows_neither_topic_nor_place_nor_kind(words: SlipWords) -> None:
    text = said(document_for(with_(words, kind="corruption")))
    told = (words.topic, words.place, words.division)
    in_thai = (words.topic_th, words.place_th, words.division_th)
    for secret in (*told, *in_thai, "ทุจริต", "orruption", "ใบรับเรื่องร้องเรียน", "1669", "199"):
        assert secret not in text
    assert words.reference in text


@EACH
def test_a_corruption_slip_is_as_long_as_another(language: str, width_mm: int) -> None:
    """Nobody sees from afar, nor from what lies in a bin, which slip it is."""
    words = SLIPS[language]
    secret = with_(words, kind="corruption")
    assert drawn(secret, width_mm).size == drawn(with_(secret, topic="ก" * 200), width_mm).size
    usual = with_(case(language, "road"), phone=words.phone)
    assert abs(drawn(secret, width_mm).height - drawn(usual, width_mm).height) < 12 * DOTS_PER_MM


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
    [copy] = [
        block
        for block in document_for(with_(THAI, is_copy=True)).blocks
        if isinstance(block, Line) and block.text == "สำเนา"
    ]
    assert (copy.role, copy.bold) == (Role.TITLE, True)
    assert "สำเนา" not in said(document_for(THAI))


def test_thai_digits_are_for_reading_never_for_typing() -> None:
    text = said(document_for(with_(THAI, thai_digits=True, phone="037 222 222")))
    assert "๒๓ พฤศจิกายน ๒๕๖๙" in text
    assert "หมู่ที่ ๓" in text
    for typed in ("A1-0042-9", "K7QM", "037 222 222"):
        assert typed in text


def test_a_telephone_stands_only_where_there_is_one() -> None:
    assert "โทร" not in said(document_for(THAI))
    assert "โทร 037 222 222" in said(document_for(with_(THAI, phone="037 222 222")))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (URL, "เว็บ rapfang.thakasem.go.th\n"),
        (
            URL.replace("HTTPS://RAPFANG.THAKASEM.GO.TH", "HTTP://127.0.0.1:8470"),
            "เว็บ http://127.0.0.1:8470\n",
        ),
    ],
)
def test_the_address_is_shown_as_one_types_it(url: str, shown: str) -> None:
    assert shown in said(document_for(with_(THAI, tracking_url=url)))


def test_the_words_of_a_job_come_back_whole() -> None:
    assert slip.decode(slip.encode(ENGLISH)) == ENGLISH


@pytest.mark.parametrize("words", SLIPS.values(), ids=SLIPS)
def test_a_waiting_slip_is_as_long_for_every_kind_and_names_no_corruption(words: SlipWords) -> None:
    kept = {kind: slip.encode(with_(words, kind=kind, topic="ต" * 60)) for kind in KINDS}
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
