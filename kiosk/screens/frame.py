"""What surrounds every question: header, footer, and a banner when something is amiss."""

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.languages import NAMES
from kiosk.screens.screen import load_layout
from kiosk.theme import theme
from kiosk.widgets.button import Plate

load_layout(__file__)


class Header(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """Whose box this is, and the languages it speaks besides the one in force.

    Thai and English are one touch apart; where there are more, a second button names
    the others in their own letters and leads to all of them.
    """

    municipality = StringProperty("")
    language = StringProperty("th")
    languages = ListProperty([])
    can_call = BooleanProperty(False)
    has_prompt = BooleanProperty(False)
    is_prompting = BooleanProperty(False)
    __events__ = ("on_speak", "on_more", "on_access", "on_call", "on_listen")

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self.fbind("language", self._offer)
        for name in ("languages", "can_call", "has_prompt", "is_prompting"):
            self.fbind(name, self._offer)
        self._offer()

    def on_speak(self, language: str) -> None:
        """The resident wants another language."""

    def on_more(self) -> None:
        """The resident wants to see all languages."""

    def on_access(self) -> None:
        """The resident wants to see or reach better."""

    def on_call(self) -> None:
        """The resident wants an officer."""

    def on_listen(self) -> None:
        """The resident wants to hear what stands here, or no more."""

    def _offer(self, *_: object) -> None:
        choices = self.ids.languages
        choices.clear_widgets()
        if self.has_prompt:
            self._sign("prompt", "volume-off" if self.is_prompting else "volume-high", "on_listen")
        if self.can_call:
            self._sign("call", "bell-ring-outline", "on_call")
        self._sign("access", "human", "on_access")
        others = [code for code in self.languages if code != self.language]
        if len(others) > 1:
            plate = self._plate("languages", " ".join(map(_name, others[1:])), icon="translate")
            plate.role, plate.width = "small", theme.wide(3.6)
            plate.bind(on_release=lambda _: self.dispatch("on_more"))
            choices.add_widget(plate)
        for code in others[:1]:
            plate = self._plate(f"language:{code}", _name(code), icon="translate")
            if len(others) > 1:
                plate.icon, plate.halign, plate.width = "", "center", theme.wide(1.6)
            plate.bind(on_release=lambda _, to=code: self.dispatch("on_speak", to))
            choices.add_widget(plate)
        choices.width = sum(plate.width for plate in choices.children)

    def _sign(self, name: str, icon: str, event: str) -> None:
        """A button that is a sign without words."""
        plate = self._plate(name, "", icon)
        plate.layout, plate.width = "column", theme.target
        plate.bind(on_release=lambda _: self.dispatch(event))
        self.ids.languages.add_widget(plate)

    def _plate(self, name: str, text: str, icon: str) -> Plate:
        return Plate(
            name=name,
            text=text,
            icon=icon,
            look="header",
            size_hint=(None, 1),
            width=theme.wide(2.4),
        )


def _name(code: str) -> str:
    return NAMES.get(code, code)


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


class Column(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """Masthead, header, screen and footer, from the top.

    While a sheet lies over them they are not painted: a frame costs by the pixel.
    """

    def __init__(self, **properties: object) -> None:
        self._look = Clock.create_trigger(self._hide_or_show, -1)
        super().__init__(**properties)
        self.fbind("children", self._look)

    def on_parent(self, _: Widget, glass: Widget | None) -> None:
        """See what is laid over it from now on."""
        if glass:
            glass.bind(children=self._look)

    def _hide_or_show(self, *_: object) -> None:
        is_covered = self.parent is not None and len(self.parent.children) > 1
        for part in self.children:
            is_painted = part.canvas in self.canvas.children
            if is_painted and is_covered and not _only_says_whose(part):
                self.canvas.remove(part.canvas)
            elif not is_painted and not is_covered:
                self.canvas.add(part.canvas)


def _only_says_whose(part: Widget) -> bool:
    """Whether nothing in it can be touched: sheets leave the municipality's name in sight."""
    return hasattr(part, "municipality") and not isinstance(part, Header)


class Masthead(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """Whose box it is, large, on an upright panel; nothing here can be touched."""

    municipality = StringProperty("")
    centre = StringProperty("")
