"""The first screen: what this box is for, the most usual largest."""

from kivy.properties import StringProperty

from kiosk.clerk import Begin, Scene
from kiosk.i18n import tr
from kiosk.screens.screen import Screen, load_layout
from kiosk.widgets.button import Plate

load_layout(__file__)


QUIET = {"corruption": "shield-lock-outline", "track": "receipt-text-clock-outline"}
"""What fewer come for, with its icon."""


class HomeScreen(Screen):
    """Say something, or rate the service; in a quiet row below, what fewer come for."""

    centre = StringProperty("")

    def show(self, scene: Scene) -> None:
        """The centre's name and the quiet row in the language in force."""
        named = self.profile.complaint_centre.in_language(scene.visit.language)
        self.centre = f"{named}  {self.profile.phone}".strip()
        quiet = {"track": tr._("How does my case stand?")}
        if self.profile.corruption:
            quiet = {"corruption": tr._("Report corruption, in confidence"), **quiet}
        for form, words in quiet.items():
            self._quiet(form).text = words

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
