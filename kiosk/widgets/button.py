"""Things to touch: answers on cards, the marigold step, the quiet ones."""

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty

from kiosk.theme import theme
from kiosk.widgets.icon import Icon
from kiosk.widgets.surface import draw_surface
from kiosk.widgets.text import Text
from kiosk.widgets.touch import Touchable

GROUNDS = {
    "card": ("card", "ink", ""),
    "step": ("marigold", "ink", ""),
    "primary": ("klong", "card", ""),
    "quiet": ("paper", "klong", ""),
    "outline": ("card", "klong", "line"),
    "header": ("klong", "card", ""),
}
"""Look: ground, text, border."""
PRESSED = {"card": "pressed", "paper": "pressed", "klong": "deep"}
"""A ground under a finger; marigold only sinks, for nothing darker bears ink as well."""


class Plate(Touchable):
    """A rounded surface with an icon, words and perhaps a second line.

    `layout` `row` puts the icon before the words, `column` above them. A disabled button
    keeps its place and says by its look that it does not act.
    """

    icon = StringProperty("")
    second = StringProperty("")
    role = StringProperty("body")
    bold = BooleanProperty(False)
    look = OptionProperty("card", options=list(GROUNDS))
    layout = OptionProperty("row", options=["row", "column"])
    halign = OptionProperty("left", options=["left", "center"])
    icon_scale = NumericProperty(1.35)
    chosen = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self._icon = Icon(valign="middle")
        self._words = Text()
        self._second = Text(role="small", ink="muted", valign="top")
        self._lay = Clock.create_trigger(self._lay_out, -1)
        super().__init__(**properties)
        for part in (self._icon, self._words, self._second):
            self.add_widget(part)
        watched = ("text", "icon", "second", "role", "bold", "look", "layout", "halign")
        for name in (*watched, "pos", "size", "is_pressed", "disabled", "chosen", "icon_scale"):
            self.fbind(name, self._lay)
        self._lay_out()

    @property
    def fits(self) -> bool:
        """Whether all its words are to be seen."""
        return all(part.fits for part in (self._words, self._second) if part.text)

    def _lay_out(self, *_: object) -> None:
        ground, ink, border = GROUNDS[self.look]
        if self.disabled:
            ground, ink, border = "paper", "muted", "line"
        self._draw_ground(ground, border)
        self._icon.icon, self._icon.role = self.icon, self.role
        self._icon.ink = "klong" if ink == "ink" and self.look == "card" else ink
        self._icon.scale = self.icon_scale
        self._words.text, self._words.ink = self.text, ink
        self._words.role, self._words.bold = self.role, self.bold
        self._second.text = self.second
        self._second.ink = "muted" if ink == "ink" and not self.chosen else ink
        (self._place_row if self.layout == "row" else self._place_column)()

    def _draw_ground(self, ground: str, border: str) -> None:
        if self.is_pressed:
            ground = PRESSED.get(ground, ground)
        self.canvas.before.clear()
        with self.canvas.before:
            lifted = self.look in ("card", "step", "primary") and not self.disabled
            is_sunk = self.is_pressed and self.look != "header"  # which is a part of the band
            sunk = round(theme.mm(0.4)) if is_sunk else 0
            draw_surface(
                (self.x, self.y - sunk),
                self.size,
                "wash" if self.chosen else ground,
                border="klong" if self.chosen else border,
                shadow=lifted and not self.is_pressed,
            )

    def _place_row(self) -> None:
        pad = theme.mm(4)
        icon = round(self._icon.em * 1.1) if self.icon else 0
        left = self.x + pad + (icon + theme.mm(3) if icon else 0)
        if self.halign == "center" and not icon:
            left = self.x + pad / 2
        self._icon.pos, self._icon.size = (self.x + pad, self.y), (icon, self.height)
        right = self.right - (pad / 2 if self.halign == "center" else pad)
        self._place_words(left, self.y, right - left, self.height, self.halign)

    def _place_column(self) -> None:
        pad = theme.mm(2)
        share = (0.55 if self.text else 1.0) if self.icon else 0.0
        self._icon.size = (self.width, self.height * share)
        inset = pad / 2 if self.text else 0
        self._icon.pos = (self.x, self.top - self.height * share - inset)
        tall = self.height * (1 - share) - pad / 2
        self._place_words(self.x + pad, self.y + pad / 2, self.width - 2 * pad, tall, "center")

    def _place_words(self, x: float, y: float, width: float, height: float, halign: str) -> None:
        share = 0.42 if self.second else 0.0
        self._words.halign = self._second.halign = halign
        self._words.valign = "bottom" if self.second else "middle"
        self._words.pos, self._words.size = (x, y + height * share), (width, height * (1 - share))
        self._second.pos, self._second.size = (x, y), (width, height * share)


class Choice(Plate):
    """An answer on a card."""


class Step(Plate):
    """The one next step, in marigold."""

    def __init__(self, **properties: object) -> None:
        super().__init__(**{"look": "step", "bold": True, "halign": "center", **properties})
