"""The five faces of a rating: one head, on five days. Ours, drawn with lines.

Smooth lines are dear to paint, so a head is drawn once for its size and colours, and kept.
"""

from functools import lru_cache

from kivy.clock import Clock
from kivy.graphics import Color, Ellipse, Fbo, Rectangle, SmoothLine
from kivy.graphics.texture import Texture
from kivy.properties import BooleanProperty, NumericProperty

from kiosk.theme import Colour, theme
from kiosk.widgets.surface import dot_by_dot, draw_surface
from kiosk.widgets.text import Text
from kiosk.widgets.touch import Touchable

MOUTHS = {1: -0.16, 2: -0.09, 3: 0.0, 4: 0.14, 5: 0.24}
"""How far the mouth's middle hangs below its corners, in heads; negative: arched up."""
BROWS = {1: 0.05, 2: 0.04, 3: 0.0, 4: 0.0, 5: 0.0}
"""How far a brow's inner end lies below its outer one, in heads."""
SKINS = {1: "#E9B7A8", 2: "#F3CFA6", 3: "#F6E2A8", 4: "#DDE6B0", 5: "#BFE0C0"}
WIDE = 0.7
"""A small face lower than so much of its width has its word beside the head."""
HEAD_SHARE = 0.42
"""What of the width is then the head's at most."""


class Face(Touchable):
    """A face with its word beneath; `score` is 1, least content, to 5.

    With `is_small` the word is small too, and more of the height is left for the head; where
    there is little of it, the word stands beside.
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
        self._word.role, self._word.text = role, self.text
        place = self._beside if self.is_small and self.height < self.width * WIDE else self._above
        middle, wide = place(theme.em(role) * 3.1, theme.mm(gap_mm))
        head = max(1, round(wide))
        self.canvas.before.clear()
        with self.canvas.before:
            ground = "pressed" if self.is_pressed else "wash" if self.chosen else "card"
            border = "klong" if self.chosen else ""
            draw_surface(self.pos, self.size, ground, border=border, shadow=not self.is_pressed)
            Color(1, 1, 1)
            texture = _head(int(self.score), head, theme.colour("ink"))
            corner = (round(middle[0] - texture.width / 2), round(middle[1] - texture.height / 2))
            Rectangle(texture=texture, pos=corner, size=texture.size)

    def _above(self, word: float, gap: float) -> tuple[tuple[float, float], float]:
        """The head's middle and size over a word of this height."""
        self._word.pos, self._word.size = (self.x + 4, self.y + 4), (self.width - 8, word)
        head = min(self.width, self.height - word) - gap
        return (self.center_x, self.y + word + (self.height - word) / 2), head

    def _beside(self, _: float, gap: float) -> tuple[tuple[float, float], float]:
        """The same with the word on the right."""
        head = min(self.height - gap, self.width * HEAD_SHARE)
        left = head + gap
        self._word.pos = self.x + left, self.y + 4
        self._word.size = self.width - left - 4, self.height - 8
        return (self.x + gap / 2 + head / 2, self.center_y), head


@lru_cache(maxsize=60)
def _head(score: int, head: int, ink: Colour) -> Texture:
    """A head, `head` pixels across, with room for half its stroke around it.

    Around it is ink that is not seen, so that the edge of its outline fades into that.
    """
    side = head + 2 * round(_stroke(head))
    picture = Fbo(size=(side, side), clear_color=(*ink[:3], 0))
    with picture:
        _draw_head(score, side / 2, head, ink)
    picture.draw()
    return dot_by_dot(picture.texture)


def _stroke(head: float) -> float:
    return max(2.0, head * 0.035)


def _draw_head(score: int, middle: float, head: float, ink: Colour) -> None:
    skin, line = SKINS[score], _stroke(head) / 2 + 0.5
    Color(*(int(skin[at : at + 2], 16) / 255 for at in (1, 3, 5)), 1)
    Ellipse(pos=(middle - head / 2, middle - head / 2), size=(head, head))
    Color(*ink)
    SmoothLine(circle=(middle, middle, head / 2), width=line)
    for side in (-1, 1):
        _draw_eye(score, middle + side * head * 0.18, middle + head * 0.1, head, side)
    _draw_mouth(score, middle, middle - head * 0.2, head)


def _draw_eye(score: int, x: float, y: float, head: float, side: int) -> None:
    line = _stroke(head) / 2 + 0.5
    if score == max(MOUTHS):  # eyes that laugh are arcs
        arc = [x - head * 0.08, y, x, y + head * 0.1, x + head * 0.08, y]
        SmoothLine(bezier=arc, width=line)
    else:
        size = head * 0.09 - 1
        eye = (x - size / 2, y - size / 2, size, size * 1.25)
        Ellipse(pos=eye[:2], size=eye[2:])
        SmoothLine(ellipse=eye, width=1)  # an ellipse alone is jagged
    if drop := BROWS[score] * head:
        inner, outer = x - side * head * 0.07, x + side * head * 0.09
        brow = y + head * 0.17
        slope = -1 if score == min(MOUTHS) else 1
        ends = [inner, brow + slope * drop / 2, outer, brow - slope * drop / 2]
        SmoothLine(points=ends, width=line)


def _draw_mouth(score: int, x: float, y: float, head: float) -> None:
    line = _stroke(head) / 2 + 0.5
    sag, half = MOUTHS[score] * head, head * 0.22
    corner = y + max(sag, 0) * 0.5 + min(sag, 0) * 0.5
    curve = [x - half, corner, x, corner - 2 * sag, x + half, corner]
    SmoothLine(bezier=curve, width=line)
    if score == max(MOUTHS):  # the widest smile is open
        SmoothLine(points=[x - half, corner, x + half, corner], width=line)
