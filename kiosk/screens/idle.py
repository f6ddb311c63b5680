"""The glass while nobody is there: one slide after the other, in large letters.

Nothing moves between two slides, so that nothing wakes. Each slide stands a little aside
of where the one before stood and leaves no mark on the panel; any touch ends the show.
Pictures stand beside the words or above them, never under them; a slide's are made ready
while the one before is shown, and where they are not, its words stand alone.
"""

from typing import Protocol

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.uix.floatlayout import FloatLayout

from kiosk.picturing import Frame, Room
from kiosk.screens.slide import SlideView, room_for
from kiosk.showing import Slide
from kiosk.theme import theme

FADE_S = 0.6
KEEP_EVERY = 60
"""So many slides between two notes of the display log on the disk."""
ASIDE_MM = ((0, 0), (4, 3), (-4, -3), (4, -3), (-4, 3), (0, 3), (4, 0), (0, -3), (-4, 0))
"""Where a slide stands, from where it would; each in turn."""


class Showing(Protocol):
    """Where slides come from; `kiosk.showing.Showing` is one."""

    after_s: float
    item_s: float

    def slides(self) -> list[Slide]:
        """One round."""

    def prepare(self, slide: Slide, room: Room) -> None:
        """A slide comes next; have its pictures ready."""

    def frames(self, slide: Slide) -> list[Frame]:
        """Its pictures, if all are ready."""

    def note(self, slide: Slide, seconds: float) -> None:
        """A slide was shown."""

    def keep(self) -> None:
        """Keep what was noted."""


class IdleSheet(FloatLayout):  # type: ignore[misc]  # Kivy has no types
    """Covers the glass from `begin` to `end`."""

    def __init__(self, showing: Showing, **properties: object) -> None:
        super().__init__(**properties)
        self._showing = showing
        self._round: list[Slide] = []
        self._count = 0
        self._now: Slide | None = None
        self._began_s = 0.0
        self._next = Clock.create_trigger(self._turn, showing.item_s)
        with self.canvas.before:
            Color(*theme.colour("klong"))
            self._ground = Rectangle()
        self.bind(pos=self._spread, size=self._spread)

    def begin(self) -> None:
        """Show the first slide."""
        self._round, self._count = [], 0
        self._turn()

    def end(self) -> None:
        """Somebody is there: nothing goes on behind the screen."""
        self._next.cancel()
        self._note()
        self._showing.keep()
        for view in list(self.children):
            Animation.cancel_all(view)
            self._drop(view)

    def _turn(self, *_: object) -> None:
        """The next slide, faded over the one before."""
        self._note()
        if not self._round:
            self._round = self._showing.slides()
        if self._count and self._count % KEEP_EVERY == 0:
            self._showing.keep()
        self._now, self._began_s = self._round.pop(0), Clock.get_time()
        aside = ASIDE_MM[self._count % len(ASIDE_MM)]
        self._count += 1
        frames = self._showing.frames(self._now)
        self._fade(SlideView(self._now, aside, frames, size_hint=(1, 1)))
        if self._round:
            self._showing.prepare(self._round[0], room_for(self._round[0]))
        self._next()

    def _fade(self, view: SlideView) -> None:
        for before in list(self.children)[1:]:  # still going: never more than two at once
            Animation.cancel_all(before)
            self._drop(before)
        for before in list(self.children):
            Animation.cancel_all(before)
            gone = Animation(opacity=0, d=FADE_S)
            gone.bind(on_complete=lambda _, old: self._drop(old))
            gone.start(before)
        self.add_widget(view)
        if len(self.children) > 1:
            view.opacity = 0
            Animation(opacity=1, d=FADE_S).start(view)

    def _drop(self, view: SlideView) -> None:
        self.remove_widget(view)
        view.release()

    def _note(self) -> None:
        if self._now is not None:
            self._showing.note(self._now, Clock.get_time() - self._began_s)
        self._now = None

    def _spread(self, *_: object) -> None:
        self._ground.pos, self._ground.size = self.pos, self.size
