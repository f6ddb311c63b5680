"""The buttons beside the glass: five of them, one for each face.

A panel's events come on threads of its driver's own, which must not wait and know no
Kivy: `press` only notes the button and wakes the loop, which then tells the glass.
"""

import contextlib
import socket
from typing import Self

_MOST_AT_ONCE = 4096


class Buttons:
    """Where presses arrive; the loop watches it."""

    def __init__(self) -> None:
        self._taken, self._given = socket.socketpair()
        for end in (self._taken, self._given):
            end.setblocking(False)

    def press(self, score: int) -> None:
        """The button of the face `score` (1-5) was pressed; safe on any thread.

        Raises:
            ValueError: there is no such face.
        """
        if not 1 <= score <= 5:
            raise ValueError(f"no face has the score {score}")
        with contextlib.suppress(BlockingIOError):  # hundreds wait already: no hand is so fast
            self._given.send(bytes([score]))

    def pressed(self) -> list[int]:
        """The scores pressed since the last time, in their order; does not wait."""
        try:
            return list(self._taken.recv(_MOST_AT_ONCE))
        except BlockingIOError:
            return []

    def fileno(self) -> int:
        """For the loop's `select`; call `pressed` when it is readable."""
        return self._taken.fileno()

    def close(self) -> None:
        """Take no more presses."""
        self._taken.close()
        self._given.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
