"""This box cannot take anything: said plainly, with a word for the technician."""

from kivy.properties import StringProperty

from kiosk.i18n import tr
from kiosk.screens.screen import Screen, load_layout

load_layout(__file__)


class OutOfServiceScreen(Screen):
    """Shown in place of home when the store cannot be used."""

    has_footer = False
    code = StringProperty("")

    def for_technician(self, code: str) -> str:
        """The reason, as `kiosk doctor` names it."""
        return str(tr._("For the technician: {code}").format(code=code))
