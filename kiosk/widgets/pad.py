"""A sheet for one finger: what it writes is kept as strokes."""

from kivy.clock import Clock
from kivy.graphics import Color, Ellipse, Line
from kivy.input import MotionEvent
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.theme import theme
from kiosk.widgets.surface import draw_surface
from sync.drawing import MOST_POINTS, MOST_STROKES, PEN, Drawing

UNITS_PER_MM = 10
STEP = 4
"""Units that a finger must have moved before another point is kept."""

Stroke = list[int]


class Pad(Widget):  # type: ignore[misc]  # Kivy has no types
    """Takes one finger at a time; `on_change` follows each stroke.

    What it holds is `drawing`, None while it is empty. Once it `is_full` it takes no more.
    """

    name = StringProperty("pad")
    is_full = BooleanProperty(False)
    __events__ = ("on_change",)

    def __init__(self, **properties: object) -> None:
        self._strokes: list[Stroke] = []
        self._finger: object = None
        self._again = Clock.create_trigger(self._draw, -1)
        super().__init__(**properties)
        for name in ("pos", "size"):
            self.fbind(name, self._again)

    @property
    def drawing(self) -> Drawing | None:
        """All strokes so far."""
        if not self._strokes:
            return None
        wide, tall = self._units(self.width), self._units(self.height)
        strokes = [list(stroke) for stroke in self._strokes]
        return Drawing(width=max(1, wide), height=max(1, tall), strokes=strokes)

    def take(self, drawing: Drawing | None) -> None:
        """Show this, in the place of what is there."""
        self._strokes = [list(stroke) for stroke in drawing.strokes] if drawing else []
        self._finger = None
        self._again()

    def undo(self) -> None:
        """Take the last stroke away."""
        if self._strokes:
            self._strokes.pop()
            self._finger = None
            self._changed()

    def clear(self) -> None:
        """Take everything away."""
        if self._strokes:
            self._strokes, self._finger = [], None
            self._changed()

    def wipe(self) -> None:
        """Forget everything, and tell nobody."""
        self._strokes, self._finger, self.is_full = [], None, False
        self.canvas.after.clear()

    def on_change(self) -> None:
        """There is another stroke, or one less. It comes without them."""

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """A stroke begins; a palm or a second finger beside it draws nothing."""
        if self.disabled or not self.collide_point(*touch.pos):
            return False
        if self._finger is None and not self._is_full():
            touch.grab(self)
            self._finger = touch.uid
            self._strokes.append(list(self._place(touch)))
            self._draw_stroke(self._strokes[-1])
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """It goes on; beyond the edge it stays at the edge."""
        if touch.grab_current is not self:
            return False
        if touch.uid != self._finger:  # its stroke was taken away meanwhile
            return True
        stroke, (x, y) = self._strokes[-1], self._place(touch)
        if max(abs(x - stroke[-2]), abs(y - stroke[-1])) >= STEP and not self._is_full():
            stroke += (x, y)
            self._lengthen(stroke)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """It ends."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if touch.uid == self._finger:
            self._finger = None
            self._changed()
        return True

    def _changed(self) -> None:
        self.is_full = self._is_full()
        self._again()
        self.dispatch("on_change")

    def _is_full(self) -> bool:
        points = sum(map(len, self._strokes)) // 2
        return points >= MOST_POINTS or len(self._strokes) >= MOST_STROKES

    def _place(self, touch: MotionEvent) -> tuple[int, int]:
        x = min(max(touch.x - self.x, 0), self.width)
        y = min(max(self.top - touch.y, 0), self.height)
        return self._units(x), self._units(y)

    def _units(self, length_px: float) -> int:
        return round(length_px / theme.px_per_mm * UNITS_PER_MM)

    def _pixels(self, stroke: Stroke) -> list[float]:
        scale = theme.px_per_mm / UNITS_PER_MM
        flat = []
        for x, y in zip(stroke[::2], stroke[1::2], strict=True):
            flat += [self.x + x * scale, self.top - y * scale]
        return flat

    def _draw(self, *_: object) -> None:
        self.canvas.before.clear()
        with self.canvas.before:
            draw_surface(self.pos, self.size, "card", border="line")
        self.canvas.after.clear()
        for stroke in self._strokes:
            self._draw_stroke(stroke)

    def _draw_stroke(self, stroke: Stroke) -> None:
        points, pen = self._pixels(stroke), PEN * theme.px_per_mm / UNITS_PER_MM
        with self.canvas.after:
            Color(*theme.colour("ink"))
            if len(points) == 2:
                Ellipse(pos=(points[0] - pen / 2, points[1] - pen / 2), size=(pen, pen))
            self._line = Line(points=points, width=pen / 2, cap="round", joint="round")

    def _lengthen(self, stroke: Stroke) -> None:
        self._line.points = self._pixels(stroke)
