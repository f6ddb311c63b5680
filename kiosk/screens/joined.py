"""They have the name; home by itself."""

from kiosk.scene import Leave
from kiosk.screens.screen import Screen, load_layout

load_layout(__file__)


class JoinedScreen(Screen):
    """What follows is the officers' to say; the glass promises no place."""

    def finish(self) -> None:
        """Home."""
        self.ask(Leave())
