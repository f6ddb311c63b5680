"""What is amiss with the box, in a banner's one sentence: in words a resident uses."""

import msgspec

from kiosk.form.flow import Step
from kiosk.i18n import tr
from kiosk.scene import PRINTER_FINE, BoxState, Scene
from sync.deadline import day_in_words


class Notice(msgspec.Struct, frozen=True):
    """A sentence and its sign; the sign is never the only one to tell."""

    words: str
    icon: str = "alert-circle-outline"


WELL = Notice("")


def banner_for(scene: Scene) -> Notice:
    """What stands over a screen: the one thing that matters most; WELL where there is none."""
    if scene.trouble:
        return _trouble(scene)
    if scene.visit.step is not Step.HOME:
        return WELL
    return _amiss(scene.box, scene.visit.language)


def _trouble(scene: Scene) -> Notice:
    if scene.visit.step is Step.HOME and scene.trouble == "store_full":
        words = tr._(
            "This box is full and cannot take anything just now. Please speak to an officer."
        )
    elif scene.visit.step is Step.HOME:
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
    return Notice(str(words))


def _amiss(box: BoxState, language: str) -> Notice:
    if box.printer == "paper_out":
        words = tr._("There is no paper for slips. You can photograph the screen instead.")
        return Notice(str(words), "receipt-text-remove-outline")
    if box.printer != PRINTER_FINE:
        words = tr._("No slips just now. You can photograph the screen instead.")
        return Notice(str(words), "printer-off-outline")
    if box.offline_since:
        words = tr._("No line to the centre since {day}. What you say is kept here and sent later.")
        day = day_in_words(box.offline_since, language)
        return Notice(str(words).format(day=day), "cloud-off-outline")
    if not box.knows_day:
        words = tr._(
            "This box does not know what day it is. Your slip has no date; the centre adds it."
        )
        return Notice(str(words), "calendar-question")
    return WELL
