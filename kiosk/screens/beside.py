"""What reaches the glass from beside it: buttons, a scanner, a sensor."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.form.flow import Step
from kiosk.scene import Ask, Rate, Scan, Scene

if TYPE_CHECKING:
    from kivy.uix.widget import Widget

    from kiosk.screens.call import CallSheet
    from kiosk.screens.frame import Header
    from kiosk.screens.vigil import Vigil


class Beside:
    """The part of the glass that no finger touches."""

    if TYPE_CHECKING:
        _scene: Scene
        _vigil: Vigil
        _call: CallSheet
        _header: Header
        _covers: tuple[Widget, ...]
        _languages: Widget
        _still_there: Widget
        _ask: Callable[[Ask], None]
        _show_call: Callable[[], None]
        _is_as_found: Callable[[], bool]
        remove_widget: Callable[[Widget], None]
        wake: Callable[[], bool]

    @property
    def is_in_use(self) -> bool:
        """Whether somebody is at it: anything but home, or home as nobody else should find it."""
        return self._scene.visit.step is not Step.HOME or not self._is_as_found()

    def press(self, score: int) -> None:
        """A button beside the glass was pressed: a rating, whatever is shown."""
        before = self._scene.visit
        self._ask(Rate(score))
        if self._scene.visit != before:
            self.remove_widget(self._languages)
            self.remove_widget(self._still_there)

    def scan(self, code: str) -> None:
        """Something was held to the scanner: somebody is there."""
        self._vigil.touched()
        before = self._scene.visit
        self._ask(Scan(code))
        if self._scene.visit != before:
            for cover in self._covers:
                self.remove_widget(cover)

    def call_staff(self) -> bool:
        """The button for it was pressed: as the bell at the top, without being asked again.

        False where the profile names nobody. What was typed stays.
        """
        if not self._header.can_call:
            return False
        self.wake()
        for cover in self._covers:
            self.remove_widget(cover)
        self._show_call()
        self._call.call()
        return True
