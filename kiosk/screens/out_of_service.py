"""This box cannot take anything: said plainly in every language, with where to go instead."""

from kivy.properties import StringProperty

from kiosk.catalogues import catalogue
from kiosk.i18n import DOMAIN, tr
from kiosk.screens.screen import Screen, load_layout

load_layout(__file__)


class OutOfServiceScreen(Screen):
    """Shown in place of home when the store cannot be used.

    Nothing can be touched here, so the other languages stand below the present one.
    """

    has_footer = False
    code = StringProperty("")

    def instead(self, language: str) -> str:
        """Whom to turn to; the complaint centre's number where the profile has one."""
        _ = catalogue(DOMAIN, language).gettext
        if self.profile is None or not self.profile.phone:
            return _("Please speak to an officer at the counter.")
        words = _("Please speak to an officer at the counter, or call {phone}.")
        return words.format(phone=self.profile.phone)

    def in_other_languages(self, language: str) -> str:
        """All of it once more, a line for each of the profile's other languages."""
        spoken = self.profile.languages if self.profile else []
        others = [other for other in spoken if other != language]
        return "\n".join(
            f"{catalogue(DOMAIN, other).gettext('This box is out of service')}. "
            f"{self.instead(other)}"
            for other in others
        )

    def for_technician(self, code: str) -> str:
        """The reason, as `kiosk doctor` names it."""
        return str(tr._("For the technician: {code}").format(code=code))
