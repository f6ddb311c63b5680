"""The ring that empties while a question waits for an answer."""

from kivy.graphics import Color, Line
from kivy.properties import NumericProperty
from kivy.uix.widget import Widget

from kiosk.theme import theme
from kiosk.widgets.text import Text

FULL_CIRCLE = 360


class Countdown(Widget):  # type: ignore[misc]  # Kivy has no types
    """`left` of `total` seconds: a ring with the number inside."""

    left = NumericProperty(0)
    total = NumericProperty(1)

    def __init__(self, **properties: object) -> None:
        self._number = Text(role="title", bold=True, halign="center", ink="klong")
        super().__init__(**properties)
        self.add_widget(self._number)
        for name in ("left", "total", "pos", "size"):
            self.fbind(name, self._draw)
        self._draw()

    def _draw(self, *_: object) -> None:
        self._number.text = str(max(0, round(self.left)))
        self._number.pos, self._number.size = self.pos, self.size
        radius, thick = min(self.size) / 2 - theme.mm(1.5), theme.mm(0.9)
        # not center_x and center_y: while `pos` is told, those still stand where they were
        middle = self.x + self.width / 2, self.y + self.height / 2
        share = min(1.0, max(0.0, self.left / self.total))
        self.canvas.before.clear()
        with self.canvas.before:
            Color(*theme.colour("pressed"))
            Line(circle=(*middle, radius), width=thick)
            Color(*theme.colour("marigold"))
            arc = (*middle, radius, 0, FULL_CIRCLE * share)
            Line(circle=arc, width=thick, cap="none")
