"""The first screen: what this box is for, the most usual largest."""

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.i18n import tr
from kiosk.scene import Begin, Rate, Scene
from kiosk.screens import faces  # noqa: F401  (kv names it)
from kiosk.screens.screen import Screen, load_layout
from kiosk.theme import theme
from kiosk.widgets.button import Plate

load_layout(__file__)


class Counter(BoxLayout):  # type: ignore[misc]  # Kivy has no types
    """The faces of the division at whose counter this glass stands."""

    division = StringProperty("")
    is_low = BooleanProperty(False)
    __events__ = ("on_rate",)

    def on_rate(self, score: int) -> None:
        """A face was touched."""


QUIET = {
    "corruption": "shield-lock-outline",
    "track": "receipt-text-clock-outline",
    "join": "calendar-star",
}
"""What fewer come for, with its icon."""


class HomeScreen(Screen):
    """Say something, or rate the service; in a quiet row below, what fewer come for.

    Where the division is known its faces stand here, and one touch is a rating. They take
    room: on a panel that lies down the cards then stand `is_in_one_row`, and a low one
    `is_crowded` and says nothing else.
    """

    centre = StringProperty("")
    is_in_one_row = BooleanProperty(False)
    is_crowded = BooleanProperty(False)

    def show(self, scene: Scene) -> None:
        """The centre's name and the quiet row in the language in force."""
        named = self.profile.complaint_centre.in_language(scene.visit.language)
        self.centre = f"{named}  {self.profile.phone}".strip()
        quiet = {"track": tr._("How does my case stand?")}
        if self.profile.corruption:
            quiet = {"corruption": tr._("Report corruption, in confidence"), **quiet}
        if scene.box.activities:
            quiet["join"] = tr._("Join an activity")
        for entry in [each for each in self.ids.quiet.children if each.name[5:] not in quiet]:
            self.ids.quiet.remove_widget(entry)
        for form, words in quiet.items():
            self._quiet(form).text = words
        if scene.division:
            self._show_faces(scene)

    def _quiet(self, form: str) -> Plate:
        """The entry for a form in the quiet row; made when it is first needed."""
        name = f"kind:{form}"
        made: list[Plate] = [entry for entry in self.ids.quiet.children if entry.name == name]
        if made:
            return made[0]
        entry = Plate(name=name, icon=QUIET[form], look="outline", role="small")
        entry.bind(on_release=lambda _: self.begin(form))
        self.ids.quiet.add_widget(entry)
        return entry

    def begin(self, form: str) -> None:
        """Open a form."""
        self.ask(Begin(form))

    def _show_faces(self, scene: Scene) -> None:
        """Faces above the quiet row, in the place of the card that leads to them."""
        if not hasattr(self, "_counter"):
            self.is_in_one_row = not theme.is_upright
            self.is_crowded = not theme.is_upright and (theme.is_low or theme.access.large_text)
            self._counter = Counter(is_low=self.is_crowded)
            self._counter.bind(on_rate=lambda _, score: self.ask(Rate(score)))
            self.ids.cards.remove_widget(self.ids.rating)
            self.add_widget(self._counter, index=self.children.index(self.ids.quiet) + 1)
        named = self.profile.division(scene.division).name
        self._counter.division = named.in_language(scene.visit.language)
