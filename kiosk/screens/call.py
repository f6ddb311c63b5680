"""Call an officer: asked first, then said in letters that are read across the room."""

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.desk import Desk
from kiosk.screens.screen import load_layout
from kiosk.widgets import button, icon, text  # noqa: F401  (kv names them)
from kiosk.widgets.wings import Wings

load_layout(__file__)


class CallSheet(Wings, FloatLayout):  # type: ignore[misc]  # Kivy has no types
    """Covers the glass and keeps what was typed; `on_close` goes on where one was.

    `who` is whom the profile names, `is_called` once somebody was called.
    """

    who = StringProperty("")
    is_called = BooleanProperty(False)
    __events__ = ("on_close",)

    def __init__(self, desk: Desk | None, **properties: object) -> None:
        super().__init__(**properties)
        self._desk = desk

    def offer(self, who: str) -> None:
        """Ask whether to call."""
        self.who, self.is_called = who, False

    def call(self) -> None:
        """Yes, please."""
        if self._desk is not None and not self.is_called:
            self._desk.call_staff()
            self.is_called = True

    def on_close(self) -> None:
        """Go on."""
