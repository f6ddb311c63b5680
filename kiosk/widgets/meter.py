"""How loud it is now: bars that light up from the left."""

from kivy.graphics import Color, RoundedRectangle
from kivy.properties import NumericProperty
from kivy.uix.widget import Widget

from kiosk.theme import theme

BARS = 25


class Meter(Widget):  # type: ignore[misc]  # Kivy has no types
    """`level` is from 0 to 1; louder bars are taller too, so that colour is not the only sign."""

    level = NumericProperty(0)

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        for name in ("level", "pos", "size"):
            self.fbind(name, self._draw)
        self._draw()

    @property
    def lit(self) -> int:
        """How many bars are lit."""
        return int(min(1.0, max(0.0, self.level)) * BARS + 0.5)

    def _draw(self, *_: object) -> None:
        step = self.width / BARS
        wide = step * 0.6
        self.canvas.clear()
        with self.canvas:
            for number in range(BARS):
                Color(*theme.colour("klong" if number < self.lit else "line"))
                tall = self.height * (0.35 + 0.65 * (number + 1) / BARS)
                left, below = self.x + number * step, self.y + (self.height - tall) / 2
                RoundedRectangle(
                    pos=(round(left), round(below)),
                    size=(round(wide), round(tall)),
                    radius=[wide / 2],
                )
