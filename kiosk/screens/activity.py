"""Which activity? Those of the bulletin that still take people."""

from collections.abc import Sequence

from kiosk.scene import Scene
from kiosk.screens.listing import Card, ListingScreen, most_columns
from kiosk.screens.screen import load_layout
from kiosk.theme import theme

load_layout(__file__)


class ActivityScreen(ListingScreen):
    """Their titles, in Thai where there is no other."""

    field = "item_id"
    target = "activity"

    def cards(self, scene: Scene) -> Sequence[Card]:
        """The activities in the language in force."""
        has_room = not (theme.is_low or theme.access.large_text)
        self.columns = most_columns(1, 2) if has_room else 1
        said = scene.visit.language
        return [
            Card(str(each.item_id), each.title.in_language(said) or each.title.th, "calendar-star")
            for each in scene.box.activities
        ]

    def chosen(self, scene: Scene) -> str | None:
        """The activity chosen before."""
        joining = scene.visit.joining
        return joining.item_id if joining else None
