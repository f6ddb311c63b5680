"""Which field is typed into, where the fields themselves stand too high to be touched."""

from collections.abc import Mapping

from kivy.uix.boxlayout import BoxLayout

from kiosk.theme import theme
from kiosk.widgets.button import Choice


class Turns(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """A card for each field, below the keys; `on_turn` carries the name of the one touched."""

    __events__ = ("on_turn",)

    def __init__(self, *fields: str) -> None:
        sides = (theme.margin, theme.mm(1), theme.margin, theme.mm(1))
        super().__init__(padding=sides, spacing=theme.gap, size_hint_y=None)
        self._cards = {name: self._card(name) for name in fields}

    def offer(self, words: Mapping[str, str], present: str) -> None:
        """The fields by name in these words, the `present` one marked; none while it is empty."""
        for name, card in self._cards.items():
            card.text, card.chosen = words[name], name == present
            card.icon = "pencil-outline" if name == present else ""
        self.disabled, self.opacity = not present, 1 if present else 0
        self.height = theme.target + theme.mm(2) if present else 0

    def on_turn(self, name: str) -> None:
        """A field was chosen."""

    def _card(self, name: str) -> Choice:
        card = Choice(name=f"turn:{name}", role="small", halign="center")
        card.bind(on_release=lambda _: self.dispatch("on_turn", name))
        self.add_widget(card)
        return card
