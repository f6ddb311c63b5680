"""What may lie over a screen, each by the name that scripts and tests know it by."""

from collections.abc import Callable, Iterator, Mapping

from kivy.uix.widget import Widget

from kiosk.screens.access import AccessSheet
from kiosk.screens.call import CallSheet
from kiosk.screens.desk import Desk, DeskSheet
from kiosk.screens.languages import LanguageSheet
from kiosk.screens.pin_pad import PinPad
from kiosk.screens.still_there import StillThere

Events = Mapping[str, Callable[..., object]]


class Covers:
    """Sheets by name, each made when it is first wanted; `covers["call"]` makes or finds it.

    Each is bound to the `events` of its name. Walking goes through those that were made.
    """

    def __init__(self, desk: Desk | None, countdown_s: float, events: Mapping[str, Events]) -> None:
        self._makers: dict[str, Callable[[], Widget]] = {
            "still_there": lambda: StillThere(total_s=countdown_s),
            "languages": LanguageSheet,
            "access": AccessSheet,
            "call": lambda: CallSheet(desk),
            "pin": PinPad,
            "desk": lambda: DeskSheet(desk),
        }
        self._events = events
        self._made: dict[str, Widget] = {}

    def __getitem__(self, name: str) -> Widget:
        """The sheet of this name. Raises KeyError: there is none."""
        if name not in self._made:
            sheet = self._makers[name]()
            sheet.bind(**self._events[name])
            self._made[name] = sheet
        return self._made[name]

    def __iter__(self) -> Iterator[Widget]:
        return iter(tuple(self._made.values()))

    @property
    def names(self) -> tuple[str, ...]:
        """Of all of them."""
        return tuple(self._makers)

    @property
    def laid(self) -> str:
        """The name of the one that lies over the screen, or nothing."""
        return next(filter(self.is_laid, self._makers), "")

    def is_laid(self, name: str) -> bool:
        """Whether this one lies over the screen now."""
        return name in self._made and self._made[name].parent is not None

    def make_one(self) -> bool:
        """Make one that nobody has asked for yet; False if there is none."""
        missing = next((name for name in self._makers if name not in self._made), None)
        return missing is not None and self[missing] is not None
