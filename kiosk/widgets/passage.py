"""Something longer to read: paragraphs on pages, with arrows where there is more."""

from collections.abc import Sequence

import msgspec
from kivy.clock import Clock
from kivy.properties import ListProperty, NumericProperty
from kivy.uix.widget import Widget

from kiosk.i18n import tr
from kiosk.theme import theme
from kiosk.widgets.button import Plate
from kiosk.widgets.lettering import line_height, width_of
from kiosk.widgets.lines import wrap
from kiosk.widgets.text import Text


class Words(msgspec.Struct, frozen=True):
    """Words in one manner; `as_typed` as with `Text`."""

    text: str
    role: str = "body"
    ink: str = "ink"
    bold: bool = False
    as_typed: bool = False


class Passage(Widget):  # type: ignore[misc]  # Kivy has no types
    """Shows `paragraphs`, each a list of Words that belong together.

    A paragraph is parted between two pages only where it is longer than a page.
    """

    paragraphs = ListProperty([])
    page = NumericProperty(0)

    def __init__(self, **properties: object) -> None:
        self._pages: list[list[Words]] = []
        self._lay = Clock.create_trigger(self._lay_out, -1)
        self._earlier = Plate(icon="chevron-up", look="outline", layout="column", name="earlier")
        self._later = Plate(icon="chevron-down", look="outline", layout="column", name="later")
        super().__init__(**properties)
        self._earlier.bind(on_release=lambda _: self._turn(-1))
        self._later.bind(on_release=lambda _: self._turn(1))
        for name in ("paragraphs", "page", "pos", "size"):
            self.fbind(name, self._lay)
        self._lay_out()

    @property
    def page_count(self) -> int:
        """How many pages it takes."""
        return len(self._pages)

    def tell(self, paragraphs: Sequence[Sequence[Words]]) -> None:
        """Show these, from the first page; the same as before stay where they are."""
        if list(paragraphs) != list(self.paragraphs):
            self.paragraphs, self.page = list(paragraphs), 0

    def wipe(self) -> None:
        """Forget all of it."""
        self.paragraphs, self.page, self._pages = [], 0, []
        self.clear_widgets()

    def _turn(self, by: int) -> None:
        self.page = min(max(0, self.page + by), self.page_count - 1)

    def _lay_out(self, *_: object) -> None:
        self.clear_widgets()
        self._pages = self._paged(self.width)
        if len(self._pages) > 1:
            self._pages = self._paged(self.width - theme.target - theme.gap)
            self._place_arrows()
        if self._pages:
            self._place(self._pages[min(int(self.page), self.page_count - 1)])

    def _paged(self, width: float) -> list[list[Words]]:
        pages: list[list[Words]] = []
        left = 0.0
        for paragraph in self.paragraphs:
            lines = [line for words in paragraph for line in _lines_of(words, width)]
            gap = theme.mm(2) if pages and pages[-1] else 0
            if gap and sum(map(_tall, lines)) + gap <= left:
                pages[-1].append(Words(""))
                left -= gap
            elif lines:
                pages.append([])
                left = self.height
            for line in lines:
                if _tall(line) > left and pages[-1]:
                    pages.append([])
                    left = self.height
                pages[-1].append(line)
                left -= _tall(line)
        return pages

    def _place(self, lines: Sequence[Words]) -> None:
        top = self.top
        for line in lines:
            tall = _tall(line)
            top -= tall
            if line.text:
                self.add_widget(
                    Text(
                        text=line.text,
                        role=line.role,
                        ink=line.ink,
                        bold=line.bold,
                        as_typed=True,
                        pos=(self.x, top),
                        size=(self.width, tall),
                    )
                )

    def _place_arrows(self) -> None:
        tall = (min(self.height, theme.reach or self.height) - theme.gap) / 2
        for arrow, y in ((self._earlier, self.y + tall + theme.gap), (self._later, self.y)):
            arrow.size, arrow.pos = (theme.target, tall), (self.right - theme.target, y)
            self.add_widget(arrow)
        self._earlier.disabled = self.page == 0
        self._later.disabled = self.page >= self.page_count - 1


def _lines_of(words: Words, width: float) -> list[Words]:
    em, face = theme.em(words.role), "Bold" if words.bold else "Regular"
    said = words.text if words.as_typed else tr.digits(words.text)
    lines = wrap(said, width, lambda line: width_of(line.rstrip(), em, face))
    return [msgspec.structs.replace(words, text=line.rstrip()) for line in lines]


def _tall(words: Words) -> float:
    """The height of a line; one without words is the gap between paragraphs."""
    return float(line_height(theme.em(words.role))) if words.text else theme.mm(2)
