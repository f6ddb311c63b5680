"""Answers on pages: a grid that fits, and arrows where there is more. Nothing scrolls."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from kivy.clock import Clock
from kivy.properties import ListProperty, NumericProperty
from kivy.uix.widget import Widget

from kiosk.theme import theme
from kiosk.widgets.button import Plate

Item = TypeVar("Item")


class Pages(Widget):  # type: ignore[misc]  # Kivy has no types
    """Lays its `cards` out on pages of `columns` by as many rows as fit.

    Where one page is not enough, a column of two arrows appears at the right; touching
    one shows another page. `least_px` is the least height of a card.
    """

    cards = ListProperty([])
    columns = NumericProperty(3)
    page = NumericProperty(0)
    least_px = NumericProperty(0)

    def __init__(self, **properties: object) -> None:
        self._lay = Clock.create_trigger(self._lay_out, -1)
        self._earlier = Plate(icon="chevron-up", look="outline", layout="column", name="earlier")
        self._later = Plate(icon="chevron-down", look="outline", layout="column", name="later")
        super().__init__(**properties)
        self._earlier.bind(on_release=lambda _: self._turn(-1))
        self._later.bind(on_release=lambda _: self._turn(1))
        for name in ("cards", "columns", "page", "pos", "size", "least_px"):
            self.fbind(name, self._lay)
        self._lay_out()

    @property
    def rows(self) -> int:
        """Rows on one page."""
        least = max(self.least_px, theme.card)
        return max(1, int((self.height + theme.gap) // (least + theme.gap)))

    @property
    def page_count(self) -> int:
        """How many pages the cards take."""
        return max(1, -(-len(self.cards) // (self.rows * int(self.columns))))

    def fill(self, items: Sequence[Item], card_for: Callable[[Item], Widget]) -> None:
        """Make a card for each item and begin at the first page."""
        self.cards = [card_for(item) for item in items]
        self.page = 0

    def _turn(self, by: int) -> None:
        self.page = min(max(0, self.page + by), self.page_count - 1)

    def _lay_out(self, *_: object) -> None:
        self.clear_widgets()
        self.page = min(self.page, self.page_count - 1)
        per_page = self.rows * int(self.columns)
        shown = self.cards[int(self.page) * per_page :][:per_page]
        arrows = self._wide_arrows if self.page_count > 1 else 0
        self._place(shown, self.width - arrows)
        if arrows:
            self._place_arrows()

    def _place(self, shown: Sequence[Widget], width: float) -> None:
        columns, gap = int(self.columns), theme.gap
        rows = self.rows if self.page_count > 1 else -(-len(shown) // columns) or 1
        wide = (width - gap * (columns - 1)) / columns
        most = theme.card * 2
        tall = min(most, (self.height - gap * (rows - 1)) / rows)
        for number, card in enumerate(shown):
            row, column = divmod(number, columns)
            card.size = (wide, tall)
            card.pos = (self.x + column * (wide + gap), self.top - tall - row * (tall + gap))
            self.add_widget(card)

    @property
    def _are_beside(self) -> bool:
        """Whether two arrows, one above the other, would be too low to hit."""
        return bool(self.height < 2 * theme.target + theme.gap)

    @property
    def _wide_arrows(self) -> float:
        return float((theme.target + theme.gap) * (2 if self._are_beside else 1))

    def _place_arrows(self) -> None:
        tall, x = (self.height - theme.gap) / 2, self.right - theme.target
        places = [(x, self.top - tall), (x, self.y)]
        if self._are_beside:
            tall, places = self.height, [(x - theme.gap - theme.target, self.y), (x, self.y)]
        for arrow, place in zip((self._earlier, self._later), places, strict=True):
            arrow.size, arrow.pos = (theme.target, tall), place
            self.add_widget(arrow)
        self._earlier.disabled = self.page == 0
        self._later.disabled = self.page == self.page_count - 1
