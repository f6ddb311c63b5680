from itertools import pairwise

import pytest
import zxingcpp
from PIL import Image, ImageChops

from hardware.errors import DeviceMisuse
from hardware.printer.document import Align, Block, Document, Gap, Line, Pair, Qr, Role, Rule
from hardware.printer.paper import PAPER_58, PAPER_80, PAPERS, Paper, dots
from hardware.printer.raster import render

URL = "HTTPS://RAPFANG.EXAMPLE/T/A1-0042-9/K7QM2R9XH4TBW0ZD"
BOTH = pytest.mark.parametrize("paper", list(PAPERS.values()), ids=list(map(str, PAPERS)))


def on(paper: Paper, *blocks: Block) -> Image.Image:
    return render(Document(blocks), paper)


def ink_box(picture: Image.Image) -> tuple[int, int, int, int]:
    box = ImageChops.invert(picture).getbbox()
    assert box is not None
    return box


@BOTH
def test_a_picture_is_as_wide_as_the_print_head_and_has_no_greys(paper: Paper) -> None:
    picture = on(paper, Line("น้ำท่วม"))
    assert picture.mode == "1"
    assert picture.width == paper.width_dots


@BOTH
def test_stacked_marks_and_feet_stay_inside_their_line(paper: Paper) -> None:
    """A second, blank line would show what hangs over."""
    for role in (Role.TITLE, Role.BODY, Role.SMALL):
        for bold in (False, True):
            line = Line("ที่ ปู่ น้ำ ผู้ใหญ่ กู้", role, bold)
            alone, framed = on(paper, line), on(paper, Gap(5), line, Gap(5))
            left, top, right, bottom = ink_box(framed)
            assert (top, bottom) == (ink_box(alone)[1] + dots(5), ink_box(alone)[3] + dots(5))
            assert left < right <= paper.width_dots


@BOTH
def test_lines_keep_to_their_side(paper: Paper) -> None:
    left, centre, right = (
        ink_box(on(paper, Line("H", align=align)))
        for align in (Align.LEFT, Align.CENTRE, Align.RIGHT)
    )
    assert abs(left[0] - paper.margin_dots) <= 3
    assert abs((centre[0] + centre[2]) - paper.width_dots) <= 3
    assert abs(right[2] - (paper.width_dots - paper.margin_dots)) <= 4


@BOTH
def test_the_longest_reference_stays_on_one_line_between_the_margins(paper: Paper) -> None:
    short = on(paper, Line("A1-0042-9", Role.DISPLAY, bold=True))
    long = on(paper, Line("W8WM-99999999-W", Role.DISPLAY, bold=True))
    assert long.height <= short.height
    assert ink_box(long)[2] <= paper.width_dots - paper.margin_dots


@BOTH
def test_labels_share_a_column_and_stand_on_their_values_baseline(paper: Paper) -> None:
    picture = on(paper, Pair("H", "H"), Pair("HHHHH", "H"))
    middle = picture.height // 2
    rows = [picture.crop((0, top, picture.width, top + middle)) for top in (0, middle)]
    assert ink_box(rows[0])[2] == ink_box(rows[1])[2]
    label = ink_box(rows[0].crop((0, 0, paper.margin_dots + 20, middle)))
    assert label[3] == ink_box(rows[0])[3]


@BOTH
def test_a_code_is_read_by_a_decoder_that_did_not_make_it(paper: Paper) -> None:
    picture = on(paper, Line("เลขรับเรื่อง"), Qr(URL, (Line("K7QM", Role.CODE),)), Rule())
    [found] = zxingcpp.read_barcodes(picture.convert("L"), formats=zxingcpp.BarcodeFormat.QRCode)
    assert found.text == URL
    assert found.ec_level == "Q"


@BOTH
def test_a_code_keeps_its_quiet_zone_whatever_stands_around_it(paper: Paper) -> None:
    beside = tuple(Line("WWWW", Role.CODE, bold=True) for _ in range(4))
    alone = ink_box(on(paper, Qr(URL)))
    picture = on(paper, Rule(), Qr(URL, beside), Rule())
    top = alone[1] + 2
    quiet = 4 * paper.module_dots
    code = (alone[0], top, alone[2], top + alone[3] - alone[1])
    around = picture.crop((code[0] - quiet, code[1] - quiet, code[2] + quiet, code[3] + quiet))
    around.paste(255, (quiet, quiet, around.width - quiet, around.height - quiet))
    assert ImageChops.invert(around).getbbox() is None


@pytest.mark.parametrize(("paper", "module"), [(PAPER_80, 8), (PAPER_58, 6)])
def test_modules_have_the_measured_size(paper: Paper, module: int) -> None:
    left, _, right, _ = ink_box(on(paper, Qr(URL)))
    assert (right - left) == 33 * module


@pytest.mark.parametrize("text", ["https://lower.case/", "เรื่อง", "A" * 3000])
def test_what_alphanumeric_mode_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(DeviceMisuse):
        on(PAPER_80, Qr(text))


def test_the_groups_of_a_key_are_set_in_one_size() -> None:
    narrow = Line("1111", Role.CODE, bold=True)
    wide = Line("WWWW", Role.CODE, bold=True)
    code = ink_box(on(PAPER_58, Qr(URL)))
    column = on(PAPER_58, Qr(URL, (narrow, wide))).crop((code[2] + 1, 0, 384, code[3] + 10))
    filled = [
        any(column.getpixel((x, y)) == 0 for x in range(column.width)) for y in range(column.height)
    ]
    edges = [y for y, (a, b) in enumerate(pairwise(filled)) if a != b]
    assert edges[1] - edges[0] == edges[3] - edges[2]


def test_a_day_that_is_a_little_too_wide_is_set_smaller_and_stays_whole() -> None:
    day, label = "๓๐\N{NO-BREAK SPACE}พฤศจิกายน\N{NO-BREAK SPACE}๒๕๖๙", "หน่วยงาน"
    [one, two] = [on(PAPER_58, Pair(label, said)).height for said in ("ก", day)]
    assert one - 6 <= two <= one
