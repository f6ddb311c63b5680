"""What would you like to add? Words to a case, from whoever holds its slip."""

from kiosk.scene import Scene
from kiosk.screens.screen import load_layout
from kiosk.screens.typing import TypingScreen

load_layout(__file__)


class AddScreen(TypingScreen):
    """Beside the story of the case, which stands again once the words are kept."""

    def show(self, scene: Scene) -> None:
        """The words so far."""
        lookup = scene.visit.lookup
        if lookup is None:
            return
        self.take_in(scene, lookup.words)
        self.can_go_on = bool(lookup.words.strip())
