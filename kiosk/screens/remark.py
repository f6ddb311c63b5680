"""What would you like to tell us? Words that go with a rating."""

from kiosk.scene import Scene
from kiosk.screens.screen import load_layout
from kiosk.screens.typing import TypingScreen

load_layout(__file__)


class RemarkScreen(TypingScreen):
    """The step beside the field sends the words; there is nothing else to fill in."""

    def show(self, scene: Scene) -> None:
        """The words so far."""
        rating = scene.visit.rating
        if rating is None:
            return
        self.take_in(scene, rating.words)
        self.can_go_on = bool(rating.words.strip())
