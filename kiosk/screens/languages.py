"""All languages of the box, each in its own letters: for who reads no Thai."""

from collections.abc import Sequence

from kivy.uix.floatlayout import FloatLayout

from kiosk.languages import NAMES
from kiosk.screens.screen import load_layout
from kiosk.theme import theme
from kiosk.widgets.button import Choice
from kiosk.widgets.wings import Wings

load_layout(__file__)


class LanguageSheet(Wings, FloatLayout):  # type: ignore[misc]  # Kivy has no types
    """Covers the glass; `on_speak` brings the language chosen, `on_close` keeps the old one."""

    __events__ = ("on_speak", "on_close")

    def offer(self, languages: Sequence[str], present: str) -> None:
        """A card for each language; that of the `present` one is marked."""
        cards = self.ids.cards
        cards.clear_widgets()
        cards.spacing = theme.gap
        for code in languages:
            card = Choice(
                name=f"language:{code}",
                text=NAMES.get(code, code),
                role="question",
                halign="center",
                icon="check" if code == present else "",
                chosen=code == present,
            )
            card.bind(on_release=lambda _, to=code: self.dispatch("on_speak", to))
            cards.add_widget(card)

    def on_speak(self, language: str) -> None:
        """The resident chose."""

    def on_close(self) -> None:
        """Nothing changes."""
