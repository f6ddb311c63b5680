"""A resident at the real glass, who notices when it goes dark."""

import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CalledProcessError, Popen

from tests.faults.services import WAIT_S, Services
from tests.journey.glass import Hand

READING_S = 0.5
"""A tap sooner than this after another at one place counts as the half of a double tap."""


class Gone(Exception):
    """The glass went dark under the hand."""


class Resident(Hand):
    """Sits before a `kiosk ui` that was just started. Every touch raises Gone once it ended."""

    def __init__(self, display: str, map_file: Path, glass: Popen[bytes]) -> None:
        super().__init__(display, map_file)
        self.glass = glass

    def to_review(self) -> None:
        """From home to the last look at a case."""
        for target in ("kind:complaint", "topic:street_light"):
            self.touch(target)
        self.wait_for("words")
        for target in ("key:ไ", "key:ฟ", "next", "village:village-3"):
            self.touch(target)
        self.wait_for("contact")
        self.touch("next")
        self.wait_for("review")
        time.sleep(READING_S)

    def go(self) -> None:
        """From the thanks back home."""
        time.sleep(READING_S)
        self.touch("finish")
        self.wait_for("home")

    def wait_for_change(self, since: int) -> None:
        """Until a frame was drawn in which the targets lie elsewhere; `since` is a serial."""
        self._until(lambda: self.look()["serial"] > since, "another frame")

    def wait_for_the_end(self) -> None:
        """Until the glass is dark, which raises Gone."""
        self._until(lambda: False, "the end of the glass")

    def _xdotool(self, *words: str) -> None:
        try:
            super()._xdotool(*words)
        except CalledProcessError as error:  # X begins anew once its last client is gone
            self.glass.wait(WAIT_S)
            raise Gone from error

    def _until(self, is_so: Callable[[], bool], what: str) -> None:
        def is_so_or_gone() -> bool:
            if self.glass.poll() is not None:
                raise Gone
            return is_so()

        super()._until(is_so_or_gone, what)


def sit_down(box: Services, display: str, map_file: Path) -> Resident:
    """Start a box's glass on an X display, with somebody before it."""
    map_file.unlink(missing_ok=True)
    words = ("--map", str(map_file))
    glass = box.start("ui", *words, DISPLAY=display, SDL_VIDEODRIVER="x11")
    return Resident(display, map_file, glass)
