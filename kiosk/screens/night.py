"""The glass while the house is closed and nobody is there: black, and still."""

from kivy.graphics import Color, Rectangle
from kivy.uix.floatlayout import FloatLayout


class NightSheet(FloatLayout):  # type: ignore[misc]  # Kivy has no types
    """Covers the glass; also where a panel has no light to put out."""

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        with self.canvas.before:
            Color(0, 0, 0, 1)
            self._ground = Rectangle()
        self.bind(pos=self._spread, size=self._spread)

    def _spread(self, *_: object) -> None:
        self._ground.pos, self._ground.size = self.pos, self.size
