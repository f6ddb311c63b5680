from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.fake.interpreter import Act, Reader, picture_of
from hardware.printer import escpos

WIDTHS = st.sampled_from([8, 200, 384, 576])


def picture_from(width: int, rows: list[bytes]) -> Image.Image:
    """A picture whose rows repeat the given bytes; an empty row is blank."""
    stride = width // 8
    dots = b"".join((row * stride)[:stride] if row else b"\xff" * stride for row in rows)
    return Image.frombytes("1", (width, len(rows)), dots)


def rasters(data: bytes) -> list[int]:
    return [command.rows for command in Reader().take(data) if command.act is Act.DOTS]


@settings(deadline=None)
@given(
    WIDTHS,
    st.lists(
        st.tuples(st.binary(max_size=8), st.sampled_from([1, 2, 3, 47, 48, 96, 130, 300])),
        min_size=1,
        max_size=8,
    ),
)
def test_any_picture_comes_back_from_its_bytes(width: int, bands: list[tuple[bytes, int]]) -> None:
    rows = [row for row, times in bands for _ in range(times)]
    meant = picture_from(width, rows)
    printed = picture_of(escpos.encode(meant), width)
    assert printed.size == meant.size
    assert printed.tobytes() == meant.tobytes()


@settings(deadline=None)
@given(st.integers(1, 1000))
def test_no_raster_has_a_height_that_printers_swallow(rows: int) -> None:
    heights = rasters(escpos.encode(picture_from(16, [b"\x0f"] * rows)))
    assert sum(heights) == rows
    assert all(0 < height <= escpos.MOST_ROWS and height % 48 for height in heights)


def test_blank_rows_are_fed_and_not_sent() -> None:
    blank = escpos.encode(picture_from(576, [b""] * 600))
    assert not rasters(blank)
    assert sum(c.rows for c in Reader().take(blank) if c.act is Act.FEED) == 600
    assert len(blank) < 20


def test_what_is_blank_on_the_right_is_not_sent() -> None:
    picture = Image.new("1", (576, 10), 255)
    picture.paste(0, (0, 0, 9, 10))
    [dots] = [c for c in Reader().take(escpos.encode(picture)) if c.act is Act.DOTS]
    assert len(dots.raw) == 8 + 2 * 10


def test_a_job_begins_with_a_reset_and_ends_with_a_cut() -> None:
    acts = [c.act for c in Reader().take(escpos.encode(picture_from(8, [b"\0"])))]
    assert acts[0] is Act.RESET
    assert acts[-1] is Act.CUT
    assert acts.count(Act.CUT) == 1


def test_what_hangs_in_the_printer_is_parted_with_or_without_a_blade() -> None:
    for has_cutter, cuts in ((True, 1), (False, 0)):
        commands = list(Reader().take(escpos.sever(escpos.Habits(has_cutter=has_cutter))))
        assert [command.act for command in commands].count(Act.CUT) == cuts
        assert not any(command.act is Act.DOTS for command in commands)
        assert sum(command.rows for command in commands) >= (1 if has_cutter else 100)
