"""The glass while nobody is there: one slide after the other, in large letters.

Nothing moves between two slides, so that nothing wakes. Each slide stands a little aside
of where the one before stood and leaves no mark on the panel; any touch ends the show.
"""

from collections.abc import Sequence
from typing import Protocol

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.catalogues import catalogue
from kiosk.i18n import DOMAIN
from kiosk.showing import INVITATION, Slide
from kiosk.theme import theme
from kiosk.widgets.button import Plate
from kiosk.widgets.icon import Icon
from kiosk.widgets.lettering import line_height, width_of
from kiosk.widgets.lines import wrap
from kiosk.widgets.text import Text

FADE_S = 0.6
KEEP_EVERY = 60
"""So many slides between two notes of the display log on the disk."""
ASIDE_MM = ((0, 0), (4, 3), (-4, -3), (4, -3), (-4, 3), (0, 3), (4, 0), (0, -3), (-4, 0))
"""Where a slide stands, from where it would; each in turn."""
SCALES = (1.9, 1.6, 1.35, 1.15, 1.0, 0.86, 0.74, 0.64)
"""How large the words are: the largest that fits."""
ICONS = {
    INVITATION: "ear-hearing",
    "news": "newspaper-variant-outline",
    "project": "office-building-cog-outline",
    "activity": "calendar-star",
    "poster": "check-decagram-outline",
}


class Showing(Protocol):
    """Where slides come from; `kiosk.showing.Showing` is one."""

    after_s: float
    item_s: float

    def slides(self) -> list[Slide]:
        """One round."""

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
        for view in self.children:
            Animation.cancel_all(view)
        self.clear_widgets()

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
        self._fade(SlideView(self._now, aside, size_hint=(1, 1)))
        self._next()

    def _fade(self, view: "SlideView") -> None:
        for before in list(self.children):
            Animation.cancel_all(before)
            gone = Animation(opacity=0, d=FADE_S)
            gone.bind(on_complete=lambda _, old: self.remove_widget(old))
            gone.start(before)
        self.add_widget(view)
        if len(self.children) > 1:
            view.opacity = 0
            Animation(opacity=1, d=FADE_S).start(view)

    def _note(self) -> None:
        if self._now is not None:
            self._showing.note(self._now, Clock.get_time() - self._began_s)
        self._now = None

    def _spread(self, *_: object) -> None:
        self._ground.pos, self._ground.size = self.pos, self.size


class SlideView(Widget):  # type: ignore[misc]  # Kivy has no types
    """One slide, as large as it can be read; it stands `aside_mm` of where it would."""

    def __init__(self, slide: Slide, aside_mm: tuple[float, float], **properties: object) -> None:
        super().__init__(**properties)
        _ = catalogue(DOMAIN, slide.language).gettext
        self._aside = tuple(theme.mm(part) for part in aside_mm)
        self._icon = Icon(
            icon=ICONS.get(slide.kind, ICONS["news"]), ink="card", role="title", halign="left"
        )
        self._lines = [
            Text(text=words, role=role, bold=bold, ink="card", valign="top")
            for words, role, bold in _lines_of(slide)
            if words
        ]
        self._call = Plate(
            name="begin",
            text=_("Touch the screen to begin"),
            icon="gesture-tap",
            look="step",
            bold=True,
            size_hint=(None, None),
        )
        for part in (self._icon, *self._lines, self._call):
            self.add_widget(part)
        self.bind(pos=self._lay_out, size=self._lay_out)
        self._lay_out()

    def _lay_out(self, *_: object) -> None:
        edge = theme.margin * 2
        left, bottom = self.x + edge + self._aside[0], self.y + edge + self._aside[1]
        width, tall = self.width - 2 * edge, self.height - 2 * edge
        self._call.size = min(width, theme.wide(6)), theme.target
        self._call.pos = left, bottom
        room = tall - theme.target - theme.gap
        scale, heights = self._largest(width, room)
        icon = theme.em("title") * scale * 2
        self._icon.scale = scale * 1.6
        top = bottom + theme.target + theme.gap + (room + icon + sum(heights)) / 2
        self._icon.size, self._icon.pos = (icon, icon), (left, top - icon)
        top -= icon
        for line, height in zip(self._lines, heights, strict=True):
            line.scale, line.size = scale, (width, height)
            line.pos = left, top - height
            top -= height

    def _largest(self, width: float, room: float) -> tuple[float, list[float]]:
        """The largest scale at which all lines fit, and their heights at it."""
        for scale in SCALES:
            heights = [_height(line, width, scale) for line in self._lines]
            if sum(heights) + theme.em("title") * scale * 2 <= room:
                break
        return scale, heights


def _height(line: Text, width: float, scale: float) -> float:
    em = theme.em(line.role) * scale
    face = "Bold" if line.bold else "Regular"
    broken = wrap(line.text, width, lambda words: width_of(words.rstrip(), em, face))
    return line_height(em) * len(broken) + theme.gap


def _lines_of(slide: Slide) -> Sequence[tuple[str, str, bool]]:
    """Words, role, weight, from the top."""
    _ = catalogue(DOMAIN, slide.language).gettext
    if slide.kind == INVITATION:
        told = _("Report a problem, suggest something, or rate our service.")
        return [(_("We are listening"), "title", True), (told, "question", False)]
    kinds = {
        "project": _("Project"),
        "activity": _("Activity"),
        "poster": _("You told us, we did it"),
    }
    return [
        (kinds.get(slide.kind, _("News")), "small", True),
        (slide.title, "title", True),
        (slide.words, "question", False),
        (_("You can sign up here.") if slide.takes_people else "", "question", True),
        (slide.outcome and _("Done: {words}").format(words=slide.outcome), "question", True),
    ]
