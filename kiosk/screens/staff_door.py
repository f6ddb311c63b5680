"""The way to the page for staff: a corner, a PIN, and the page laid over the glass."""

from collections.abc import Callable

from kivy.input import MotionEvent
from kivy.uix.widget import Widget

from kiosk.pin import Entry
from kiosk.screens.corner import Corner
from kiosk.screens.covers import Covers
from kiosk.screens.desk import Desk

Lay = Callable[[Widget], None]


class StaffDoor:
    """Lays `pin` and then `desk` over the glass where it `is_free`; without a PIN never."""

    def __init__(
        self, desk: Desk | None, covers: Covers, lay_over: Lay, is_free: Callable[[], bool]
    ) -> None:
        self._desk, self._covers = desk, covers
        self._lay_over, self._is_free = lay_over, is_free
        self._corner = Corner(self._ask)

    def down(self, touch: MotionEvent) -> None:
        """A finger came down on the corner."""
        self._corner.down(touch)

    def gone(self, touch: MotionEvent) -> None:
        """It was lifted, or slid away."""
        self._corner.gone(touch)

    def look(self) -> None:
        """Something changed: the page tells it, if it is open."""
        if self._covers.is_laid("desk"):
            self._covers["desk"].look()

    def _ask(self) -> None:
        if self._is_free() and self._desk is not None and self._desk.pin.is_set:
            self._covers["pin"].offer()
            self._lay_over(self._covers["pin"])

    def let_in(self, pad: Widget, typed: str) -> None:
        """A PIN was typed on the pad."""
        entry = self._entry(typed)
        if entry != "open":
            pad.refuse(is_locked=entry == "locked")
            return
        pad.dispatch("on_close")
        self._covers["desk"].offer()
        self._lay_over(self._covers["desk"])

    def _entry(self, typed: str) -> Entry:
        """Whether the PIN opens; a try that could not be counted is none."""
        try:
            return self._desk.pin.enter(typed) if self._desk else "locked"
        except OSError:
            return "locked"
