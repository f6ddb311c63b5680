"""What papers beside the slip have in common: whose they are, which day, whether a copy."""

from collections.abc import Iterator
from datetime import date
from gettext import NullTranslations

from hardware.printer.document import Line, Role
from kiosk.catalogues import catalogue
from sync.deadline import day_in_words

MOST_NAME_ROWS = 2
_LANGUAGES = ("th", "en", "km", "my", "lo")


def words_in(language: str) -> NullTranslations:
    """The paper's words; in Thai where its language has none yet."""
    return catalogue("slip", language if language in _LANGUAGES else "th")


def whose(municipality: str, municipality_th: str = "") -> Iterator[Line]:
    """The municipality in the paper's language, and in Thai beside it."""
    yield Line(municipality, Role.TITLE, bold=True, most_rows=MOST_NAME_ROWS)
    if municipality_th and municipality_th != municipality:
        yield Line(municipality_th, most_rows=MOST_NAME_ROWS)


def as_copy(language: str) -> Iterator[Line]:
    """The word that a paper came out before, perhaps."""
    word, thai = words_in(language).gettext("Copy"), words_in("th").gettext("Copy")
    yield Line(word if word == thai else f"{word} · {thai}", Role.TITLE, bold=True)


def in_thai(said: str, thai: str, most_rows: int = 0) -> Iterator[Line]:
    """What stands in Thai beneath its like in another language."""
    if thai and thai != said:
        yield Line(thai, Role.SMALL, most_rows=most_rows)


def dated(day: date | None, language: str = "th", *, thai_digits: bool = False) -> Iterator[Line]:
    """The day, where the clock is no guess."""
    if day is not None:
        yield Line(day_in_words(day, language, thai_digits=thai_digits))
