"""A language before anybody chose it: its catalogue read, its fonts and its dictionary open.

The first screen in a language would otherwise wait for all three, which takes as long as
lettering it.
"""

from functools import partial

from kiosk.catalogues import catalogue
from kiosk.i18n import DOMAIN
from kiosk.theme import theme
from kiosk.widgets.keyboard import letter_ahead
from kiosk.widgets.layouts import speaks
from kiosk.widgets.lettering import drawn, width_of
from kiosk.widgets.lines import wrap

FACES = ("Regular", "Bold")
HOME_ROLES = ("question", "body", "small")
"""No more: of all fonts and sizes in use Kivy keeps 64 open."""
SAMPLES = ("What would you like to tell us?", "Two touches, no name")


def rehearse(language: str) -> None:
    """Letter a sample in the sizes of the first screen; takes some tens of milliseconds."""
    say = catalogue(DOMAIN, language).gettext
    for words in map(say, SAMPLES):
        for face in FACES:
            width = partial(width_of, em=theme.em("body"), face=face)
            wrap(words, theme.width / 8, width)
            for role in HOME_ROLES:
                drawn(words, theme.em(role), face)


def boards_of(language: str) -> list[tuple[str, bool]]:
    """What keys of a language lead to: a layout, and whether it is shifted."""
    letters = language if speaks(language) else "en"
    return [(letters, False), (letters, True), ("digits", False), ("code", False)]


def rehearse_board(board: tuple[str, bool]) -> None:
    """Letter its keys: half a hundred, which whoever touches shift or 123 would wait for."""
    layout, is_shifted = board
    letter_ahead(layout, is_shifted=is_shifted)
