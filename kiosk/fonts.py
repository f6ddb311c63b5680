"""What the glass is drawn with: made at set-up from Debian's Noto and the icons' package.

`python -m kiosk.fonts [FOLDER]` writes `Rapfang-Regular.ttf`, `Rapfang-Bold.ttf`,
`Icons.ttf` and `kivy/`, Kivy's data without its style. Noto Sans Thai lacks Latin and
Noto Sans lacks Thai, so that a line with both would be drawn from two fonts of different
height; merged with Khmer, Burmese and Lao, all five scripts are one. Of that one each script
has a cut (`Rapfang-Regular-Thai.ttf`): FreeType and HarfBuzz hold a font's tables once for
each size in use, and all five scripts' take four times as much.
"""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

NOTO = Path("/usr/share/fonts/truetype/noto")
FAMILIES = ("NotoSans", "NotoSansThai", "NotoSansKhmer", "NotoSansMyanmar", "NotoSansLao")
"""One per script; the first gives digits and punctuation."""
WEIGHTS = ("Regular", "Bold")
LATIN = "Latn"
BLOCKS = {
    "Thai": ((0x0E00, 0x0E7F),),
    "Laoo": ((0x0E80, 0x0EFF),),
    "Mymr": ((0x1000, 0x109F),),
    "Khmr": ((0x1780, 0x17FF), (0x19E0, 0x19FF)),
}
"""The scripts with rules of their own, by ISO 15924, and their letters; all else is Latin's."""
BESIDE = (
    *((0x0020, 0x024F), (0x02B0, 0x045F), (0x1E00, 0x1EFF), (0x2000, 0x2BFF)),
    *((0xFB00, 0xFB06), (0xFE00, 0xFE2F), (0xFFF9, 0xFFFD)),
)
"""What may stand in a line of those: Latin, Greek, Cyrillic, marks, punctuation and signs."""
ICONS = "Icons.ttf"
KIVY_DATA = "kivy"
"""Kivy reads its shaders and `style.kv` from here."""

ASCENT, DESCENT = 1080, 420
"""In thousandths of an em, together a line of 1.5: a tone over a vowel fits, and one below."""

_INSTALLED = Path(sys.prefix) / "share/fonts"
"""A release brings them, in its own venv."""
_CHECKOUT = Path(__file__).resolve().parents[1] / "var/fonts"


def folder() -> Path:
    """Where the fonts are: `KIOSK_FONTS`, else the checkout's, else the release's."""
    if named := os.environ.get("KIOSK_FONTS"):
        return Path(named)
    return _CHECKOUT if _CHECKOUT.exists() else _INSTALLED


def font(weight: str = "Regular", script: str = "") -> Path:
    """The text font of a weight; for lines of one script its cut, where the set-up made it.

    Raises:
        FileNotFoundError: the set-up has not made it.
    """
    cut = folder() / f"Rapfang-{weight}-{script}.ttf"
    return cut if cut.exists() else _present(folder() / f"Rapfang-{weight}.ttf")


def icon_font() -> Path:
    """The icons' font. Raises FileNotFoundError as `font` does."""
    return _present(folder() / ICONS)


def build(target: Path) -> None:
    """Make all fonts in `target`.

    Raises:
        FileNotFoundError: Debian's `fonts-noto-core` is not installed.
    """
    target.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        _merge([_present(NOTO / f"{name}-{weight}.ttf") for name in FAMILIES], target, weight)
        for script in (LATIN, *BLOCKS):
            whole = target / f"Rapfang-{weight}.ttf"
            _cut(whole, target / f"Rapfang-{weight}-{script}.ttf", _letters_of(script))
    icons = files("fonticon_mdi7") / "fonts" / "materialdesignicons-webfont.ttf"
    shutil.copyfile(str(icons), target / ICONS)
    _bare_kivy(target / KIVY_DATA)


def _bare_kivy(target: Path) -> None:
    """Kivy's shaders and an empty style: none of its own widgets is ever drawn, and
    reading their style takes a fifth of the time to the first frame."""
    [package] = find_spec("kivy").submodule_search_locations  # type: ignore[union-attr,misc]
    shutil.copytree(Path(package) / "data/glsl", target / "glsl", dirs_exist_ok=True)
    (target / "style.kv").write_text("#:kivy 2.3\n")


def _merge(sources: Sequence[Path], target: Path, weight: str) -> None:
    from fontTools.merge import Merger, Options  # only the set-up merges

    merged = Merger(Options(drop_tables=["vmtx", "vhea"])).merge([str(path) for path in sources])
    per_em = merged["head"].unitsPerEm
    ascent, descent = ASCENT * per_em // 1000, DESCENT * per_em // 1000
    hhea, os2 = merged["hhea"], merged["OS/2"]
    hhea.ascent, hhea.descent, hhea.lineGap = ascent, -descent, 0
    os2.sTypoAscender, os2.sTypoDescender, os2.sTypoLineGap = ascent, -descent, 0
    os2.usWinAscent, os2.usWinDescent = ascent, descent
    _save(merged, target / f"Rapfang-{weight}.ttf")


def _letters_of(script: str) -> Callable[[int], bool]:
    """Whether a letter may stand in a line of that script; of Latin all that no other has."""
    others = [blocks for name, blocks in BLOCKS.items() if name != script]
    if script == LATIN:
        return lambda letter: not any(_lies_in(letter, blocks) for blocks in others)
    return lambda letter: _lies_in(letter, BLOCKS[script]) or _lies_in(letter, BESIDE)


def _lies_in(letter: int, blocks: Sequence[tuple[int, int]]) -> bool:
    return any(first <= letter <= last for first, last in blocks)


def _cut(source: Path, target: Path, is_kept: Callable[[int], bool]) -> None:
    """The same font, drawn and shaped alike, with some of its letters and no names of glyphs."""
    from fontTools.subset import Options, Subsetter  # only the set-up cuts
    from fontTools.ttLib import TTFont

    font = TTFont(source)
    subsetter = Subsetter(Options(glyph_names=False, notdef_outline=True))
    subsetter.populate(unicodes=[letter for letter in font.getBestCmap() if is_kept(letter)])
    subsetter.subset(font)
    _save(font, target)


def _save(font: "TTFont", target: Path) -> None:
    draft = target.with_suffix(".draft")
    font.save(draft)
    draft.replace(target)


def _present(path: Path) -> Path:
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; the set-up makes it from fonts-noto-core")
    return path


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else _CHECKOUT)
