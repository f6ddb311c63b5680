"""The glass drawn anew for larger words, stronger colours or everything low."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kivy.core.window import Window
from kivy.uix.widget import Widget

from kiosk.form.flow import Step
from kiosk.scene import Scene
from kiosk.screens.covers import Covers
from kiosk.screens.letting_go import let_go
from kiosk.screens.stepwise import Stepwise
from kiosk.theme import theme

if TYPE_CHECKING:
    from kiosk.screens.frame import Column, Frame
    from kiosk.screens.readying import Readying
    from kiosk.screens.screen import Screen


AT_ONCE = 16
"""Texts that a screen out of sight sets at a time, some ten milliseconds."""


class Anew:
    """The part of the glass that throws everything away and makes it again."""

    if TYPE_CHECKING:
        _covers: Covers
        _scene: Scene
        _screens: dict[Step, Screen]
        _screen: Screen | None
        _column: Column
        _frame: Frame
        _readying: Readying
        _rehearsed: set[object]
        _anew: Stepwise
        _build: Callable[[], None]
        _follow: Callable[[Scene], None]
        _make_covers: Callable[[], Covers]
        remove_widget: Callable[[Widget], None]

    def _rebuild(self) -> None:
        """Draw everything anew, larger or in other colours; the answers live in the scene."""
        old = self._column, *self._covers
        self._let_go(self._covers)
        for part in old:
            self.remove_widget(part)
        self._refit()
        self._build()
        self._ready_anew()

    def _is_sheet_enough(self, before: Scene) -> bool:
        """Whether the sheet alone shows what changes: low, the frame around it does too."""
        is_low = before.access.low_reach or self._scene.access.low_reach
        return self._covers.is_laid("access") and not is_low

    def _rebuild_beneath(self, before: Scene) -> None:
        """The same while the sheet is in sight: it is drawn anew first, the rest frame by frame.

        Whoever chose larger words would otherwise wait some frames for what nobody sees yet. What
        lay beneath stays until the new stands there: an upright panel shows its masthead.
        """
        covers, column = self._covers, self._column
        self.remove_widget(covers["access"])
        self._refit()

        def change() -> None:
            self._follow(before)
            self.remove_widget(column)
            self._ready_anew()

        steps = (lambda: self._let_go(covers), self._build, change)
        self._anew.begin(steps, lambda: self._column.prepare(AT_ONCE))

    def _refit(self) -> None:
        theme.refit(self._scene.access)
        self._covers = self._make_covers()
        Window.clearcolor = theme.colour("paper")

    def _ready_anew(self) -> None:
        if self._readying.is_wanted:
            self._readying.start()

    def _let_go(self, covers: Covers) -> None:
        """Nothing that was drawn, `covers` with it, shows or asks for anything any more."""
        let_go((self._column, *covers, *self._frame.parts, *self._screens.values()))
        self._screens, self._screen = {}, None
        self._rehearsed.clear()
