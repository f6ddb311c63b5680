"""A question whose answers come from the profile, one card each."""

from collections.abc import Sequence

import msgspec
from kivy.properties import StringProperty

from kiosk.scene import Ask, Choose, Scene
from kiosk.screens.screen import Screen, load_layout
from kiosk.theme import theme
from kiosk.widgets import pages  # noqa: F401  (kv names it)
from kiosk.widgets.button import Choice

load_layout(__file__)


NARROW_MM = 200.0
"""A panel that lies down and is narrower than this (7 inches, or words that are larger) has
no room for four columns."""


class Card(msgspec.Struct, frozen=True):
    """One answer: its code, its words in the language in force, its icon."""

    code: str
    words: str
    icon: str = ""


class ListingScreen(Screen):
    """Cards on pages; a touch is the answer and moves on."""

    question = StringProperty("")
    field = ""
    """The answer's name in the form."""
    target = ""
    """The first part of a card's name for scripts and tests."""
    columns = 4
    _shown: Sequence[Card] = ()

    def cards(self, scene: Scene) -> Sequence[Card]:
        """The answers to offer."""
        raise NotImplementedError

    def chosen(self, scene: Scene) -> str | None:
        """The code of the answer given before, if one was."""
        raise NotImplementedError

    def answer_of(self, card: Card) -> Ask:
        """What a touch on the card asks."""
        return Choose(self.field, card.code)

    def show(self, scene: Scene) -> None:
        """Lay out the cards, the answer given before marked."""
        grid, before, cards = self.ids.pages, self.chosen(scene), list(self.cards(scene))
        if cards != self._shown:
            grid.columns = self.columns
            if [card.code for card in cards] != [card.code for card in self._shown]:
                grid.fill(cards, self._card)
            self._shown = cards
        for choice, card in zip(grid.cards, cards, strict=True):
            choice.text, choice.icon = card.words, card.icon
            choice.chosen = card.code == before

    def wipe(self) -> None:
        """Who comes next begins at the first page."""
        self.ids.pages.page = 0
        for choice in self.ids.pages.cards:
            choice.chosen = False

    def _card(self, card: Card) -> Choice:
        choice = Choice(
            name=f"{self.target}:{card.code or 'elsewhere'}",
            text=card.words,
            icon=card.icon,
            size_hint=(None, None),
            icon_scale=1.5,
        )
        choice.bind(on_release=lambda _: self.ask(self.answer_of(card)))
        return choice


def most_columns(narrow: int, wide: int) -> int:
    """Columns for this panel: fewer where it stands upright, three at most on a small one."""
    if theme.is_upright:
        return narrow
    return wide if theme.width >= theme.row(NARROW_MM) else min(3, wide)
