"""Are you still there? Asked before anything is wiped, with the time left in plain sight."""

from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.screen import load_layout
from kiosk.widgets import countdown  # noqa: F401  (kv names it)
from kiosk.widgets.wings import Wings

load_layout(__file__)


class StillThere(Wings, FloatLayout):  # type: ignore[misc]  # Kivy has no types
    """Covers the glass; `on_stay` and `on_leave` are its two answers."""

    left_s = NumericProperty(0)
    total_s = NumericProperty(1)
    is_typed = BooleanProperty(True)
    __events__ = ("on_stay", "on_leave")

    def on_stay(self) -> None:
        """Somebody is there."""

    def on_leave(self) -> None:
        """Erase and go home."""
