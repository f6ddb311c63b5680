"""One slide of the idle glass: words, and the pictures beside or above them.

Words come first: pictures take the room that is left at a size at which all can be read.
"""

from collections.abc import Sequence

from kivy.uix.widget import Widget

from kiosk.catalogues import catalogue
from kiosk.i18n import DOMAIN
from kiosk.picturing import Frame, Room
from kiosk.showing import AFTER, BEFORE, INVITATION, Slide, SlidePicture
from kiosk.theme import theme
from kiosk.widgets.button import Plate
from kiosk.widgets.icon import Icon
from kiosk.widgets.lettering import line_height, width_of
from kiosk.widgets.lines import wrap
from kiosk.widgets.photo import Photo, words_height
from kiosk.widgets.text import Text

SCALES = (1.9, 1.6, 1.35, 1.15, 1.0, 0.86, 0.74, 0.64)
"""How large the words are: the largest that fits."""
FITTING = 0.74
"""The scale of words down to which a picture keeps its room; below that it takes less."""
SHARES = {"lying": (0.5, 0.42, 0.34), "upright": (0.45, 0.38, 0.3)}
SHARES_OF_TWO = {"lying": (0.58, 0.5, 0.42), "upright": (0.45, 0.38, 0.3)}
"""Of a slide's width, or of an upright one's height: what its pictures may take."""
ICONS = {
    INVITATION: "ear-hearing",
    "news": "newspaper-variant-outline",
    "project": "office-building-cog-outline",
    "activity": "calendar-star",
    "poster": "check-decagram-outline",
}


class SlideView(Widget):  # type: ignore[misc]  # Kivy has no types
    """One slide, as large as it can be read; it stands `aside_mm` of where it would.

    `frames` are its pictures, or none. They take room only while all words fit beside them.
    """

    def __init__(
        self,
        slide: Slide,
        aside_mm: tuple[float, float],
        frames: Sequence[Frame] = (),
        **properties: object,
    ) -> None:
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
        self._photos = [
            Photo(frame, _when(picture, slide.language), picture.caption)
            for frame, picture in zip(frames, slide.pictures, strict=False)
        ]
        for part in (self._icon, *self._lines, self._call, *self._photos):
            self.add_widget(part)
        self.bind(pos=self._lay_out, size=self._lay_out)
        self._lay_out()

    @property
    def photos(self) -> list[Photo]:
        """The pictures that are shown."""
        return [each for each in self._photos if each.opacity]

    def release(self) -> None:
        """Give the pictures' memory back; the slide is over."""
        for photo in self._photos:
            photo.release()

    def _lay_out(self, *_: object) -> None:
        if min(self.size) < theme.target * 2:  # not laid out yet
            return
        edge = theme.margin * 2
        left, bottom = self.x + edge + self._aside[0], self.y + edge + self._aside[1]
        width, tall = self.width - 2 * edge, self.height - 2 * edge
        self._call.size = min(width, theme.wide(6)), theme.target
        self._call.pos = left, bottom
        share, scale, heights = self._shared(width, tall)
        aside, above = self._parted(width, tall, share)
        self._place_photos(left, bottom, width, tall, share)
        icon = 0.0 if share else theme.em("title") * scale * 2
        room = tall - above - theme.target - theme.gap
        rest = room - icon - sum(heights)
        top = bottom + tall - above - (theme.grid if above else rest / 2)
        self._icon.scale = scale * 1.6
        self._icon.opacity = 0 if share else 1
        self._icon.size, self._icon.pos = (icon, icon), (left, top - icon)
        top -= icon
        for line, height in zip(self._lines, heights, strict=True):
            line.scale, line.size = scale, (width - aside, height)
            line.pos = left, top - height
            top -= height

    def _shared(self, width: float, tall: float) -> tuple[float, float, list[float]]:
        """The pictures' share of the slide, and the words' scale and heights beside them.

        The largest share beside which the words are large enough, else the smallest one
        beside which they fit at all, else none.
        """
        fitting = (0.0, *self._largest(width, tall - theme.target - theme.gap, icon=True)[:2])
        for share in _shares(len(self._photos), width, tall):
            aside, above = self._parted(width, tall, share)
            room = tall - above - theme.target - theme.gap - (theme.grid if above else 0)
            scale, heights, fits = self._largest(width - aside, room, icon=False)
            if fits:
                fitting = share, scale, heights
            if fits and scale >= FITTING:
                break
        return fitting

    def _parted(self, width: float, tall: float, share: float) -> tuple[float, float]:
        """What the pictures take of the width, or of an upright slide's height."""
        if not share:
            return 0.0, 0.0
        wide, high = _box(width, tall, share, len(self._photos))
        if tall <= width:
            return width * share, 0.0
        return 0.0, max(photo.needs(wide, high)[1] for photo in self._photos) + theme.grid

    def _place_photos(
        self, left: float, bottom: float, width: float, tall: float, share: float
    ) -> None:
        """Above the words, or on their right: beside them alone where there is room enough."""
        wide, high = _box(width, tall, share or 1.0, len(self._photos))
        aside, above = self._parted(width, tall, share)
        for number, photo in enumerate(self._photos):
            photo.opacity = 1 if share else 0
            needed = photo.needs(wide, high)
            if above:
                box = (needed[0], above - theme.grid)
                x, y = left, bottom + tall - above + theme.grid
            else:
                over = theme.target + theme.gap
                over = over if needed[1] + over <= high else 0.0
                box, x, y = (
                    (wide, tall - over),
                    left + width - aside + theme.grid * 2,
                    bottom + over,
                )
            photo.size, photo.pos = box, (x + number * (wide + theme.grid), y)

    def _largest(self, width: float, room: float, *, icon: bool) -> tuple[float, list[float], bool]:
        """The largest scale at which all lines fit, their heights at it, and whether they do."""
        for scale in SCALES:
            heights = [_height(line, width, scale) for line in self._lines]
            above = theme.em("title") * scale * 2 if icon else 0.0
            if sum(heights) + above <= room:
                return scale, heights, True
        return scale, heights, False


def room_for(slide: Slide) -> Room:
    """What the slide's pictures are decoded for: the most that they may take on this panel."""
    edge = theme.margin * 4
    width, tall = theme.width - edge, theme.height + theme.masthead - edge
    count = len(slide.pictures)
    wide, high = _box(width, tall, _shares(max(1, count), width, tall)[0], count)
    high -= words_height(is_compared=any(each.when for each in slide.pictures))
    radius = round(theme.radius)
    if count > 1:
        wide = high = min(wide, high)
    return Room(width=round(wide), height=round(high), radius=radius, is_square=count > 1)


def _box(width: float, tall: float, share: float, count: int) -> tuple[float, float]:
    """The room of each of so many pictures, words and all."""
    if tall > width:
        wide, high = width, tall * share
    else:
        wide, high = width * share - theme.grid * 2, tall
    return (wide - theme.grid * (count - 1)) / max(1, count), high


def _shares(count: int, width: float, tall: float) -> tuple[float, ...]:
    if not count:
        return ()
    way = "upright" if tall > width else "lying"
    return SHARES[way] if count == 1 else SHARES_OF_TWO[way]


def _when(picture: SlidePicture, language: str) -> str:
    _ = catalogue(DOMAIN, language).gettext
    return {BEFORE: _("Before"), AFTER: _("After")}.get(picture.when, "")


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
