"""Our own label: shaped Thai, lines that end between words, nothing cut."""

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.properties import (
    BooleanProperty,
    NumericProperty,
    OptionProperty,
    StringProperty,
)
from kivy.uix.widget import Widget

from kiosk.i18n import tr
from kiosk.theme import theme
from kiosk.widgets.lettering import ICON, drawn, hanging, known_width_of, line_height, width_of
from kiosk.widgets.lines import clusters, wrap
from kiosk.widgets.pen import pen
from kiosk.widgets.wings import wings_of

ELLIPSIS = "…"
SHARES = (1.0, 0.88, 0.77)
"""Of its role's size: what words that do not fit are set in, one after the other."""
ROLES = ["title", "question", "body", "key", "small"]


class Text(Widget):  # type: ignore[misc]  # Kivy has no types
    """Words in one role of the theme.

    `ink` names a colour; with `hugs` the widget takes the height of its lines, of
    `most_lines` at most unless that is 0;
    `scale` is for the few numbers larger than any role. What does not fit is set smaller,
    and what does not fit then is left out and an ellipsis says so: it `is_cut`. With
    `shortens` it is never set smaller. `lines` is what is shown. Digits are Thai where
    the profile wants that, unless the text is `as_typed`: to be copied, or typed by somebody;
    how wide other words are is kept for the next time.
    """

    text = StringProperty("")
    role = OptionProperty("body", options=ROLES)
    scale = NumericProperty(1.0)
    bold = BooleanProperty(False)
    ink = StringProperty("ink")
    halign = OptionProperty("left", options=["left", "center", "right"])
    valign = OptionProperty("middle", options=["top", "middle", "bottom"])
    hugs = BooleanProperty(False)
    most_lines = NumericProperty(0)
    shortens = BooleanProperty(False)
    face = StringProperty("")
    as_typed = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self.lines: list[str] = []
        self.is_cut = False
        self._share = 1.0
        self._shape: tuple[object, ...] = ()
        self._pieces: list[Texture | None] = []
        super().__init__(**properties)
        soon = self.draw_soon  # once: each look at it makes another object, for thousands of texts
        for name in ("text", "role", "scale", "bold", "ink", "halign", "valign", "size", "face"):
            self.fbind(name, soon)
        for name in ("pos", "as_typed"):
            self.fbind(name, soon)
        soon()

    @property
    def em(self) -> float:
        """The em in pixels."""
        return theme.em(self.role) * float(self.scale) * self._share

    @property
    def fits(self) -> bool:
        """Whether every line lies inside the widget."""
        tall = len(self.lines) * line_height(self.em) <= self.height + 1
        return tall and self._is_wide_enough()

    def _is_wide_enough(self) -> bool:
        return all(self._width(line) <= self.width + 1 for line in self.lines)

    def _most_lines(self) -> int:
        """How many lines there is room for."""
        if self.hugs:
            return int(self.most_lines) or len(self.lines)
        return max(1, int(self.height + 1) // line_height(self.em))

    def draw_soon(self, *_: object) -> None:
        """Before the next frame, once everything has found its place."""
        pen.add(self)

    def draw(self) -> None:
        """At once if it is in sight, or else when it comes on."""
        wings = wings_of(self)
        if wings is None:
            self.draw_now()
            return
        wings.put_off(self)
        if self._shape and self._shape[0] != self._said:  # what it says no longer goes at once
            self.lines, self._shape, self._pieces = [], (), []
            self.canvas.clear()

    def draw_now(self) -> None:
        """At once, in sight or not."""
        self._set_lines()
        step = line_height(self.em)
        tall = step * len(self.lines)
        if self.hugs and self.height != tall:
            self.size = (float(self.width), float(tall))
        top = self.y + (self.height + tall) / 2
        top = {"top": self.top, "bottom": self.y + tall}.get(self.valign, top)
        self.canvas.clear()
        with self.canvas:
            Color(*theme.colour(self.ink))
            for number, piece in enumerate(self._pieces):
                if piece is not None:
                    self._place(piece, round(top - step * (number + 1)))

    def _set_lines(self) -> None:
        """Break and letter the lines, unless they are what they were: most draws only move them."""
        said = self._said
        room = 0 if self.hugs else self.height
        shape = (said, self.width, room, theme.em(self.role) * self.scale, self._face)
        if shape == self._shape:
            return
        self._shape, self.is_cut = shape, False
        for share in SHARES[:1] if self.shortens else SHARES:
            self._share = share
            self.lines = [line.rstrip() for line in wrap(said, self.width, self._width)]
            most = self._most_lines()
            if len(self.lines) <= most and self._is_wide_enough():
                break
        else:
            self._shorten(most)
        self._pieces = [drawn(line, self.em, self._face) if line else None for line in self.lines]

    @property
    def _said(self) -> str:
        return str(self.text if self.as_typed else tr.digits(self.text))

    def _shorten(self, most: int) -> None:
        if len(self.lines) <= most:
            return
        self.is_cut = True
        last = self.lines[most - 1]
        borders = clusters(last)
        while len(borders) > 1 and self._width(last[: borders[-1]] + ELLIPSIS) > self.width:
            borders = borders[:-1]
        self.lines = [*self.lines[: most - 1], last[: borders[-1]] + ELLIPSIS]

    def _place(self, texture: Texture, y: int) -> None:
        spare = self.width - texture.width
        x = self.x + {"left": 0, "center": spare / 2, "right": spare}[self.halign]
        if self._face == ICON:
            y += (line_height(self.em) - texture.height) // 2
        else:
            y -= hanging(texture, self.em)
        Rectangle(texture=texture, pos=(round(x), y), size=texture.size)

    def _width(self, line: str) -> float:
        measure = width_of if self.as_typed else known_width_of
        return measure(line.rstrip(), self.em, self._face)

    @property
    def _face(self) -> str:
        return self.face or ("Bold" if self.bold else "Regular")
