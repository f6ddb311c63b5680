"""What stands aside of the glass: it takes everything in, and draws it when that is wanted.

Two dozen screens wait to be shown. Were each set anew whenever the language changes or a
visit ends, whoever touches would wait for all of them; so what is out of sight is put off
until its screen comes on, or until nobody touches and there is time.
"""

from typing import Protocol
from weakref import WeakSet

from kivy.uix.widget import Widget


class Drawn(Protocol):
    """Something that draws itself and can put that off."""

    def draw_soon(self) -> None:
        """Before the next frame."""

    def draw_now(self) -> None:
        """At once, in sight or not."""


class Wings:
    """Mixed into a widget that may stand aside, which is while it has no parent, or `is_hidden`."""

    is_never_hidden = False
    """Whether it is in sight even where what it stands in is hidden."""

    @property
    def is_hidden(self) -> bool:
        """Whether it is out of sight though it has a parent."""
        return False

    def put_off(self, part: Drawn) -> None:
        """Draw it later."""
        self._waiting.add(part)

    def come_on(self) -> None:
        """It is in sight: draw before the next frame whatever was put off."""
        for part in self._some_of(len(self._waiting)):
            part.draw_soon()

    def prepare(self, most: int) -> bool:
        """Draw some of what was put off; False if there was nothing."""
        parts = self._some_of(most)
        for part in parts:
            part.draw_now()
        return bool(parts)

    def _some_of(self, most: int) -> list[Drawn]:
        return [self._waiting.pop() for _ in range(min(most, len(self._waiting)))]

    @property
    def _waiting(self) -> "WeakSet[Drawn]":
        """Made when it is first needed: Kivy's widgets draw while they are still being made."""
        waiting: WeakSet[Drawn] = self.__dict__.setdefault("_put_off", WeakSet())
        return waiting


def wings_of(widget: Widget) -> Wings | None:
    """The part that stands aside with `widget` in it; None where it is in sight, or nowhere."""
    while (parent := widget.parent) is not None and parent is not widget:
        if isinstance(widget, Wings):
            if widget.is_hidden:
                return widget
            if widget.is_never_hidden:
                return None
        widget = parent
    return widget if isinstance(widget, Wings) else None
