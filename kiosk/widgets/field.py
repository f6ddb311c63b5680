"""Where a resident's words appear: our own field, typed into by our own keyboard only."""

from bisect import bisect_left

from kivy.graphics import Color, Rectangle
from kivy.input import MotionEvent
from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty

from kiosk.theme import theme
from kiosk.widgets.lettering import drawn, hanging, line_height, width_of
from kiosk.widgets.lines import cluster_border, clusters, word_start, wrap
from kiosk.widgets.pen import pen
from kiosk.widgets.surface import draw_ring, draw_surface
from kiosk.widgets.text import ROLES
from kiosk.widgets.touch import Touchable
from kiosk.widgets.wings import wings_of

MASK = "•"


class Field(Touchable):
    """Text with a caret that never stands inside a cluster.

    `hint` shows while it is empty; `most` is the longest text in characters, further ones
    are not taken; one line unless `is_multiline`. Touching it asks for the focus. One that
    `is_masked` shows dots while nobody types in it: whoever stands behind reads nothing.
    """

    hint = StringProperty("")
    role = OptionProperty("body", options=ROLES)
    most = NumericProperty(10_000)
    is_multiline = BooleanProperty(False)
    has_focus = BooleanProperty(False)
    is_masked = BooleanProperty(False)
    caret = NumericProperty(0)
    __events__ = ("on_edit",)

    def __init__(self, **properties: object) -> None:
        self._lines: list[str] = []
        self._first = 0
        self._just_typed = 0
        super().__init__(**properties)
        for name in (
            "caret",
            "hint",
            "role",
            "pos",
            "size",
            "has_focus",
            "is_masked",
            "is_multiline",
        ):
            self.fbind(name, self.draw_soon)
        self.fbind("text", self._take_text)
        self._take_text()

    def insert(self, words: str) -> None:
        """Put `words` at the caret, as far as there is room for them."""
        self._just_typed = 0
        taken = words[: max(0, int(self.most) - len(self.text))]
        if not self.is_multiline:
            taken = taken.replace("\n", "")
        if not taken:
            return
        at = int(self.caret)
        self._edit(self.text[:at] + taken + self.text[at:], at + len(taken))
        self._just_typed = len(taken)

    def swap(self, words: str) -> None:
        """Put `words` in the place of what was inserted last; nothing, if that was refused."""
        count, at = self._just_typed, int(self.caret)
        if count and len(self.text) - count + len(words) <= self.most:
            start = at - count
            self._edit(self.text[:start] + words + self.text[at:], start + len(words))

    def erase_word(self) -> None:
        """Take away the word before the caret, by ICU's borders, and the blanks after it."""
        at = int(self.caret)
        start = word_start(self.text, at)
        if at:
            self._edit(self.text[:start] + self.text[at:], start)

    def backspace(self) -> None:
        """Take away the character before the caret: of a cluster its last mark first."""
        at = int(self.caret)
        if at:
            self._edit(self.text[: at - 1] + self.text[at:], at - 1)

    def move(self, by: int) -> None:
        """Let the caret stand so many letters further on, or before where `by` is less than 0."""
        borders = clusters(self.text)
        at = bisect_left(borders, int(self.caret)) + by
        self.caret, self._just_typed = borders[min(max(0, at), len(borders) - 1)], 0

    def wipe(self) -> None:
        """Forget everything."""
        self.text = ""
        self.has_focus = False
        self.canvas.clear()
        self.draw_soon()  # an empty one changes by nothing, and would come back without its hint

    def on_edit(self) -> None:
        """The resident changed the text. It comes without it: kv keeps an event's words."""

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Put the caret at the cluster border nearest to the finger."""
        if touch.grab_current is self and self.collide_point(*touch.pos):
            self.caret = len(self.text) if self._is_hidden else self._caret_at(*touch.pos)
            self._just_typed = 0
        return bool(super().on_touch_up(touch))

    def _edit(self, text: str, caret: int) -> None:
        self.text = text
        self.caret = self._allowed(caret)
        self.dispatch("on_edit")

    def _take_text(self, *_: object) -> None:
        self._just_typed = 0
        self.caret = len(self.text)
        self.draw_soon()
        self.draw_now()

    def _allowed(self, caret: int) -> int:
        """Where a caret may stand: at a border, or after the mark just typed."""
        return caret if caret == len(self.text) else cluster_border(self.text, caret)

    @property
    def _em(self) -> float:
        return theme.em(self.role)

    @property
    def _step(self) -> int:
        return line_height(self._em)

    @property
    def _inner(self) -> tuple[float, float, float]:
        """Left edge, top edge and width of the text."""
        pad = theme.mm(3)
        tall = self.height - 2 * pad
        top = self.top - pad if self.is_multiline else self.center_y + self._step / 2
        return self.x + pad, min(top, self.y + pad + tall + self._step), self.width - 2 * pad

    def draw_soon(self, *_: object) -> None:
        """Before the next frame, once everything has found its place."""
        pen.add(self)

    def draw(self) -> None:
        """At once if it is in sight, or else when it comes on."""
        if wings := wings_of(self):
            wings.put_off(self)
        else:
            self.draw_now()

    def draw_now(self) -> None:
        """At once, in sight or not."""
        left, top, wide = self._inner
        self._lines = wrap(self._shown, wide if self.is_multiline else float("inf"), self._width)
        row, column = self._caret_place(int(self.caret))
        shown = max(1, int((top - self.y) // self._step))
        self._first = min(max(self._first, row - shown + 1), row)
        self.canvas.clear()
        with self.canvas:
            if self.has_focus:
                draw_ring(self.pos, self.size, "klong", round(theme.mm(0.4)))
            draw_surface(self.pos, self.size, "card", border="" if self.has_focus else "line")
            self._draw_hint(left, top, wide)
            for number, line in enumerate(self._lines[self._first :][:shown]):
                self._draw_line(line, left, top - self._step * (number + 1), wide)
            if self.has_focus:
                self._draw_caret(left + column, top - self._step * (row - self._first + 1))

    @property
    def _is_hidden(self) -> bool:
        return bool(self.is_masked and not self.has_focus)

    @property
    def _shown(self) -> str:
        return MASK * (len(clusters(self.text)) - 1) if self._is_hidden else str(self.text)

    def _draw_hint(self, x: float, top: float, wide: float) -> None:
        if self.text or not self.hint:
            return
        Color(*theme.colour("muted"))
        lines = wrap(self.hint, wide if self.is_multiline else float("inf"), self._width)
        for number, line in enumerate(lines):
            texture = drawn(line.rstrip(), self._em)
            y = round(top - self._step * (number + 1)) - hanging(texture, self._em)
            Rectangle(texture=texture, pos=(round(x), y), size=texture.size)

    def _draw_line(self, line: str, x: float, y: float, wide: float) -> None:
        words = line.rstrip("\n")
        if not words:
            return
        Color(*theme.colour("ink"))
        texture = drawn(words, self._em)
        shown = min(texture.width, wide)
        part = texture.get_region(texture.width - shown, 0, shown, texture.height)
        Rectangle(
            texture=part, pos=(round(x), round(y) - hanging(texture, self._em)), size=part.size
        )

    def _draw_caret(self, x: float, y: float) -> None:
        Color(*theme.colour("klong"))
        thick = max(2, round(theme.mm(0.4)))
        right = self.right - theme.mm(2)
        Rectangle(pos=(min(round(x), right), round(y)), size=(thick, self._step))

    def _caret_place(self, caret: int) -> tuple[int, float]:
        """The caret's line and its distance from the left edge."""
        start = 0
        for row, line in enumerate(self._lines):
            is_last = row == len(self._lines) - 1
            if caret < start + len(line) or is_last:
                return row, self._width(line[: caret - start].rstrip("\n"))
            start += len(line)
        return 0, 0.0

    def _caret_at(self, x: float, y: float) -> int:
        left, top, _ = self._inner
        row = min(max(0, int((top - y) // self._step)) + self._first, len(self._lines) - 1)
        line = self._lines[row].rstrip("\n")
        start = sum(len(before) for before in self._lines[:row])
        distances = {at: abs(left + self._width(line[:at]) - x) for at in clusters(line)}
        return start + min(distances, key=distances.__getitem__)

    def _width(self, words: str) -> float:
        return width_of(words.rstrip("\n"), self._em)
