"""What surrounds every question: header, footer, and a banner when something is amiss."""

from kivy.clock import Clock
from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.languages import NAMES
from kiosk.scene import Scene
from kiosk.screens.screen import Screen, load_layout
from kiosk.screens.trouble import banner_for
from kiosk.theme import theme
from kiosk.widgets.button import Plate
from kiosk.widgets.wings import Wings
from sync.profile import Profile

load_layout(__file__)


class Header(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """Whose box this is, and the languages it speaks besides the one in force.

    Thai and English are one touch apart; where there are more, a second button names
    the others in their own letters and leads to all of them. Within a bar it has neither
    ground nor name, and where there are more languages only the button to all of them.
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
            self._name_others(others)
        for code in others[: 0 if theme.reach and len(others) > 1 else 1]:
            plate = self._plate(f"language:{code}", _name(code), icon="translate")
            if len(others) > 1:
                plate.icon, plate.halign, plate.width = "", "center", theme.wide(1.6)
            plate.bind(on_release=lambda _, to=code: self.dispatch("on_speak", to))
            choices.add_widget(plate)
        plates = choices.children
        choices.width = sum(plate.width for plate in plates) + choices.spacing * (len(plates) - 1)
        if theme.reach:
            self.size_hint_x, self.width = None, choices.width

    def _name_others(self, others: list[str]) -> None:
        """The button to all languages; a sign alone where a bar has no room for names."""
        if theme.reach and theme.is_low:
            self._sign("languages", "translate", "on_more")
            return
        named = others if theme.reach else others[1:]
        plate = self._plate("languages", " ".join(map(_name, named)), icon="translate")
        plate.role, plate.width = "small", theme.wide(2.6 if theme.reach else 3.6)
        plate.bind(on_release=lambda _: self.dispatch("on_more"))
        self.ids.languages.add_widget(plate)

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
            look="outline" if theme.reach else "header",
            size_hint=(None, 1),
            width=theme.wide(2.4),
        )


def _name(code: str) -> str:
    return NAMES.get(code, code)


class Footer(Wings, BoxLayout):  # type: ignore[misc]  # Kivy has no types
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


class Bar(Footer):
    """All that stands in header and footer, in one row at the foot: everything low.

    The signs are always on the left, so that they stay where a hand has found them. Between the
    steps is room for what a screen `puts_in`; `step_name` is the marigold step's for scripts.
    """

    step_name = StringProperty("next")
    puts_in = ObjectProperty(None, allownone=True)

    def hold(self, signs: Header) -> None:
        """Take the header's buttons in."""
        self.ids.signs.add_widget(signs)

    def on_puts_in(self, _: object, what: Widget | None) -> None:
        """What the screen of the moment has for this place, or nothing."""
        self.ids.slot.clear_widgets()
        if what is not None:
            self.ids.slot.add_widget(what)


class Strip(Wings, BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """Whose box it is and how far one is, above everything low; nothing here can be touched."""

    is_never_hidden = True
    municipality = StringProperty("")
    number = NumericProperty(0)
    count = NumericProperty(0)


class Banner(Wings, BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """One sentence about what is amiss, with a sign."""

    text = StringProperty("")
    icon = StringProperty("alert-circle-outline")
    ink = StringProperty("warn")


class Column(Wings, BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """Masthead, header, screen and footer, from the top.

    While a sheet lies over them they are not painted, for a frame costs by the pixel, and
    nothing new is lettered: whoever chooses larger words sees the sheet in them at once.
    """

    def __init__(self, **properties: object) -> None:
        self._look = Clock.create_trigger(self._hide_or_show, -1)
        super().__init__(**properties)
        self.fbind("children", self._look)

    def on_parent(self, _: Widget, glass: Widget | None) -> None:
        """See what is laid over it from now on."""
        if glass:
            glass.bind(children=self._look)

    def hold(self, parts: list[Widget]) -> None:
        """Have these, from the top."""
        if list(reversed(self.children)) == parts:
            return
        self.clear_widgets()
        for part in parts:
            self.add_widget(part)
            if isinstance(part, Wings):
                part.come_on()
        self.do_layout()  # now, or the screen is laid out for what stood here before

    @property
    def is_hidden(self) -> bool:
        """Whether a sheet lies over it."""
        return self.parent is not None and len(self.parent.children) > 1

    def _hide_or_show(self, *_: object) -> None:
        for part in self.children:
            is_painted = part.canvas in self.canvas.children
            if is_painted and self.is_hidden and not _only_says_whose(part):
                self.canvas.remove(part.canvas)
            elif not is_painted and not self.is_hidden:
                self.canvas.add(part.canvas)
        if not self.is_hidden:
            self.come_on()


def _only_says_whose(part: Widget) -> bool:
    """Whether nothing in it can be touched: sheets leave the municipality's name in sight."""
    return isinstance(part, Strip | Masthead)


class Masthead(Wings, BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """Whose box it is, large, on an upright panel; nothing here can be touched."""

    is_never_hidden = True
    municipality = StringProperty("")
    centre = StringProperty("")


class Frame:
    """All that surrounds a screen, put where this panel has it."""

    def __init__(self, header: Header) -> None:
        self._header, self._masthead, self._strip = header, Masthead(), Strip()
        self.banner, self.body = Banner(), BoxLayout()
        self.footer = Bar() if theme.reach else Footer()
        if theme.reach:
            self.footer.hold(header)

    @property
    def parts(self) -> tuple[Widget, ...]:
        """All of it, on the glass at the moment or not."""
        return self._header, self._masthead, self._strip, self.banner, self.body, self.footer

    @property
    def top(self) -> Widget:
        """Where nobody but staff has anything to touch at home, at its left end."""
        return self._strip if theme.reach else self._header

    @property
    def kept_px(self) -> float:
        """How much of the height stays in sight above whatever covers a screen."""
        return float(self._strip.height if self._strip.parent else 0)

    def taken_px(self, screen: Screen) -> float:
        """How much of the height it takes from this screen, with nothing amiss."""
        above = self._strip if theme.reach else self._header
        has_below = theme.reach or screen.has_footer
        return float(above.height + (self.footer.height if has_below else 0))

    def name(self, profile: Profile, scene: Scene) -> None:
        """Whose box it is, and what is amiss, in the language in force."""
        language = scene.visit.language
        name, centre = (
            profile.name.in_language(language),
            profile.complaint_centre.in_language(language),
        )
        self._header.municipality = self._masthead.municipality = self._strip.municipality = name
        self._masthead.centre = f"{centre}  {profile.phone}".strip()
        notice = banner_for(scene)
        self.banner.text, self.banner.icon = notice.words, notice.icon

    def around(self, screen: Screen, number: int, count: int) -> list[Widget]:
        """What stands on the glass with this screen, question `number` of `count`, from the top."""
        footer = self.footer
        footer.next_text, footer.can_go_on = screen.next_text, screen.can_go_on
        footer.number, footer.count = number, count
        banner = [self.banner] if self.banner.text else []
        if theme.reach:
            return [*self._above(screen), *banner, self.body, footer]
        masthead = [self._masthead] if theme.masthead else []
        below = [footer] if screen.has_footer else []
        return [*masthead, self._header, *banner, self.body, *below]

    def _above(self, screen: Screen) -> list[Widget]:
        """The strip, where nobody is typing; the bar is given what the screen has for it."""
        self._strip.number, self._strip.count = self.footer.number, self.footer.count
        self.footer.can_go_back = screen.can_go_back
        self.footer.step_name, self.footer.puts_in = screen.step_name, screen.puts_in
        return [] if screen.is_typing else [self._strip]
