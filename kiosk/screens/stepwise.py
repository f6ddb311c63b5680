"""What is too long for one frame, done a step a frame: each frame between is shown."""

from collections.abc import Callable, Iterable

from kivy.clock import Clock


def _nothing() -> bool:
    return False


class Stepwise:
    """Does steps in their order, one a frame; whoever cannot wait has them finished at once."""

    def __init__(self) -> None:
        self._left: list[Callable[[], None]] = []
        self._some_more: Callable[[], bool] = _nothing
        self._next = Clock.create_trigger(self._one)

    def begin(
        self, steps: Iterable[Callable[[], None]], some_more: Callable[[], bool] = _nothing
    ) -> None:
        """Do them from the next frame on, and then `some_more` a frame until it says False.

        What was still to be done is done before. Nobody needs `some_more`: it ends when the
        rest is wanted at once.
        """
        self.finish()
        self._left, self._some_more = list(steps), some_more
        self._next()

    def finish(self) -> None:
        """Do now whatever must be done."""
        self._next.cancel()
        self._some_more = _nothing
        while self._left:
            self._left.pop(0)()

    def _one(self, *_: object) -> None:
        if self._left:
            self._left.pop(0)()
        elif not self._some_more():
            return
        self._next()
