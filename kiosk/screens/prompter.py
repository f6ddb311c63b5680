"""Speaks along: once somebody asked for it, each screen of their visit is said aloud."""

from collections.abc import Callable

from kiosk.form.flow import Step, Visit
from kiosk.sound import Sound
from sync.case import Kind

SILENT = (Step.VOICE,)
"""Where the resident speaks."""


class Prompter:
    """`follow` each visit that is shown, `turn` when the button is touched, `end` with the visit.

    Of a report about corruption a screen is only said when it is asked for: others hear it.
    """

    def __init__(self, sound: Callable[[], Sound]) -> None:
        self._sound = sound
        self._visit = Visit()
        self._is_saying = False
        self.is_on = False

    @property
    def is_wanted(self) -> bool:
        """Whether this screen has something to say, and something to say it with."""
        visit, sound = self._visit, self._sound()
        is_there = visit.step not in SILENT and sound.can_play
        return is_there and sound.prompts.has(visit.language, visit.step)

    def follow(self, visit: Visit) -> None:
        """Another screen or language is shown: say that one, or be quiet."""
        before, self._visit = self._visit, visit
        if (before.step, before.language) == (visit.step, visit.language):
            return
        self._be_quiet()
        if self.is_on and not is_confidential(visit):
            self._say()

    def turn(self) -> None:
        """Say this screen, and those that follow; or stop."""
        self.is_on = not self.is_on
        if self.is_on:
            self._say()
        else:
            self._be_quiet()

    def end(self) -> None:
        """Whoever comes next has not asked for it."""
        self._be_quiet()
        self.is_on = False

    def _say(self) -> None:
        visit, sound = self._visit, self._sound()
        if self.is_wanted and (opus := sound.prompts.read(visit.language, visit.step)):
            self._is_saying = sound.play(opus)

    def _be_quiet(self) -> None:
        if self._is_saying:
            self._sound().be_quiet()
        self._is_saying = False


def is_confidential(visit: Visit) -> bool:
    """Whether this is a report about corruption."""
    return visit.draft is not None and visit.draft.kind is Kind.CORRUPTION
