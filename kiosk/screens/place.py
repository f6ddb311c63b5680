"""Where is it? The profile's villages, or elsewhere."""

from collections.abc import Sequence

from kiosk.form.flow import Step
from kiosk.i18n import tr
from kiosk.scene import Aside, Ask, Scene
from kiosk.screens.listing import Card, ListingScreen, most_columns
from kiosk.screens.screen import load_layout

load_layout(__file__)

IN_WORDS = "in_words"
ICONS = {
    "village": "map-marker-outline",
    "community": "home-group",
    "landmark": "flag-outline",
}
"""What stands before a place, by its kind in the profile."""


class PlaceScreen(ListingScreen):
    """Villages, then communities, then landmarks, and a way out for who is not sure."""

    field = "village_code"
    target = "village"

    def cards(self, scene: Scene) -> Sequence[Card]:
        """The villages in the language in force; the way out has an empty code."""
        self.columns = most_columns(2, 4)
        said = scene.visit.language
        villages = [
            Card(v.code, v.name.in_language(said), ICONS[v.kind])
            for v in sorted(self.profile.villages, key=lambda v: list(ICONS).index(v.kind))
        ]
        return [
            *villages,
            Card(IN_WORDS, tr._("Say it in words"), "pencil-outline"),
            Card("", tr._("Elsewhere, or not sure"), "help-circle-outline"),
        ]

    def chosen(self, scene: Scene) -> str | None:
        """The village chosen before, or that words were; None before any answer."""
        draft = scene.visit.draft
        if draft and draft.village_code is None and draft.place.strip():
            return IN_WORDS
        return draft.village_code if draft else None

    def answer_of(self, card: Card) -> Ask:
        """A place is the answer; words are given on a screen of their own."""
        return Aside(Step.WHERE) if card.code == IN_WORDS else super().answer_of(card)
