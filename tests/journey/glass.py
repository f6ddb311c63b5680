"""A hand on the kiosk's real window: touches pixels, reads the map of what is there."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageGrab

WAIT_S = 20


class Hand:
    """Touches the window on an X display where the glass says its targets are."""

    def __init__(self, display: str, map_file: Path) -> None:
        self._display = display
        self._map_file = map_file

    def look(self) -> dict[str, Any]:
        """The glass's own map: screen, serial, size and targets."""
        try:
            return dict(json.loads(self._map_file.read_text()))
        except FileNotFoundError:
            return {"screen": "", "serial": 0, "targets": []}

    def wait_for(self, screen: str) -> None:
        """Return once the glass shows `screen`. Raises TimeoutError after 20 s."""
        self._until(lambda: self.look()["screen"] == screen, f"screen {screen}")

    def box_of(self, name: str) -> list[float]:
        """Where a target lies, once it is there. Raises TimeoutError after 20 s."""
        self._until(lambda: self._box(name) is not None, f"target {name} on {self.look()}")
        box = self._box(name)
        assert box
        return box

    def touch(self, name: str) -> float:
        """Touch the middle of a target; returns the Unix time just before.

        Raises:
            TimeoutError: the target does not appear within 20 s.
        """
        box = self.box_of(name)
        x, y = round(box[0] + box[2] / 2), round(box[1] + box[3] / 2)
        before = time.time()
        self._xdotool("mousemove", str(x), str(y), "mousedown", "1", "mouseup", "1")
        return before

    def type(self, words: str) -> None:
        """Type on the glass's own keyboard, key by key, shifting where it must."""
        for letter in words:
            key = f"key:{letter}"
            is_shifted = self._box(key) is None
            if is_shifted:
                self.touch("key:shift")
            self.touch(key)
            if is_shifted:  # shift holds for one letter: wait until it has let go
                self._until(lambda gone=key: self._box(gone) is None, f"{key} to go")

    def picture(self) -> Image.Image:
        """What the display shows now."""
        return ImageGrab.grab(xdisplay=self._display)

    def _box(self, name: str) -> list[float] | None:
        found = [t["box"] for t in self.look()["targets"] if t["name"] == name]
        return found[0] if found else None

    def _until(self, is_so: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + WAIT_S
        while not is_so():
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {WAIT_S} s for {what}")
            time.sleep(0.02)

    def _xdotool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env={"DISPLAY": self._display}, check=True)
