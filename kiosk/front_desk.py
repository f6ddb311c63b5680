"""What the front desk may do at the glass, once its PIN was given."""

import logging
import threading
from collections.abc import Callable
from typing import Literal

import msgspec

from hardware.errors import HardwareError
from kiosk.config import Config
from kiosk.errors import KioskError
from kiosk.pin import Pin
from kiosk.roll import PAPER_CHANGED
from kiosk.switching_off import switch_off
from sync.doorbell import PRINT_BELL, ring
from sync.errors import SyncError
from sync.store import Store

log = logging.getLogger(__name__)

Printed = Literal["", "asked", "printed", "not_printed"]
NOT_PRINTED = ("waiting", "printing", "unknown")
"""States of a slip that nobody has in hand for certain."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How the box is, in numbers; nobody's words. `printer` is `ok`, `unknown` or a code."""

    waiting: int = 0
    parked: int = 0
    slips: int = 0
    printer: str = "unknown"


class FrontDesk:
    """Does what is asked on the front desk's page.

    `counts` tells how the box is; `told` is called, on a thread, once a paper was tried
    or the box was told to go.
    """

    def __init__(
        self, config: Config, counts: Callable[[], Counts], told: Callable[[], None]
    ) -> None:
        self._config, self._told = config, told
        self.buzz: Callable[[], None] = lambda: None
        self.counts = counts
        self.pin = Pin(config.state_dir)
        self.printed: Printed = ""

    def call_staff(self) -> None:
        """Somebody at the glass asks for an officer; `buzz` is set where a buzzer is fitted."""
        log.info("front desk: an officer is called")
        self.buzz()

    def change_paper(self) -> None:
        """There is a new roll: have the spooler look at once, and print what waits."""
        log.info("front desk: paper was changed")
        try:
            (self._config.runtime_dir / PAPER_CHANGED).touch()
        except OSError as error:
            log.warning("the spooler does not hear of new paper: %s", error.strerror)
        ring(self._config.runtime_dir / PRINT_BELL)

    def print_test(self) -> None:
        """Ask for a test slip without keeping the glass waiting; `printed` tells how it went."""
        self._ask_for("trial")

    def print_record(self) -> None:
        """Ask for the record of a box opening, likewise."""
        self._ask_for("anchor")

    def _ask_for(self, paper: str) -> None:
        if self.printed == "asked":
            return
        log.info("front desk: paper %s", paper)
        self.printed = "asked"
        threading.Thread(target=self._print, args=(paper,), name="front desk", daemon=True).start()

    def switch_off(self) -> None:
        """Shut the box down in order, without keeping the glass waiting."""
        log.warning("front desk: switch off")
        threading.Thread(target=self._switch_off, name="front desk", daemon=True).start()

    def _switch_off(self) -> None:
        switch_off(self._config)
        self._told()

    def _print(self, paper: str) -> None:
        from kiosk.printing import request_test_print  # fonts and dots: not before a first frame

        try:
            hindrance = request_test_print(self._config, paper=paper)
        except (KioskError, HardwareError, SyncError, OSError) as error:
            hindrance = str(error)
        if hindrance:
            log.warning("no paper %s: %s", paper, hindrance)
        self.printed = "not_printed" if hindrance else "printed"
        self._told()


def counts_of(store: Store, printer: Callable[[], str]) -> Counts:
    """How an open store and the printer are.

    Raises:
        StoreDamaged: the store cannot be trusted.
    """
    outbox, slips = store.outbox_counts(), store.slip_counts()
    return Counts(
        waiting=outbox.waiting,
        parked=outbox.parked,
        slips=sum(slips.get(state, 0) for state in NOT_PRINTED),
        printer=printer(),
    )
