"""What reaches the glass from beside it: buttons, a scanner, a sensor."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.form.flow import Step
from kiosk.scene import Ask, Rate, Scan, Scene
from sync.profile import Profile

if TYPE_CHECKING:
    from kiosk.screens.covers import Covers
    from kiosk.screens.frame import Header
    from kiosk.screens.interlude import Interlude
    from kiosk.screens.vigil import Vigil


class Beside:
    """The part of the glass that no finger touches."""

    if TYPE_CHECKING:
        _scene: Scene
        _profile: Profile
        _vigil: Vigil
        _header: Header
        _covers: Covers
        _interlude: Interlude
        _ask: Callable[[Ask], None]
        _show_call: Callable[[], None]
        _is_as_found: Callable[[], bool]
        _uncover: Callable[..., None]
        wake: Callable[[], bool]

    @property
    def scene(self) -> Scene:
        """What is shown."""
        return self._scene

    @property
    def profile(self) -> Profile:
        """Whose box it is."""
        return self._profile

    @property
    def touched_s(self) -> float:
        """How many seconds ago somebody was last there."""
        return self._vigil.untouched_s

    @property
    def is_in_use(self) -> bool:
        """Whether somebody is at it: anything but home, or home as nobody else should find it.

        While the idle show or the night is on nobody is: any sign of somebody ends them.
        """
        if self._interlude.is_on:
            return False
        return self._scene.visit.step is not Step.HOME or not self._is_as_found()

    def press(self, score: int) -> None:
        """A button beside the glass was pressed: a rating, whatever is shown."""
        before = self._scene.visit
        self._ask(Rate(score))
        if self._scene.visit != before:
            self._uncover("languages", "still_there")

    def scan(self, code: str) -> None:
        """Something was held to the scanner: somebody is there."""
        self._vigil.touched()
        before = self._scene.visit
        self._ask(Scan(code))
        if self._scene.visit != before:
            self._uncover()

    def call_staff(self) -> bool:
        """The button for it was pressed: as the bell at the top, without being asked again.

        False where the profile names nobody. What was typed stays.
        """
        if not self._header.can_call:
            return False
        self.wake()
        self._uncover()
        self._show_call()
        self._covers["call"].call()
        return True
