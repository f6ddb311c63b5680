"""The first screen: what this box is for, the most usual largest."""

from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.i18n import tr
from kiosk.scene import Begin, Rate, Scene
from kiosk.screens import faces  # noqa: F401  (kv names it)
from kiosk.screens.screen import Screen, load_layout, taken
from kiosk.screens.trouble import banner_for
from kiosk.theme import theme
from kiosk.widgets import pages  # noqa: F401  (kv names it)
from kiosk.widgets.button import Choice, Plate
from sync.profile import Division

load_layout(__file__)

MOST_ABREAST = 4
"""Offices in a row on a panel that lies; more stand in two rows, and many more on pages."""
MOST_LOW = 7
"""The same where there is room for one row only."""


class Asked(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """A question with its answers below it, which are `tall` pixels high."""

    question = StringProperty("")
    is_low = BooleanProperty(False)
    tall = NumericProperty(0)


class Counter(Asked):
    """The faces of the division at whose counter this glass stands."""

    __events__ = ("on_rate",)

    def on_rate(self, score: int) -> None:
        """A face was touched."""


class Offices(Asked):
    """The divisions, each leading to its faces: two touches from home are a rating."""

    __events__ = ("on_choose",)

    def on_choose(self, code: str) -> None:
        """A division was touched."""

    def offer(self, divisions: list[Division], language: str) -> None:
        """These divisions in a language, in as few rows as hold them."""
        named = [(each.code, each.name.in_language(language)) for each in divisions]
        grid = self.ids.pages
        if [card.name for card in grid.cards] != [f"division:{code}" for code, _ in named]:
            grid.columns = _abreast(len(named))
            grid.fill(named, lambda each: self._card(*each))
        for card, (_, name) in zip(grid.cards, named, strict=True):
            card.text = name

    def wipe(self) -> None:
        """Who comes next begins at the first page."""
        self.ids.pages.page = 0

    def _card(self, code: str, name: str) -> Choice:
        card = Choice(name=f"division:{code}", text=name, role="small", halign="center")
        card.bind(on_release=lambda _: self.dispatch("on_choose", code))
        return card


QUIET = {
    "corruption": "shield-lock-outline",
    "track": "receipt-text-clock-outline",
    "join": "calendar-star",
}
"""What fewer come for, with its icon."""


class HomeScreen(Screen):
    """Say something, or rate the service; in a quiet row, what fewer come for.

    Where the division is known its faces stand here, and one touch is a rating; else the
    divisions, and two are. They take room: a low panel, or one with a banner, `is_crowded` and
    says nothing else. Words `is_narrow` has less room for are smaller.
    """

    centre = StringProperty("")
    is_crowded = BooleanProperty(False)
    is_narrow = BooleanProperty(False)

    def lower(self) -> None:
        """What is only read stands above; the quiet row finds its place in the bar."""
        super().lower()
        self.puts_in = taken(self.ids.quiet)
        self.add_widget(taken(self.ids.centre), index=len(self.children) - 1)
        self.add_widget(taken(self.ids.cards))

    def show(self, scene: Scene) -> None:
        """The centre's name and the quiet row in the language in force."""
        named = self.profile.complaint_centre.in_language(scene.visit.language)
        self.centre = f"{named}  {self.profile.phone}".strip()
        self.is_narrow = not theme.is_upright and (theme.is_low or theme.access.large_text)
        has_room = theme.reach or not (self.is_narrow or banner_for(scene).words)
        self.is_crowded = not (theme.is_upright or has_room)
        self._show_quiet(scene)
        if scene.division:
            self._show_faces(scene)
        elif not self._stands(Counter):  # wiped, a scene does not say where the box stands
            self._show_offices(scene)

    def wipe(self) -> None:
        """Who comes next sees the first of the divisions."""
        if self._stands(Offices):
            self.ids.asked.children[0].wipe()

    def begin(self, form: str, division: str = "") -> None:
        """Open a form."""
        self.ask(Begin(form, division))

    def _show_quiet(self, scene: Scene) -> None:
        quiet = {"track": tr._("How does my case stand?")}
        if self.profile.corruption:
            quiet = {"corruption": tr._("Report corruption, in confidence"), **quiet}
        if scene.box.activities:
            quiet["join"] = tr._("Join an activity")
        for entry in [each for each in self.ids.quiet.children if each.name[5:] not in quiet]:
            self.ids.quiet.remove_widget(entry)
        is_full = bool(theme.reach) and len(quiet) == len(QUIET)
        for form, words in quiet.items():
            entry = self._quiet(form)
            entry.text, entry.icon = words, "" if is_full else QUIET[form]
            entry.halign = "center" if is_full else "left"

    def _quiet(self, form: str) -> Plate:
        """The entry for a form in the quiet row; made when it is first needed."""
        name = f"kind:{form}"
        made: list[Plate] = [entry for entry in self.ids.quiet.children if entry.name == name]
        if made:
            return made[0]
        entry = Plate(name=name, look="outline", role="small")
        entry.bind(on_release=lambda _: self.begin(form))
        self.ids.quiet.add_widget(entry)
        return entry

    def _show_faces(self, scene: Scene) -> None:
        """One touch is a rating."""
        if not self._stands(Counter):
            counter = Counter(is_low=self.is_narrow)
            counter.bind(on_rate=lambda _, score: self.ask(Rate(score)))
            lying = theme.mm(30 if self.is_narrow else 33)
            counter.tall = self._low() or (theme.mm(50) if theme.is_upright else lying)
            self._put(counter)
        named = self.profile.division(scene.division).name.in_language(scene.visit.language)
        asked = tr._("How was our service at {division}?").format(division=named)
        self.ids.asked.children[0].question = asked

    def _show_offices(self, scene: Scene) -> None:
        """The first of two touches."""
        count = len(self.profile.divisions)
        if not self._stands(Offices):
            offices = Offices(is_low=self.is_narrow)
            offices.bind(on_choose=lambda _, code: self.begin("rating", code))
            rows = min(-(-count // _abreast(count)), 4 if theme.is_upright else 2)
            offices.tall = self._low() or rows * (theme.card + theme.gap) - theme.gap
            self._put(offices)
        offices = self.ids.asked.children[0]
        named = [tr._("Rate our service"), tr._("Two touches, no name")]
        offices.question = "  ·  ".join(named[: 1 if self.is_narrow else 2])
        offices.offer(self.profile.divisions, scene.visit.language)

    def _stands(self, kind: type[Asked]) -> bool:
        return any(isinstance(asked, kind) for asked in self.ids.asked.children)

    def _put(self, asked: Asked) -> None:
        self.ids.asked.clear_widgets()
        self.ids.asked.add_widget(asked)

    def _low(self) -> float:
        """What a reach has left for faces or divisions above the cards; 0 where all can be."""
        return theme.reach - theme.card - self.spacing if theme.reach else 0.0


def _abreast(count: int) -> int:
    """How many divisions stand in a row."""
    if theme.is_upright:
        return 2
    if theme.reach or count <= MOST_ABREAST:
        return min(count, MOST_LOW if theme.reach else MOST_ABREAST) or 1
    return min(-(-count // 2), MOST_ABREAST)
