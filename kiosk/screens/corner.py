"""The corner that staff know: a finger that rests there for a while asks for their page."""

from collections.abc import Callable

from kivy.clock import Clock
from kivy.input import MotionEvent

HOLD_S = 3.0


class Corner:
    """Calls `on_held` once a finger that came `down` has stayed for HOLD_S."""

    def __init__(self, on_held: Callable[[], None]) -> None:
        self._on_held = on_held
        self._finger: object = None
        self._held = Clock.create_trigger(self._ring, HOLD_S)

    def down(self, touch: MotionEvent) -> None:
        """A finger came down on it."""
        self._finger = touch.uid
        self._held.cancel()
        self._held()

    def gone(self, touch: MotionEvent) -> None:
        """A finger was lifted, or slid away."""
        if touch.uid == self._finger:
            self.forget()

    def forget(self) -> None:
        """Whoever rests there now waits in vain."""
        self._finger = None
        self._held.cancel()

    def _ring(self, *_: object) -> None:
        if self._finger is not None:
            self.forget()
            self._on_held()
