"""The glass after a rest at home: the idle show, dimmed or dark when the house is closed.

It ends with any sign of somebody, who finds home as it should be found, and lit.
"""

from collections.abc import Callable
from typing import Literal, Protocol

from kivy.clock import Clock
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens.idle import IdleSheet, Showing
from kiosk.screens.night import NightSheet

Light = Literal["lit", "dim", "dark"]


class Lighting(Protocol):
    """Who knows the hour and the panel's light; `kiosk.lighting.Lighting` is one."""

    def wanted(self) -> Light:
        """What this moment wants, where nobody is there."""

    def shine(self, light: Light) -> None:
        """Be so bright from now on."""


class AlwaysLit:
    """Where nobody says when the house is closed."""

    def wanted(self) -> Light:
        """Lit."""
        return "lit"

    def shine(self, light: Light) -> None:
        """As it is."""


class Interlude:
    """Lays a sheet over `stage` when `may_begin` after a rest; without a showing never."""

    def __init__(
        self,
        stage: FloatLayout,
        showing: Showing | None,
        may_begin: Callable[[], bool],
        lighting: Lighting | None = None,
    ) -> None:
        self._stage, self._may_begin = stage, may_begin
        self._lighting = lighting or AlwaysLit()
        self._shows = (IdleSheet(showing),) if showing else ()
        self._night = NightSheet()
        self.sheets = (*self._shows, self._night)
        self._soon = Clock.create_trigger(self._begin, showing.after_s if showing else 0)

    @property
    def is_on(self) -> bool:
        """Whether it is shown now."""
        return any(sheet.parent for sheet in self.sheets)

    @property
    def name(self) -> str:
        """What is shown now, by the name that scripts and tests know it by, or nothing."""
        if self._night.parent:
            return "night"
        return "idle" if self.is_on else ""

    def wait(self) -> None:
        """Home is as it should be found: the rest begins."""
        self._soon.cancel()
        if self._shows:
            self._soon()

    def look(self) -> None:
        """A while has passed: does the hour want another light? Nothing where somebody is."""
        if self.is_on:
            self._show(self._lighting.wanted())

    def stirred(self) -> bool:
        """Somebody is there; True when that ended the show, and is all that a touch does."""
        if self._soon.is_triggered:
            self.wait()
        was_on = self.is_on
        if was_on:
            self.end()
        return was_on

    def end(self) -> None:
        """Lit, no show, and none to come until `wait`."""
        self._soon.cancel()
        self._lighting.shine("lit")
        self._take_off_show()
        self._stage.remove_widget(self._night)

    def _begin(self, *_: object) -> None:
        if self._may_begin():
            self._show(self._lighting.wanted())

    def _show(self, light: Light) -> None:
        """In the dark nothing moves, so that nothing wakes."""
        self._lighting.shine(light)
        if light == "dark":
            self._take_off_show()
            if not self._night.parent:
                self._stage.add_widget(self._night)
            return
        self._stage.remove_widget(self._night)
        for sheet in self._shows:
            if not sheet.parent:
                self._stage.add_widget(sheet)
                sheet.begin()

    def _take_off_show(self) -> None:
        for sheet in self._shows:
            if sheet.parent:
                self._stage.remove_widget(sheet)
                sheet.end()
