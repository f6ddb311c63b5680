"""The front desk's page: paper, papers to print, how the box is, cleaning, switching off."""

from typing import Protocol

from kivy.clock import Clock, ClockEvent
from kivy.properties import StringProperty
from kivy.uix.floatlayout import FloatLayout

from hardware.errors import (
    CoverOpen,
    DeviceBusy,
    DeviceLost,
    DeviceMissing,
    Overheated,
    PaperOut,
)
from kiosk.front_desk import Counts, Printed
from kiosk.i18n import tr
from kiosk.pin import Pin
from kiosk.scene import PRINTER_FINE
from kiosk.screens.screen import load_layout
from kiosk.theme import theme
from kiosk.widgets.button import Choice
from kiosk.widgets.wings import Wings

load_layout(__file__)

CLEANING_S = 30


class Desk(Protocol):
    """Who does what is asked here; `kiosk.front_desk.FrontDesk` is one."""

    pin: Pin
    printed: Printed

    def counts(self) -> Counts:
        """How the box is."""

    def call_staff(self) -> None:
        """Somebody at the glass asks for an officer."""

    def change_paper(self) -> None:
        """There is a new roll."""

    def print_test(self) -> None:
        """Ask for a test slip."""

    def print_record(self) -> None:
        """Ask for the record of a box opening."""

    def switch_off(self) -> None:
        """Shut the box down in order."""


class DeskSheet(Wings, FloatLayout):  # type: ignore[misc]  # Kivy has no types
    """Covers the glass; `on_close` leaves it. Switching off takes a second touch."""

    said = StringProperty("")
    state = StringProperty("")
    __events__ = ("on_close",)

    def __init__(self, desk: Desk | None, **properties: object) -> None:
        super().__init__(**properties)
        self._desk = desk
        self._left_s = 0
        self._cleaning: ClockEvent | None = None
        self._is_sure = False

    def offer(self) -> None:
        """What may be done, and how the box is."""
        self._is_sure, self.said = False, ""
        self._end_cleaning()
        self.look()
        self._deal()

    def look(self) -> None:
        """How the box is now, and how printing went."""
        if self._desk is None:
            return
        self.state = _in_words(self._desk.counts())
        told = _printed()[self._desk.printed]
        self.said = told or self.said

    def on_touch_down(self, touch: object) -> bool:
        """While somebody cleans, nothing is meant."""
        return True if self._cleaning else bool(super().on_touch_down(touch))

    def on_close(self) -> None:
        """Done."""

    def _deal(self) -> None:
        cards = self.ids.cards
        cards.clear_widgets()
        cards.spacing = theme.gap
        for name, (words, icon) in _deeds(is_sure=self._is_sure).items():
            card = Choice(name=f"desk:{name}", text=words, icon=icon)
            card.bind(on_release=lambda _, deed=name: self._do(deed))
            cards.add_widget(card)

    def _do(self, deed: str) -> None:
        if self._desk is None:
            return
        if deed == "off" and self._is_sure:
            self.said = str(tr._("The box is being switched off."))
            self._desk.switch_off()
            return
        self._is_sure = deed == "off"
        self.said = ""
        if deed == "paper":
            self._desk.change_paper()
            self.said = str(tr._("The printer is being looked at."))
        elif deed in ("test", "record"):
            (self._desk.print_test if deed == "test" else self._desk.print_record)()
            self.look()
        elif deed == "clean":
            self._clean()
        self._deal()

    def _clean(self) -> None:
        self._left_s = CLEANING_S
        self._cleaning = Clock.schedule_interval(self._tick, 1.0)
        self._say_left()

    def _tick(self, *_: object) -> None:
        self._left_s -= 1
        if self._left_s > 0:
            self._say_left()
        else:
            self._end_cleaning()
            self.said = ""

    def _say_left(self) -> None:
        words = tr._("Please wipe the screen now. It hears nothing for {seconds} seconds.")
        self.said = str(words).format(seconds=self._left_s)

    def _end_cleaning(self) -> None:
        if self._cleaning:
            self._cleaning.cancel()
        self._cleaning = None


def _deeds(*, is_sure: bool) -> dict[str, tuple[str, str]]:
    off = tr._("Touch again to switch off") if is_sure else tr._("Switch the box off")
    return {
        "paper": (str(tr._("Paper was changed")), "paper-roll-outline"),
        "test": (str(tr._("Print a test slip")), "receipt-text-check-outline"),
        "record": (str(tr._("Record of a box opening")), "file-sign"),
        "clean": (str(tr._("Pause for cleaning")), "spray-bottle"),
        "off": (str(off), "power"),
    }


def _printed() -> dict[str, str]:
    return {
        "": "",
        "asked": str(tr._("It is being printed.")),
        "printed": str(tr._("It came out.")),
        "not_printed": str(tr._("It did not come out. Please look at the printer.")),
    }


def _in_words(counts: Counts) -> str:
    """The printer in words and the rest in numbers: nobody's words stand here."""
    words = tr._("Not sent yet: {waiting}. Held up: {parked}. Slips not printed: {slips}.")
    told = str(words).format(waiting=counts.waiting, parked=counts.parked, slips=counts.slips)
    return "\n".join(filter(None, (_printer_in_words(counts.printer), told)))


def _printer_in_words(state: str) -> str:
    """What to look at; `state` is `ok`, `unknown` or the code of what is wrong."""
    said = {
        "unknown": "",
        PRINTER_FINE: tr._("The printer is ready."),
        "paper_low": tr._("The paper is nearly used up. Please have a new roll ready."),
        PaperOut.code: tr._("The printer has no paper."),
        CoverOpen.code: tr._("The printer's cover is open."),
        Overheated.code: tr._("The printer is too hot. It goes on by itself."),
        DeviceMissing.code: tr._("The printer is off or not connected."),
        DeviceLost.code: tr._("The printer is off or not connected."),
        DeviceBusy.code: tr._("The printer does not answer. Switch it off and on again."),
    }
    return str(said.get(state, tr._("The printer reports a fault. Please call the technician.")))
