"""Which office served you? The profile's divisions."""

from collections.abc import Sequence

from kiosk.scene import Scene
from kiosk.screens.listing import Card, ListingScreen, most_columns
from kiosk.screens.screen import load_layout

load_layout(__file__)


class DivisionScreen(ListingScreen):
    """The divisions."""

    field = "division_code"
    target = "division"

    def cards(self, scene: Scene) -> Sequence[Card]:
        """The divisions in the language in force."""
        self.columns = most_columns(1, 2)
        said = scene.visit.language
        icon = "office-building-outline"
        return [Card(d.code, d.name.in_language(said), icon) for d in self.profile.divisions]

    def chosen(self, scene: Scene) -> str | None:
        """The division chosen before."""
        rating = scene.visit.rating
        return rating.division_code if rating else None
