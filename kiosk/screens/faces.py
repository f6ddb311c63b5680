"""Five faces in a row, least content on the left; a touch on one is a rating."""

from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.screen import load_layout
from kiosk.widgets import face  # noqa: F401  (kv names it)

load_layout(__file__)


class Faces(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """The faces with their words; `on_rate` carries the score.

    `is_small` suits a narrow row; `chosen` is the score given before, or 0.
    """

    chosen = NumericProperty(0)
    is_small = BooleanProperty(False)
    __events__ = ("on_rate",)

    def on_rate(self, score: int) -> None:
        """A face was touched."""
