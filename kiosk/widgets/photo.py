"""One decoded picture, with what it shows in small letters below it."""

from kivy.graphics import Color, Rectangle
from kivy.graphics.texture import Texture
from kivy.uix.widget import Widget

from kiosk.picturing import Frame
from kiosk.theme import theme
from kiosk.widgets.lettering import line_height
from kiosk.widgets.text import Text

MOST_LINES = 2
"""Of a caption."""


class Photo(Widget):  # type: ignore[misc]  # Kivy has no types
    """A picture as large as its widget allows, and never larger than it was decoded.

    `label` and `caption` stand below it, each where it is not empty. `release` gives the
    picture's memory back at once.
    """

    def __init__(self, frame: Frame, label: str, caption: str, **properties: object) -> None:
        super().__init__(**properties)
        self._full = frame.width, frame.height
        texture = Texture.create(size=self._full, colorfmt="rgba")
        texture.blit_buffer(frame.rgba, colorfmt="rgba", bufferfmt="ubyte")
        with self.canvas:
            Color(1, 1, 1)
            self._shown = Rectangle(texture=texture)
        told = [(label, "body", True, 1), (caption, "small", False, MOST_LINES)]
        self._told = [
            (Text(text=words, role=role, bold=bold, ink="card", valign="top", shortens=True), most)
            for words, role, bold, most in told
            if words
        ]
        for text, _ in self._told:
            self.add_widget(text)
        self.bind(pos=self._lay_out, size=self._lay_out)

    @property
    def picture_box(self) -> tuple[float, float, float, float]:
        """Where the picture itself stands: x, y, width, height."""
        return (*self._shown.pos, *self._shown.size)

    def needs(self, width: float, height: float) -> tuple[float, float]:
        """How wide and high it is, words and all, in a box of this size."""
        wide, high = self._picture_in(width, height)
        return wide, high + self._below

    def release(self) -> None:
        """Let go of the picture; nothing is shown afterwards."""
        self.canvas.clear()
        self._shown = None

    @property
    def _below(self) -> float:
        """What the words take."""
        heights = [most * line_height(theme.em(text.role)) for text, most in self._told]
        return sum(heights) + theme.grid / 2 if heights else 0.0

    def _picture_in(self, width: float, height: float) -> tuple[int, int]:
        share = min(1.0, width / self._full[0], (height - self._below) / self._full[1])
        return max(1, round(self._full[0] * share)), max(1, round(self._full[1] * share))

    def _lay_out(self, *_: object) -> None:
        if self._shown is None:
            return
        width, height = self._picture_in(*self.size)
        left = round(self.x + (self.width - width) / 2)
        top = self.top - (self.height - self._below - height) / 2
        self._shown.size = width, height
        self._shown.pos = left, round(top - height)
        top -= height + theme.grid / 2
        for text, most in self._told:
            tall = most * line_height(theme.em(text.role))
            text.size, text.pos = (self.right - left, tall), (left, top - tall)
            top -= tall


def words_height(*, is_compared: bool) -> float:
    """The most that words below a picture take."""
    label = line_height(theme.em("body")) if is_compared else 0
    return float(label + MOST_LINES * line_height(theme.em("small")) + theme.grid)
