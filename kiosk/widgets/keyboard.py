"""The on-screen keyboard: one canvas, large keys, no gaps to miss into."""

from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec
from kivy.clock import Clock
from kivy.graphics import Color, InstructionGroup, Rectangle
from kivy.graphics.texture import Texture
from kivy.input import MotionEvent
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.languages import ALPHABETS, NAMES
from kiosk.theme import theme
from kiosk.widgets.glyphs import glyph
from kiosk.widgets.held import Held, further, strip_over
from kiosk.widgets.layouts import Key, layout_for, shown, speaks
from kiosk.widgets.lettering import ICON, drawn
from kiosk.widgets.pen import pen
from kiosk.widgets.surface import draw_surface
from kiosk.widgets.wings import wings_of

REPEAT_AFTER_S = 0.45
REPEAT_EVERY_S = 0.07
HOLD_AFTER_S = 0.5
"""A finger that stays this long wants another letter."""
WORDS_AFTER = 14
"""Repeats after which backspace takes whole words: some one and a half seconds."""
WORD_PAUSE = 4
"""Words go this much slower than letters, or one could not stop in time."""
REPEATING = ("backspace", "space", "left", "right")
ICONS = {
    "shift": "apple-keyboard-shift",
    "backspace": "backspace-outline",
    "enter": "keyboard-return",
    "hide": "keyboard-close-outline",
    "left": "chevron-left",
    "right": "chevron-right",
}


CARETS = (Key("", act="left", units=1.5), Key("", act="right", units=1.5))
NARROW_CARETS = (Key("", act="left"), Key("", act="right"))


class Place(msgspec.Struct, frozen=True):
    """A key where it is drawn: `box` is x, y, width and height in window pixels."""

    key: Key
    box: tuple[float, float, float, float]

    def distance(self, x: float, y: float) -> float:
        """How far a finger is from the key; 0 on it."""
        left, low, width, height = self.box
        across = max(left - x, 0.0, x - left - width)
        return across + max(low - y, 0.0, y - low - height)


