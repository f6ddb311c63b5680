"""What is amiss with the box, in a banner's one sentence."""

from kiosk.form.flow import Step
from kiosk.i18n import tr
from kiosk.scene import PRINTER_FINE, Scene


def banner_for(scene: Scene) -> str:
    """The sentence over a screen; empty when all is well."""
    if scene.trouble:
        return _trouble(scene)
    if scene.visit.step is Step.HOME and scene.printer != PRINTER_FINE:
        return str(tr._("No slips just now. You can photograph the screen instead."))
    return ""


def _trouble(scene: Scene) -> str:
    if scene.visit.step is Step.HOME:
        words = tr._("This box cannot take anything just now. Please speak to an officer.")
    elif scene.trouble == "store_full":
        words = tr._(
            "This box is full and cannot take anything just now. "
            "What you typed is still here. Please tell an officer."
        )
    else:
        words = tr._(
            "This box cannot take anything just now. "
            "What you typed is still here. Please tell an officer."
        )
    return str(words)
