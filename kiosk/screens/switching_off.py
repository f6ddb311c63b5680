"""The box is on its way out: nothing can be touched any more."""

from kiosk.screens.screen import Screen, load_layout

load_layout(__file__)


class SwitchingOffScreen(Screen):
    """Shown in place of everything until the system ends the glass."""

    has_footer = False
    name = "switching_off"
