"""What may lie over a screen, each by the name that scripts and tests know it by."""

from kivy.uix.widget import Widget

from kiosk.screens.access import AccessSheet
from kiosk.screens.call import CallSheet
from kiosk.screens.desk import DeskSheet
from kiosk.screens.idle import IdleSheet
from kiosk.screens.languages import LanguageSheet
from kiosk.screens.night import NightSheet
from kiosk.screens.pin_pad import PinPad
from kiosk.screens.still_there import StillThere

_COVERS = {
    StillThere: "still_there",
    LanguageSheet: "languages",
    AccessSheet: "access",
    CallSheet: "call",
    PinPad: "pin",
    DeskSheet: "desk",
    IdleSheet: "idle",
    NightSheet: "night",
}


def name_of(cover: Widget) -> str:
    """Its name. Raises KeyError: nothing that lies over a screen."""
    return _COVERS[type(cover)]
