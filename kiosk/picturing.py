"""The idle glass's pictures, decoded on a thread beside the glass: no touch waits for one.

One slide's are held at a time, at the size at which they are shown. Needs no Kivy.
"""

import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """What each picture of a slide is made for, pixels; `is_square` cuts to the middle square."""

    width: int
    height: int
    radius: int
    is_square: bool = False


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as a texture takes it: RGBA, rows from the bottom, round corners."""

    width: int
    height: int
    rgba: bytes


class Decoder:
    """Decodes one slide's pictures at a time, from `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread: threading.Thread | None = None
        self._wanted: list[str] = []
        self._frames: list[Frame] = []

    def begin(self, addresses: Sequence[str], room: Room) -> None:
        """Decode these; nothing is begun while a card that does not answer holds the last."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._wanted, self._frames = list(addresses), []
        if not addresses:
            return
        self._thread = threading.Thread(
            target=self._decode, args=(self._wanted, room), name="pictures", daemon=True
        )
        self._thread.start()

    def take(self, addresses: Sequence[str]) -> list[Frame]:
        """The frames of these, and forget them; none unless all are ready."""
        is_ready = list(addresses) == self._wanted and len(self._frames) == len(self._wanted)
        if not is_ready:
            return []
        frames, self._frames = self._frames, []
        return frames

    def _decode(self, addresses: list[str], room: Room) -> None:
        """All or nothing: half of a comparison would tell something else."""
        # Pillow, 4 MB, comes with the first picture, on this thread, for which nobody waits.
        from kiosk.framing import frame_of

        frames = [frame_of(self._folder / address, room) for address in addresses]
        self._frames = [frame for frame in frames if frame is not None]
