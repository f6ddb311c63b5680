"""What the panel's lights say. Rhythm tells, never colour alone."""

from hardware.health.vital import Severity
from hardware.panel.parts import FAN, LIGHTS, SLOT, STATUS
from hardware.panel.pattern import QUICK, SLOW, STEADY, Pattern
from kiosk.form.flow import Step
from kiosk.scene import PRINTER_FINE, Scene

Shown = dict[str, Pattern]

_OF_HEALTH = {"fine": STEADY, "warn": SLOW, "bad": QUICK}
_OF_SLIP = {"waiting": SLOW, "printing": SLOW, "printed": STEADY, "asked": STEADY}


def of_scene(scene: Scene) -> Shown:
    """The face that was touched, while the thanks stand; the slot, while a slip is to be taken."""
    visit = scene.visit
    shown = {}
    if visit.step is Step.THANKS and visit.rating and visit.rating.score:
        shown[LIGHTS[visit.rating.score - 1]] = STEADY
    is_due = visit.step is Step.DONE or scene.paper is not None
    if is_due and scene.box.printer == PRINTER_FINE and scene.slip in _OF_SLIP:
        shown[SLOT] = _OF_SLIP[scene.slip]
    return shown


def of_health(worst: Severity) -> Shown:
    """Steady: fine. Slowly blinking: worth a look. Quickly: somebody is needed."""
    return {STATUS: _OF_HEALTH.get(worst, STEADY)}


def of_heat(temperature_c: float | None, on_c: float, off_c: float, *, runs: bool) -> Shown:
    """The fan; it runs where nobody knows how warm it is."""
    if temperature_c is None or temperature_c >= (off_c if runs else on_c):
        return {FAN: STEADY}
    return {}


def is_quiet(hour: int, quiet_from: int, quiet_until: int) -> bool:
    """Whether nothing buzzes at this hour; from and until the same is never."""
    if quiet_from <= quiet_until:
        return quiet_from <= hour < quiet_until
    return hour >= quiet_from or hour < quiet_until
