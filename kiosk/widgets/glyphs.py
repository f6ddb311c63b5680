"""The letters of the icons' font, by the icons' names. Needs no Kivy."""

from functools import cache
from importlib import import_module


@cache
def glyph(name: str) -> str:
    """The character of an icon.

    Raises:
        LookupError: there is no icon of that name.
    """
    names = import_module("fonticon_mdi7").MDI7
    try:
        _, letter = getattr(names, name.replace("-", "_")).split(".", 1)
    except AttributeError as error:
        raise LookupError(f"no icon named {name!r}") from error
    return str(letter)
