"""What the glass shows: one screen a question, each a pair of `x.py` and `x.kv`."""

from importlib import import_module

from kiosk.form.flow import Step
from kiosk.screens.screen import Screen

_CLASSES = {step: f"{step.value.title()}Screen" for step in Step}


def screen_for(step: Step) -> type[Screen]:
    """The screen of a step; its files are read at the first use."""
    module = import_module(f"kiosk.screens.{step.value}")
    found: type[Screen] = getattr(module, _CLASSES[step])
    return found
