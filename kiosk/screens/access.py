"""Larger words, stronger colours, everything low: for who sees or reaches less."""

from kivy.uix.floatlayout import FloatLayout
from msgspec import structs

from kiosk.i18n import tr
from kiosk.screens.screen import load_layout
from kiosk.theme import Access, theme
from kiosk.widgets.button import Choice
from kiosk.widgets.wings import Wings

load_layout(__file__)

ICONS = {
    "large_text": "format-size",
    "high_contrast": "contrast-circle",
    "low_reach": "arrow-down-bold-box-outline",
}


class AccessSheet(Wings, FloatLayout):  # type: ignore[misc]  # Kivy has no types
    """Covers the glass; `on_adapt` brings what is chosen, `on_close` leaves it as it is."""

    __events__ = ("on_adapt", "on_close")

    def offer(self, access: Access) -> None:
        """A card for each help; those in force are marked, by a tick too."""
        cards = self.ids.cards
        cards.clear_widgets()
        cards.spacing = theme.gap
        for field, words in _named().items():
            is_on = getattr(access, field)
            card = Choice(
                name=f"access:{field}",
                text=words,
                second=str(tr._("On") if is_on else tr._("Off")),
                role="body" if theme.reach else "question",
                icon="check-circle" if is_on else ICONS[field],
                chosen=is_on,
            )
            turned = structs.replace(access, **{field: not is_on})
            card.bind(on_release=lambda _, to=turned: self.dispatch("on_adapt", to))
            cards.add_widget(card)

    def on_adapt(self, access: Access) -> None:
        """The resident chose."""

    def on_close(self) -> None:
        """It is well so."""


def _named() -> dict[str, str]:
    named = {
        "large_text": tr._("Larger words"),
        "high_contrast": tr._("Stronger colours"),
        "low_reach": tr._("Everything low"),
    }
    return {field: str(words) for field, words in named.items()}