class Keyboard(Widget):  # type: ignore[misc]  # Kivy has no types
    """Types into whoever listens: `on_type` with a text, `on_backspace`, `on_hide`.

    A finger that stays on a letter is offered others: `on_swap` with the one to stand for
    that just typed. One that stays on backspace takes letters, then words: `on_erase_word`.

    `layout` is a language, `digits` or `code`; `space` is what stands on the space bar. Shift
    holds for one letter, touched twice until touched again. The resident's `language`,
    Thai and English are one key apart. Where everything is low the text itself is out of
    reach, and two keys move its caret: `on_move` with -1 or 1.
    """

    layout = StringProperty("th")
    letters = StringProperty("th")
    language = StringProperty("th")
    space = StringProperty("")
    can_hide = BooleanProperty(False)
    is_shifted = BooleanProperty(False)
    is_locked = BooleanProperty(False)
    __events__ = ("on_type", "on_swap", "on_backspace", "on_erase_word", "on_hide", "on_move")

    def __init__(self, **properties: object) -> None:
        self._places: list[Place] = []
        self._down: dict[int, Place] = {}
        self._held: dict[int, Held] = {}
        self._highlight = InstructionGroup()
        super().__init__(**properties)
        self.canvas.after.add(self._highlight)
        for name in ("layout", "pos", "size", "is_shifted", "is_locked", "space", "can_hide"):
            self.fbind(name, self.draw_soon)
        self._lay_out()

    def targets(self) -> Iterator[tuple[str, str, tuple[float, float, float, float]]]:
        """Name, shown text and box of each key, in window pixels from the bottom."""
        for place in self._places:
            if label := self._name(place.key):
                yield f"key:{label}", self._face(place.key), place.box

    def use(self, language: str) -> None:
        """Show the letters of a language; English where it has none here."""
        self.language = language if speaks(language) else "en"
        self._spell(self.language)

    @property
    def is_held(self) -> bool:
        """Whether a finger rests on a key, which shows it."""
        return bool(self._held)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Type at once: the nearest key is meant."""
        if self.disabled or not self.collide_point(*touch.pos):
            return False
        place = min(self._places, key=lambda p: p.distance(*touch.pos))
        touch.grab(self)
        self._down[touch.uid] = place
        self._show_pressed()
        letters = further(place.key, is_shifted=self.is_shifted)
        self._do(place.key)
        if place.key.act in REPEATING:
            _later(REPEAT_AFTER_S, lambda: self._repeat(touch.uid, 1))
        elif letters:
            _later(HOLD_AFTER_S, lambda: self._hold(touch.uid, place, letters))
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """Over the strip of a held key: choose there."""
        if touch.grab_current is not self:
            return False
        if held := self._held.get(touch.uid):
            self._held[touch.uid] = held.toward(touch.x)
            self._show_pressed()
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """The finger is gone: so is the highlight, and any repeating."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._down.pop(touch.uid, None)
        held = self._held.pop(touch.uid, None)
        self._show_pressed()
        if held:
            self.dispatch("on_swap", held.letter)
        return True

    def on_type(self, text: str) -> None:
        """A letter was touched."""

    def on_swap(self, text: str) -> None:
        """Another letter is meant than the one just typed."""

    def on_backspace(self) -> None:
        """The last character is to go."""

    def on_erase_word(self) -> None:
        """The last word is to go."""

    def on_hide(self) -> None:
        """The keyboard is in the way."""

    def on_move(self, by: int) -> None:
        """The caret is to go one letter to the left or to the right."""

    @property
    def _is_in_sight(self) -> bool:
        """Whether its screen is still there: the visit may end under a finger that stays."""
        return not self.disabled and self.get_root_window() is not None

    def _repeat(self, uid: int, times: int) -> None:
        if not (place := self._down.get(uid)) or not self._is_in_sight:
            return
        takes_words = place.key.act == "backspace" and times > WORDS_AFTER
        if takes_words:
            self.dispatch("on_erase_word")
        else:
            self._do(place.key)
        pause = REPEAT_EVERY_S * (WORD_PAUSE if takes_words else 1)
        _later(pause, lambda: self._repeat(uid, times + 1))

    def _hold(self, uid: int, place: Place, letters: tuple[str, ...]) -> None:
        if self._down.get(uid) is place and self._is_in_sight:
            self._held[uid] = strip_over(place.box, letters, (self.x, self.right))
            self._show_pressed()

    def _do(self, key: Key) -> None:
        match key.act:
            case "shift":
                self._shift()
            case "backspace" | "hide":
                self.dispatch(f"on_{key.act}")
            case "left" | "right":
                self.dispatch("on_move", -1 if key.act == "left" else 1)
            case "space" | "enter":
                self.dispatch("on_type", " " if key.act == "space" else "\n")
            case "digits":
                self.layout = self.letters if self.layout == "digits" else "digits"
            case "letters":
                self._spell(self._next_letters())
            case _:
                self._type(key)

    def _type(self, key: Key) -> None:
        if typed := key.typed(is_shifted=self.is_shifted):
            self.dispatch("on_type", typed)
            self.is_shifted = self.is_locked

    def _spell(self, language: str) -> None:
        self.letters = self.layout = language
        self.is_shifted = self.is_locked = False

    def _next_letters(self) -> str:
        """The letters that the key for it leads to."""
        offered: list[str] = list(dict.fromkeys((self.language, "th", "en")))
        return offered[(offered.index(self.letters) + 1) % len(offered)]

    def _shift(self) -> None:
        if self.is_shifted and not self.is_locked:
            self.is_locked = True
        else:
            self.is_shifted, self.is_locked = not self.is_shifted, False

    def draw_soon(self, *_: object) -> None:
        """Before the next frame, once everything has found its place: fifty keys are dear."""
        pen.add(self)

    def draw_now(self) -> None:
        """At once, in sight or not."""
        self._lay_out()

    def draw(self) -> None:
        """At once if it is in sight, or else when it comes on."""
        if wings := wings_of(self):
            wings.put_off(self)
        else:
            self._lay_out()

    def _lay_out(self, *_: object) -> None:
        layout = layout_for(self.layout)
        rows = layout.rows if layout.is_whole else (*layout.rows, self._last_row())
        if layout.is_whole and theme.reach:
            rows = (*rows[:-1], (*rows[-1], *NARROW_CARETS))
        if self.height < len(rows):  # put away
            rows = ()
        tall = self.height / max(1, len(rows))
        self._places = []
        for number, row in enumerate(rows):
            x, y = self.x, self.top - tall * (number + 1)
            unit = self.width / sum(key.units for key in row)
            for key in row:
                self._places.append(Place(key, self._inside(x, y, unit * key.units, tall)))
                x += unit * key.units
        self._draw()

    def _inside(
        self, x: float, y: float, width: float, height: float
    ) -> tuple[float, float, float, float]:
        gap = theme.mm(0.8)
        left, low = round(x + gap / 2), round(y + gap / 2)
        return left, low, round(x + width - gap / 2) - left, round(y + height - gap / 2) - low

    def _last_row(self) -> tuple[Key, ...]:
        hide = (Key("", act="hide", units=1.5),) if self.can_hide else ()
        carets = CARETS if theme.reach else ()
        return (
            Key("", act="digits", units=2.0),
            Key("", act="letters", units=2.0),
            Key("", act="space", units=9.0 - 1.5 * len(hide) - 1.5 * len(carets)),
            *carets,
            *hide,
        )

    def _draw(self) -> None:
        self.canvas.before.clear()
        self.canvas.clear()
        with self.canvas.before:
            Color(*theme.colour("pressed"))
            Rectangle(pos=self.pos, size=self.size)
        with self.canvas:
            for place in self._places:
                self._draw_key(place, is_pressed=False)
        self._show_pressed()

    def _show_pressed(self) -> None:
        self._highlight.clear()
        canvas = self.canvas.after
        canvas.clear()
        with canvas:
            for place in self._down.values():
                self._draw_key(place, is_pressed=True)
            for held in self._held.values():
                for letter, box in zip(held.letters, held.boxes, strict=True):
                    place = Place(Key(letter), box)
                    self._draw_key(place, is_pressed=letter == held.letter)

    def _draw_key(self, place: Place, *, is_pressed: bool) -> None:
        key, (x, y, width, height) = place.key, place.box
        if not (face := self._face(key)):
            return
        is_on = key.act == "shift" and self.is_shifted
        ground = "klong" if is_pressed or is_on else ("paper" if key.act else "card")
        draw_surface((x, y), (width, height), ground)
        texture = _lettered(face, *self._type_of(key))
        share = min(1.0, (width - 4) / texture.width)
        size = (round(texture.width * share), round(texture.height * share))
        if share < 1:
            texture.min_filter = "linear"
        Color(*theme.colour("card" if ground == "klong" else "ink"))
        corner = (round(x + (width - size[0]) / 2), round(y + (height - size[1]) / 2))
        Rectangle(texture=texture, pos=corner, size=size)
        if is_on and self.is_locked:
            bar = theme.mm(1)
            Rectangle(pos=(x + width / 3, y + bar), size=(width / 3, bar))

    def _type_of(self, key: Key) -> tuple[float, str]:
        if key.act in ICONS:
            return theme.em("key") * 1.1, ICON
        return theme.em("small" if key.act else "key"), "Regular"

    def _face(self, key: Key) -> str:
        match key.act:
            case "":
                return shown(key.typed(is_shifted=self.is_shifted))
            case "digits":
                return ALPHABETS[self.letters] if self.layout == "digits" else "123"
            case "letters":
                return NAMES[self._next_letters()]
            case "space":
                return self.space or " "
        return glyph(ICONS[key.act])

    def _name(self, key: Key) -> str:
        return key.act or key.typed(is_shifted=self.is_shifted)


def _later(wait_s: float, then: Callable[[], None]) -> None:
    """Do something after `wait_s`, a frame late: a finger that lifted during a long frame
    has its say first."""
    Clock.schedule_once(lambda _: Clock.schedule_once(lambda _: then(), 0), wait_s)


def letter_ahead(layout: str, *, is_shifted: bool) -> None:
    """Letter the keys of a layout before anybody asks for them; some ten milliseconds."""
    for key in (key for row in layout_for(layout).rows for key in row if not key.act):
        if face := shown(key.typed(is_shifted=is_shifted)):
            _lettered(face, theme.em("key"), "Regular")


@lru_cache(maxsize=600)
def _lettered(face: str, em: float, font: str) -> Texture:
    """What stands on a key, kept: it is the same for everybody, and a board has fifty."""
    return drawn(face, em, font)
