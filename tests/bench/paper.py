"""The standard slip: from words to bytes, and how well it is read after months in a pocket."""

import logging
import time
from collections.abc import Iterator
from datetime import date

import msgspec
import qrcode
from escpos.printer import Dummy
from PIL import Image

from hardware.printer.escpos import encode
from hardware.printer.paper import PAPERS
from hardware.printer.raster import render
from kiosk.slip import SlipWords, document_for
from sync.reference import tracking_url
from tests.bench import damage
from tests.bench.row import Row, row

RUNS = 15
KEYS = ("9J6CT3ADHQ07QKDW", "K7QM2R9XH4TBW0ZD")
"""Two slips, for a code may have luck with its dots."""
WORDS = SlipWords(
    municipality="เทศบาลตำบลท่าเกษม",
    complaint_centre="ศูนย์รับเรื่องราวร้องทุกข์ เทศบาลตำบลท่าเกษม",
    reference="A1-0042-9",
    tracking_key="9J6CT3ADHQ07QKDW",
    tracking_url="HTTPS://RAPFANG.EXAMPLE.GO.TH/T/A1-0042-9/9J6CT3ADHQ07QKDW",
    topic="ถนน/ทางสาธารณะชำรุด",
    division="กองช่าง",
    place="หมู่ที่ 3",
    submitted_on=date(2026, 11, 23),
    due_on=date(2026, 12, 8),
    privacy_notice_version="example-1",
)


def slip() -> Iterator[Row]:
    """Bytes and milliseconds of one slip at 80 mm."""
    ours_bytes, theirs_bytes, ours_ms, theirs_ms = [], [], [], []
    _ours(), _theirs()  # faces and dictionaries are loaded before the first tap, too
    for _ in range(RUNS):
        for make, sizes, times in (
            (_ours, ours_bytes, ours_ms),
            (_theirs, theirs_bytes, theirs_ms),
        ):
            started = time.perf_counter()
            sizes.append(float(len(make())))
            times.append((time.perf_counter() - started) * 1000)
    yield row("slip_bytes", "B", ours_bytes, "python-escpos image(), same drawing", theirs_bytes)
    yield row("slip_render", "ms", ours_ms, "python-escpos image(), with the drawing", theirs_ms)


def slip_decode_rate() -> Iterator[Row]:
    """Percent of 17 kinds of damage that one frame of a phone reads through."""
    ours, theirs = [], []
    for key in KEYS:
        url = tracking_url("https://rapfang.example.go.th", WORDS.reference, key)
        words = msgspec.structs.replace(WORDS, tracking_key=key, tracking_url=url)
        ours.append(damage.mean_read(render(document_for(words), PAPERS[80])))
        theirs.append(damage.mean_read(_bare_code(url)))
    yield row("slip_decode_rate", "%", ours, "the bare code: upper case, Q, 8 dots", theirs)


def _ours() -> bytes:
    return encode(render(document_for(WORDS), PAPERS[80]))


def _theirs() -> bytes:
    logging.getLogger("escpos").setLevel(logging.ERROR)  # it warns of an unknown paper width
    printer = Dummy()
    printer.image(render(document_for(WORDS), PAPERS[80]))
    return bytes(printer.output)


def _bare_code(url: str) -> Image.Image:
    """As the usual library draws it by itself."""
    level = qrcode.constants.ERROR_CORRECT_Q
    code = qrcode.QRCode(error_correction=level, box_size=8, border=4)
    code.add_data(url, optimize=0)
    return code.make_image().get_image()
