"""The first screen: what this box is for, in two large answers."""

from kivy.properties import StringProperty

from kiosk.clerk import Begin, Scene
from kiosk.screens.screen import Screen, load_layout

load_layout(__file__)


class HomeScreen(Screen):
    """Report something, or rate the service."""

    centre = StringProperty("")

    def show(self, scene: Scene) -> None:
        """The centre's name in the language in force."""
        named = self.profile.complaint_centre.in_language(scene.visit.language)
        self.centre = f"{named}  {self.profile.phone}".strip()

    def begin(self, form: str) -> None:
        """Open a form."""
        self.ask(Begin(form))
