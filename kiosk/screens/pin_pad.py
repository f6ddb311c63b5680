"""The PIN pad before the front desk's page; residents never see it."""

from kivy.properties import StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.i18n import tr
from kiosk.pin import LONGEST, SHORTEST
from kiosk.screens.screen import load_layout
from kiosk.theme import theme
from kiosk.widgets.button import Plate
from kiosk.widgets.wings import Wings

load_layout(__file__)

DIGITS = "123456789 0"
DOT = "\N{BULLET}"


class PinPad(Wings, FloatLayout):  # type: ignore[misc]  # Kivy has no types
    """Covers the glass; `on_enter` brings what was typed, `on_close` leaves."""

    dots = StringProperty("")
    wrong = StringProperty("")
    __events__ = ("on_enter", "on_close")

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self._typed = ""

    def offer(self) -> None:
        """Empty, with a key for each digit."""
        self._take("")
        self.wrong = ""
        keys = self.ids.digits
        keys.clear_widgets()
        keys.spacing = theme.mm(2)
        for digit in DIGITS:
            key = Plate(
                name=f"digit:{digit}" if digit.strip() else "",
                text=digit.strip(),
                role="question",
                look="outline",
                halign="center",
                opacity=1 if digit.strip() else 0,
                disabled=not digit.strip(),
            )
            key.bind(on_release=lambda _, typed=digit: self._take(self._typed + typed))
            keys.add_widget(key)
        back = Plate(name="digit:back", icon="backspace-outline", look="outline", layout="column")
        back.bind(on_release=lambda _: self._take(self._typed[:-1]))
        keys.add_widget(back)

    def enter(self) -> None:
        """Ask whether it is the PIN; typed again from the beginning where it is not."""
        typed = self._typed
        self._take("")
        if len(typed) >= SHORTEST:
            self.dispatch("on_enter", typed)

    def refuse(self, *, is_locked: bool) -> None:
        """Say that it was not the PIN, or that nobody is asked any more."""
        self.wrong = (
            tr._("Too many tries. Please come back in a quarter of an hour.")
            if is_locked
            else tr._("That is not the PIN.")
        )

    def on_enter(self, typed: str) -> None:
        """Somebody typed a PIN."""

    def on_close(self) -> None:
        """It was touched by chance."""

    def _take(self, typed: str) -> None:
        self._typed = typed[:LONGEST]
        self.dots = DOT * len(self._typed)
