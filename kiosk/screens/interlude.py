"""When the idle show begins and ends: after a rest at home, and with any sign of somebody."""

from collections.abc import Callable

from kivy.clock import Clock
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.idle import IdleSheet, Showing


class Interlude:
    """Lays the idle sheet over `stage` when `may_begin` after a rest; without a showing never."""

    def __init__(
        self, stage: FloatLayout, showing: Showing | None, may_begin: Callable[[], bool]
    ) -> None:
        self._stage, self._may_begin = stage, may_begin
        self.sheets = (IdleSheet(showing),) if showing else ()
        self._soon = Clock.create_trigger(self._begin, showing.after_s if showing else 0)

    @property
    def is_on(self) -> bool:
        """Whether it is shown now."""
        return any(sheet.parent for sheet in self.sheets)

    def wait(self) -> None:
        """Home is as it should be found: the rest begins."""
        self._soon.cancel()
        if self.sheets:
            self._soon()

    def stirred(self) -> bool:
        """Somebody is there; True when that ended the show, and is all that a touch does."""
        if self._soon.is_triggered:
            self.wait()
        was_on = self.is_on
        if was_on:
            self.end()
        return was_on

    def end(self) -> None:
        """No show, and none to come until `wait`."""
        self._soon.cancel()
        for sheet in self.sheets:
            if sheet.parent:
                self._stage.remove_widget(sheet)
                sheet.end()

    def _begin(self, *_: object) -> None:
        if self._may_begin():
            for sheet in self.sheets:
                self._stage.add_widget(sheet)
                sheet.begin()
