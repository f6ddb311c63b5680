"""The cuts of the glass's font, one for each script."""

from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont
from PIL import ImageFont

from kiosk import fonts
from kiosk.catalogues import LOCALE_DIR
from kiosk.widgets.lines import runs

SCRIPTS = (fonts.LATIN, *fonts.BLOCKS)
HELD = ("GSUB", "GPOS", "GDEF", "hmtx", "loca", "cmap")
"""Tables that are read whole, once for each size of each font."""
EACH = pytest.mark.parametrize("script", SCRIPTS)
WEIGHTS = pytest.mark.parametrize("weight", fonts.WEIGHTS)


@cache
def pieces() -> frozenset[tuple[str, str]]:
    """All that the glass says, in pieces of one script, with the script."""
    said: set[tuple[str, str]] = set()
    for path in LOCALE_DIR.glob("*/LC_MESSAGES/kiosk.po"):
        with path.open("rb") as file:
            words = [entry.string or "" for entry in read_po(file) if entry.id]
        texts = chain.from_iterable([each] if isinstance(each, str) else each for each in words)
        said.update(chain.from_iterable(runs(line) for text in texts for line in text.split("\n")))
    return frozenset(said)


def held(path: Path) -> int:
    """Bytes of the tables that are held."""
    with TTFont(path) as font:
        return sum(font.reader.tables[table].length for table in HELD if table in font)


@EACH
@WEIGHTS
def test_a_cut_draws_its_script_as_the_whole_font_does(script: str, weight: str) -> None:
    raqm = ImageFont.Layout.RAQM
    whole = ImageFont.truetype(fonts.font(weight), 26, layout_engine=raqm)
    cut = ImageFont.truetype(fonts.font(weight, script), 26, layout_engine=raqm)
    mine = [piece for its_script, piece in pieces() if its_script == script]
    assert len(mine) > 100
    assert [p for p in mine if bytes(cut.getmask(p)) != bytes(whole.getmask(p))] == []
    assert cut.getmetrics() == whole.getmetrics()


@EACH
@WEIGHTS
def test_a_cut_holds_half_of_what_the_whole_font_does(script: str, weight: str) -> None:
    assert held(fonts.font(weight, script)) < held(fonts.font(weight)) * 0.6


def test_a_line_may_hold_what_no_script_is_alone_with() -> None:
    for script in SCRIPTS:
        with TTFont(fonts.font("Regular", script)) as font:
            assert {ord(letter) for letter in "aéĐ0ΩЖ₫–…’€°"} <= set(font.getBestCmap())
