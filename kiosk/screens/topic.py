"""What is it about? The profile's topics."""

from collections.abc import Sequence

from kiosk.clerk import Scene
from kiosk.screens.listing import Card, ListingScreen, most_columns
from kiosk.screens.screen import load_layout

load_layout(__file__)


class TopicScreen(ListingScreen):
    """The topics, each with its icon."""

    field = "topic_code"
    target = "topic"

    def cards(self, scene: Scene) -> Sequence[Card]:
        """The topics in the language in force."""
        self.columns = most_columns(2, 4)
        said = scene.visit.language
        return [Card(t.code, t.name.in_language(said), t.icon) for t in self.profile.topics]

    def chosen(self, scene: Scene) -> str | None:
        """The topic chosen before."""
        draft = scene.visit.draft
        return draft.topic_code if draft else None
