"""They have the name; home by itself."""

from kivy.properties import BooleanProperty

from kiosk.scene import Leave, Scene
from kiosk.screens.screen import Screen, load_layout

load_layout(__file__)


class JoinedScreen(Screen):
    """What follows is the officers' to say; the glass promises no place."""

    has_paper = BooleanProperty(False)

    def show(self, scene: Scene) -> None:
        """Whether there is a paper to take."""
        self.has_paper = scene.has_paper

    def go_on(self) -> None:
        """Home."""
        self.ask(Leave())
