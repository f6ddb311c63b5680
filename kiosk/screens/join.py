"""Who comes? A name or a phone number, for an activity."""

from kiosk.form.model import Draft, Joining
from kiosk.i18n import tr
from kiosk.scene import Scene
from kiosk.screens.contact import ContactScreen
from kiosk.screens.screen import load_layout

load_layout(__file__)


class JoinScreen(ContactScreen):
    """As where a case asks for contact, but one of both is needed."""

    can_skip = False

    def form(self, scene: Scene) -> Draft | Joining | None:
        """What holds name and phone."""
        return scene.visit.joining

    def asked(self) -> tuple[str, str]:
        """The question, and what to know before answering."""
        return str(tr._("Who will come?")), str(tr._("A name or a phone number is enough."))
