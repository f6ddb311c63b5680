"""What can be touched on the glass, and where: for scripts and tests, from real boxes.

A widget with a `name` is a target; one that draws several (the keyboard) tells its own
with `targets()`. What is typed into a field is never told.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
from kivy.uix.widget import Widget

from kiosk.widgets.field import Field
from kiosk.widgets.keyboard import Keyboard
from kiosk.widgets.touch import Touchable


class Target(msgspec.Struct, frozen=True):
    """`box` is x, y, width and height in window pixels; y counts from the top."""

    name: str
    text: str
    box: tuple[float, float, float, float]


class Map(msgspec.Struct, frozen=True, kw_only=True):
    """One state of the glass; `serial` grows with each."""

    screen: str
    serial: int
    size: tuple[int, int]
    targets: list[Target]


class MapFile:
    """Keeps a file at what is on the glass now; written only when that changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = Map(screen="", serial=0, size=(0, 0), targets=[])

    def note(self, screen: str, size: tuple[int, int], targets: list[Target]) -> None:
        """Write the map, atomically, unless nothing moved."""
        last = self._last
        if (last.screen, last.size, last.targets) == (screen, size, targets):
            return
        self._last = Map(screen=screen, serial=last.serial + 1, size=size, targets=targets)
        written = self._path.with_name(self._path.name + ".new")
        written.write_bytes(msgspec.json.encode(self._last))
        os.replace(written, self._path)  # noqa: PTH105  (names both ends)


def targets_of(root: Widget) -> list[Target]:
    """The targets on the glass below `root`, as they lie in the window."""
    return list(_walk(root, root.get_root_window().height))


def _walk(widget: Widget, height: float) -> Iterator[Target]:
    if widget.disabled or not widget.opacity or not widget.height:
        return
    if isinstance(widget, Keyboard):
        for name, text, (x, y, wide, tall) in widget.targets():
            yield Target(name, text, (x, height - y - tall, wide, tall))
    elif isinstance(widget, Touchable) and widget.name:
        x, y = widget.to_window(widget.x, widget.y)
        text = "" if isinstance(widget, Field) else widget.text
        yield Target(
            widget.name, text, (x, height - y - widget.height, widget.width, widget.height)
        )
    for child in reversed(widget.children):
        yield from _walk(child, height)
