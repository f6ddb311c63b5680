"""Every word of every catalogue can be drawn, on the glass and on paper."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont

from kiosk import fonts
from kiosk.catalogues import LOCALE_DIR
from kiosk.languages import ALPHABETS, NAMES
from kiosk.profile import load_profile

NOTO = fonts.NOTO
PAPER = [
    Path("/usr/share/fonts/opentype/tlwg/Loma.otf"),
    *(NOTO / f"NotoSans{script}-Regular.ttf" for script in ("Khmer", "Myanmar", "Lao")),
]
EXAMPLE = Path(__file__).parents[2] / "deploy/profiles/tha-kasem/profile.toml"
EACH = pytest.mark.parametrize("language", list(NAMES))


@cache
def letters_of(path: Path) -> frozenset[int]:
    return frozenset(TTFont(path).getBestCmap())


def words(domain: str, language: str) -> set[str]:
    path = LOCALE_DIR / language / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        return set("".join(str(entry.string) for entry in read_po(file) if entry.id)) - {"\n"}


@EACH
@pytest.mark.parametrize("weight", fonts.WEIGHTS)
def test_the_glass_has_a_glyph_for_every_letter_of_its_catalogue(
    language: str, weight: str
) -> None:
    letters = letters_of(fonts.font(weight))
    shown = words("kiosk", language) | set(NAMES[language] + ALPHABETS[language])
    assert {letter for letter in shown if ord(letter) not in letters} == set()


@EACH
def test_the_paper_has_a_glyph_for_every_letter_of_its_catalogue(language: str) -> None:
    letters = frozenset().union(*map(letters_of, PAPER))
    assert {letter for letter in words("slip", language) if ord(letter) not in letters} == set()


def test_the_glass_has_a_glyph_for_every_letter_of_the_example_profile() -> None:
    profile, letters = load_profile(EXAMPLE), letters_of(fonts.font())
    named = [*profile.divisions, *profile.topics, *profile.villages]
    shown = "".join(
        each.name.in_language(language) for each in named for language in profile.languages
    )
    assert {letter for letter in shown if ord(letter) not in letters} == set()


@EACH
def test_every_translation_keeps_the_blanks_that_are_filled_in(language: str) -> None:
    for path in (LOCALE_DIR / language / "LC_MESSAGES").glob("*.po"):
        with path.open("rb") as file:
            entries = [entry for entry in read_po(file) if entry.id]
        for entry in entries:
            message = entry.id if isinstance(entry.id, str) else entry.id[-1]
            said = entry.string if isinstance(entry.string, str) else entry.string[-1]
            assert sorted(re.findall(r"{\w*}", message)) == sorted(re.findall(r"{\w*}", said))
