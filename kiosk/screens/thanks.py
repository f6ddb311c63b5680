"""Thank you, and home by itself."""

from kiosk.scene import Leave
from kiosk.screens.screen import Screen, load_layout
from kiosk.widgets import face  # noqa: F401  (kv names it)

load_layout(__file__)


class ThanksScreen(Screen):
    """The rating is kept."""

    def finish(self) -> None:
        """Home."""
        self.ask(Leave())
