"""Material Design Icons by name, drawn as letters of their font."""

from kivy.properties import StringProperty

from kiosk.theme import theme
from kiosk.widgets.glyphs import glyph
from kiosk.widgets.lettering import ICON
from kiosk.widgets.text import Text


class Icon(Text):
    """One icon; `icon` is its name on the Material Design Icons site, empty for none."""

    icon = StringProperty("")

    def __init__(self, **properties: object) -> None:
        super().__init__(**{"face": ICON, "halign": "center", **properties})
        self.fbind("icon", self._spell)
        self._spell()

    @property
    def em(self) -> float:
        """The em in pixels; an icon is never set smaller."""
        return theme.em(self.role) * float(self.scale)

    @property
    def fits(self) -> bool:
        """Whether the icon lies inside; it is as large as its em."""
        return bool(self.em <= min(self.size) + 1)

    def _spell(self, *_: object) -> None:
        self.text = glyph(self.icon) if self.icon else ""
