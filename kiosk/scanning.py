"""The scanner at the glass: heard while it is plugged in, looked for while it is not."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from hardware.errors import DeviceLost, HardwareError
from hardware.fake.scanner import open_virtual_scanner
from hardware.scanner import Scanner, open_scanner
from kiosk.config import ScannerSettings

log = logging.getLogger(__name__)

OPENERS = {"hid": open_scanner, "virtual": open_virtual_scanner}


class Watcher(Protocol):
    """Who waits for what is readable; `kiosk.loop.Loop` is one."""

    def watch(self, what: Scanner, callback: Callable[[], None]) -> None:
        """Call `callback` whenever `what` is readable."""

    def unwatch(self, what: Scanner) -> None:
        """Look at it no more."""


class Scanning:
    """`look` now and then; whoever `listen`s is told each code that was scanned."""

    def __init__(self, settings: ScannerSettings) -> None:
        self._settings = settings
        self._scanner: Scanner | None = None
        self._watcher: Watcher | None = None
        self._heard: Callable[[str], None] = lambda _: None
        self._trouble = ""

    @property
    def is_wanted(self) -> bool:
        """Whether this box has one at all."""
        return self._settings.driver in OPENERS

    @property
    def is_ready(self) -> bool:
        """Whether it is plugged in and heard."""
        return self._scanner is not None

    def listen(self, watcher: Watcher, heard: Callable[[str], None]) -> None:
        """Tell `heard` each code from now on."""
        self._watcher, self._heard = watcher, heard
        self.look()

    def look(self, *_: object) -> None:
        """Open the scanner if it is there and not open yet."""
        if self._scanner is not None or self._watcher is None or not self.is_wanted:
            return
        try:
            self._scanner = OPENERS[self._settings.driver](Path(self._settings.device))
        except HardwareError as error:
            self._note(error)
            return
        self._trouble = ""
        log.info("the scanner is heard")
        self._watcher.watch(self._scanner, self._read)

    def close(self) -> None:
        """Hear it no more."""
        if self._scanner is not None and self._watcher is not None:
            self._watcher.unwatch(self._scanner)
            self._scanner.close()
        self._scanner = None

    def _read(self) -> None:
        if self._scanner is None:
            return
        try:
            codes = self._scanner.codes()
        except DeviceLost as error:
            self._note(error)
            self.close()
            return
        for code in codes:
            self._heard(code)

    def _note(self, error: HardwareError) -> None:
        """Once for each trouble: a scanner may lie in a drawer for weeks."""
        if self._trouble != error.code:
            self._trouble = error.code
            log.warning("no scanner: %s: %s", error.code, error)
