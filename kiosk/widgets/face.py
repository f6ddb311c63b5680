"""The five faces of a rating: one head, on five days. Ours, drawn with lines."""

from kivy.clock import Clock
from kivy.graphics import Color, Ellipse, SmoothLine
from kivy.properties import BooleanProperty, NumericProperty

from kiosk.theme import theme
from kiosk.widgets.surface import draw_surface
from kiosk.widgets.text import Text
from kiosk.widgets.touch import Touchable

MOUTHS = {1: -0.16, 2: -0.09, 3: 0.0, 4: 0.14, 5: 0.24}
"""How far the mouth's middle hangs below its corners, in heads; negative: arched up."""
BROWS = {1: 0.05, 2: 0.04, 3: 0.0, 4: 0.0, 5: 0.0}
"""How far a brow's inner end lies below its outer one, in heads."""
SKINS = {1: "#E9B7A8", 2: "#F3CFA6", 3: "#F6E2A8", 4: "#DDE6B0", 5: "#BFE0C0"}


class Face(Touchable):
    """A face with its word beneath; `score` is 1, least content, to 5.

    With `is_small` the word is small too, and more of the height is left for the head.
    """

    score = NumericProperty(3)
    is_small = BooleanProperty(False)
    chosen = BooleanProperty(False)

    def __init__(self, **properties: object) -> None:
        self._word = Text(halign="center", valign="middle", role="body")
        self._again = Clock.create_trigger(self._draw, -1)
        super().__init__(**properties)
        self.add_widget(self._word)
        for name in ("score", "text", "pos", "size", "is_pressed", "is_small", "chosen"):
            self.fbind(name, self._again)
        self._draw()

    @property
    def fits(self) -> bool:
        """Whether its word is all to be seen."""
        return self._word.fits

    def _draw(self, *_: object) -> None:
        role, gap_mm = ("small", 3) if self.is_small else ("body", 7)
        word = theme.em(role) * 3.1
        self._word.role, self._word.text = role, self.text
        self._word.pos, self._word.size = (self.x + 4, self.y + 4), (self.width - 8, word)
        head = min(self.width, self.height - word) - theme.mm(gap_mm)
        middle = (self.center_x, self.y + word + (self.height - word) / 2)
        self.canvas.before.clear()
        with self.canvas.before:
            ground = "pressed" if self.is_pressed else "wash" if self.chosen else "card"
            border = "klong" if self.chosen else ""
            draw_surface(self.pos, self.size, ground, border=border, shadow=not self.is_pressed)
            self._draw_head(middle, head)

    def _draw_head(self, middle: tuple[float, float], head: float) -> None:
        x, y = middle
        stroke = max(2.0, head * 0.035)
        skin = SKINS[int(self.score)]
        Color(*(int(skin[at : at + 2], 16) / 255 for at in (1, 3, 5)), 1)
        Ellipse(pos=(x - head / 2, y - head / 2), size=(head, head))
        Color(*theme.colour("ink"))
        SmoothLine(circle=(x, y, head / 2), width=stroke / 2 + 0.5)
        for side in (-1, 1):
            self._draw_eye(x + side * head * 0.18, y + head * 0.1, head, side, stroke)
        self._draw_mouth(x, y - head * 0.2, head, stroke)

    def _draw_eye(self, x: float, y: float, head: float, side: int, stroke: float) -> None:
        if self.score == max(MOUTHS):  # eyes that laugh are arcs
            arc = [x - head * 0.08, y, x, y + head * 0.1, x + head * 0.08, y]
            SmoothLine(bezier=arc, width=stroke / 2 + 0.5)
        else:
            size = head * 0.09
            Ellipse(pos=(x - size / 2, y - size / 2), size=(size, size * 1.25))
        drop = BROWS[int(self.score)] * head
        if drop:
            inner, outer = x - side * head * 0.07, x + side * head * 0.09
            brow = y + head * 0.17
            slope = -1 if self.score == min(MOUTHS) else 1
            ends = [inner, brow + slope * drop / 2, outer, brow - slope * drop / 2]
            SmoothLine(points=ends, width=stroke / 2 + 0.5)

    def _draw_mouth(self, x: float, y: float, head: float, stroke: float) -> None:
        sag, half = MOUTHS[int(self.score)] * head, head * 0.22
        corner = y + max(sag, 0) * 0.5 + min(sag, 0) * 0.5
        curve = [x - half, corner, x, corner - 2 * sag, x + half, corner]
        SmoothLine(bezier=curve, width=stroke / 2 + 0.5)
        if self.score == max(MOUTHS):  # the widest smile is open
            SmoothLine(points=[x - half, corner, x + half, corner], width=stroke / 2 + 0.5)
