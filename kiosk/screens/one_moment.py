"""Another release is about to take over: until then nothing can be touched."""

from kiosk.catalogues import catalogue
from kiosk.i18n import DOMAIN
from kiosk.languages import NAMES
from kiosk.screens.screen import Screen, load_layout

load_layout(__file__)


class OneMomentScreen(Screen):
    """Shown in place of everything; as `kiosk.curtain`, which follows it on a bare panel."""

    has_footer = False
    name = "one_moment"

    def says(self) -> list[str]:
        """It in every language that a glass speaks: nobody who comes now can choose one."""
        return [catalogue(DOMAIN, language).gettext("One moment…") for language in NAMES]
