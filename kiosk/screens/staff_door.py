"""The way to the page for staff: a corner, a PIN, and the page laid over the glass."""

from collections.abc import Callable

from kivy.input import MotionEvent
from kivy.uix.widget import Widget

from kiosk.pin import Entry
from kiosk.screens.corner import Corner
from kiosk.screens.desk import Desk, DeskSheet
from kiosk.screens.pin_pad import PinPad

Lay = Callable[[Widget], None]


class StaffDoor:
    """Lays `pad` and then `sheet` over the glass where it `is_free`; without a PIN never."""

    def __init__(
        self, desk: Desk | None, lay_over: Lay, take_off: Lay, is_free: Callable[[], bool]
    ) -> None:
        self._desk, self._is_free = desk, is_free
        self._lay_over, self._take_off = lay_over, take_off
        self._corner = Corner(self._ask)
        self.pad, self.sheet = PinPad(), DeskSheet(desk)
        self.pad.bind(on_enter=lambda _, typed: self._let_in(typed))
        self.pad.bind(on_close=take_off)
        self.sheet.bind(on_close=take_off)

    def down(self, touch: MotionEvent) -> None:
        """A finger came down on the corner."""
        self._corner.down(touch)

    def gone(self, touch: MotionEvent) -> None:
        """It was lifted, or slid away."""
        self._corner.gone(touch)

    def look(self) -> None:
        """Something changed: the page tells it, if it is open."""
        if self.sheet.parent:
            self.sheet.look()

    def _ask(self) -> None:
        if self._is_free() and self._desk is not None and self._desk.pin.is_set:
            self.pad.offer()
            self._lay_over(self.pad)

    def _let_in(self, typed: str) -> None:
        entry = self._entry(typed)
        if entry != "open":
            self.pad.refuse(is_locked=entry == "locked")
            return
        self._take_off(self.pad)
        self.sheet.offer()
        self._lay_over(self.sheet)

    def _entry(self, typed: str) -> Entry:
        """Whether the PIN opens; a try that could not be counted is none."""
        try:
            return self._desk.pin.enter(typed) if self._desk else "locked"
        except OSError:
            return "locked"
