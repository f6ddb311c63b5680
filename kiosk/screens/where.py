"""Where is it, in the resident's own words: a house number, a shop, a bend of the lane."""

from kiosk.scene import Scene
from kiosk.screens.screen import load_layout
from kiosk.screens.typing import TypingScreen

load_layout(__file__)


class WhereScreen(TypingScreen):
    """Beside the list of places; what is said here stands with the place chosen there."""

    def show(self, scene: Scene) -> None:
        """The place in words so far."""
        draft = scene.visit.draft
        if draft is None:
            return
        self.take_in(scene, draft.place)
        self.can_go_on = bool(draft.place.strip())
