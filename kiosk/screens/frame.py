"""What surrounds every question: header, footer, and a banner when something is amiss."""

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.screen import load_layout
from kiosk.theme import theme
from kiosk.widgets.button import Plate

load_layout(__file__)

NAMES = {"th": "ไทย", "en": "English"}


class Header(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """Whose box this is, and the languages it speaks besides the one in force."""

    municipality = StringProperty("")
    language = StringProperty("th")
    languages = ListProperty([])
    __events__ = ("on_speak",)

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self.fbind("language", self._offer)
        self.fbind("languages", self._offer)
        self._offer()

    def on_speak(self, language: str) -> None:
        """The resident wants another language."""

    def _offer(self, *_: object) -> None:
        choices = self.ids.languages
        choices.clear_widgets()
        others = [code for code in self.languages if code != self.language]
        for code in others:
            plate = Plate(
                name=f"language:{code}",
                text=NAMES.get(code, code),
                icon="translate",
                look="header",
                size_hint=(None, 1),
                width=theme.target * 2.4,
            )
            plate.bind(on_release=lambda _, to=code: self.dispatch("on_speak", to))
            choices.add_widget(plate)
        choices.width = sum(plate.width for plate in choices.children)


class Footer(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """Back on the left, how far one is in the middle, the marigold step on the right."""

    next_text = StringProperty("")
    can_go_on = BooleanProperty(True)
    can_go_back = BooleanProperty(True)
    number = NumericProperty(0)
    count = NumericProperty(0)
    __events__ = ("on_back", "on_next")

    def on_back(self) -> None:
        """The question before."""

    def on_next(self) -> None:
        """The next step."""


class Banner(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """One sentence about what is amiss, with a sign."""

    text = StringProperty("")
    icon = StringProperty("alert-circle-outline")
    ink = StringProperty("warn")
