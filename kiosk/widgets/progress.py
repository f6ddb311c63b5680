"""How far one is: a dot for each question, the present one long and marigold."""

from kivy.graphics import Color, RoundedRectangle
from kivy.properties import NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.theme import theme


class Progress(Widget):  # type: ignore[misc]  # Kivy has no types
    """Question `number` of `count`; nothing where `count` is 0. `ink` is for what is done."""

    number = NumericProperty(0)
    count = NumericProperty(0)
    ink = StringProperty("klong")

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        for name in ("number", "count", "ink", "pos", "size"):
            self.fbind(name, self._draw)
        self._draw()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if not self.count:
            return
        dot, gap, long = theme.mm(2), theme.mm(2), theme.mm(7)
        wide = (self.count - 1) * (dot + gap) + long
        x, y = self.x + (self.width - wide) / 2, self.y + (self.height - dot) / 2
        with self.canvas:
            for number in range(1, int(self.count) + 1):
                is_now = number == self.number
                done = self.ink if number < self.number else "line"
                Color(*theme.colour("marigold" if is_now else done))
                width = long if is_now else dot
                RoundedRectangle(pos=(x, y), size=(width, dot), radius=[dot / 2])
                x += width + gap
