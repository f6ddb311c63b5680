"""The first screen: what this box is for, the most usual largest."""

from kivy.properties import StringProperty

from kiosk.clerk import Begin, Scene
from kiosk.i18n import tr
from kiosk.screens.screen import Screen, load_layout
from kiosk.widgets.button import Plate

load_layout(__file__)


class HomeScreen(Screen):
    """Say something, or rate the service; in a quiet row below, what fewer come for."""

    centre = StringProperty("")

    def show(self, scene: Scene) -> None:
        """The centre's name and the quiet row in the language in force."""
        named = self.profile.complaint_centre.in_language(scene.visit.language)
        self.centre = f"{named}  {self.profile.phone}".strip()
        if self.profile.corruption and not hasattr(self, "_corruption"):
            self._corruption = Plate(
                name="kind:corruption", icon="shield-lock-outline", look="outline"
            )
            self._corruption.bind(on_release=lambda _: self.begin("corruption"))
            self.ids.quiet.add_widget(self._corruption)
        if self.profile.corruption:
            self._corruption.text = tr._("Report corruption, in confidence")

    def begin(self, form: str) -> None:
        """Open a form."""
        self.ask(Begin(form))
