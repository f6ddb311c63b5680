"""Material Design Icons by name, drawn as letters of their font."""

from functools import cache
from importlib import import_module

from kivy.properties import StringProperty

from kiosk.widgets.lettering import ICON
from kiosk.widgets.text import Text


class Icon(Text):
    """One icon; `icon` is its name on the Material Design Icons site, empty for none."""

    icon = StringProperty("")

    def __init__(self, **properties: object) -> None:
        super().__init__(**{"face": ICON, "halign": "center", **properties})
        self.fbind("icon", self._spell)
        self._spell()

    def _spell(self, *_: object) -> None:
        self.text = glyph(self.icon) if self.icon else ""


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
