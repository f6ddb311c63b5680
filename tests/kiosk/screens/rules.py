"""What must hold on every screen: nothing clipped, nothing too small, nothing in another's place,
and with everything low nothing to touch above the line but keys.

Measured in millimetres of the panel, as fingers are.
"""

import math
from collections.abc import Iterator
from itertools import combinations

from kivy.uix.widget import Widget
from msgspec.structs import astuple

from kiosk.screens.screen import Screen
from kiosk.screens.targets import Target, targets_of
from kiosk.theme import DIAGONALS, MASTHEAD_LOW_REACH, MM_PER_INCH, theme
from kiosk.widgets.field import Field
from kiosk.widgets.keyboard import Keyboard
from kiosk.widgets.pad import Pad
from kiosk.widgets.text import Text
from tests.kiosk.screens.box import SIZE, Box

INCHES = DIAGONALS[SIZE]
PX_PER_MM = math.hypot(*SIZE) / INCHES / MM_PER_INCH
LEAST_MM = {7.0: 12.0, 10.1: 15.0, 21.5: 20.0}[INCHES]
"""The least side of a target."""
LEAST_KEY_MM = {7.0: (10.0, 8.0), 10.1: (12.0, 10.0), 21.5: (12.0, 10.0)}[INCHES]
"""The least width and height of a key."""
LOW_SHARE = MASTHEAD_LOW_REACH if SIZE[1] > SIZE[0] else 0.5
"""With everything low nothing but keys is touched in this upper share of the panel."""


def faults(box: Box) -> list[str]:
    """What is wrong with what is on the glass now."""
    root = box.glass._cover or box.glass
    targets = [each for each in box.targets().values() if each.name not in only_read(root)]
    found = list(too_high(root, targets)) if theme.access.low_reach else []
    found += [fault for target in targets for fault in _unfit_target(target)]
    found += [f"{a.name} overlaps {b.name}" for a, b in combinations(targets, 2) if _overlap(a, b)]
    return found + unfit(root)


def too_high(root: Widget, targets: list[Target]) -> Iterator[str]:
    """What can be touched above the line, and is no key."""
    line = SIZE[1] * LOW_SHARE
    for name, _, (_, top, *_) in map(astuple, targets):
        if top < line - 1 and not name.startswith("key:"):
            yield f"{name} stands {(line - top) / PX_PER_MM:.1f} mm too high"
    for each in seen(root):
        if isinstance(each, Pad) and each.to_window(0, each.top)[1] > SIZE[1] - line + 1:
            yield "the sheet to draw on is too high"


def only_read(root: Widget) -> set[str]:
    """With everything low: the fields whose text is typed, moved in and left by keys alone.

    A touch may still place the caret there, but nothing depends on it.
    """
    if not theme.access.low_reach:
        return set()
    fields = [each for each in seen(root) if isinstance(each, Field)]
    turns = {name.removeprefix("turn:") for name in (t.name for t in targets_of(root))}
    can_move = any(t.name == "key:left" for t in targets_of(root))
    return {each.name for each in fields if can_move and (each.has_focus or each.name in turns)}


def unfit(root: Widget) -> list[str]:
    """Texts that are clipped, leave what they stand in, or lie over each other."""
    shown = list(seen(root))
    texts = [each for each in shown if isinstance(each, Text) and each.text]
    keys = [(*each.pos, *each.size) for each in shown if _has_keys(each)]
    placed = [(text, inked(text)) for text in texts]
    return [
        *(f"does not fit: {told(text)}" for text in texts if not text.fits),
        *(f"is cut: {told(text)}" for text in texts if text.is_cut and not text.shortens),
        *(f"leaves what it stands in: {told(text)}" for text, at in placed if _leaves(text, at)),
        *(
            f"lies over another: {told(one)} and {told(other)}"
            for (one, here), (other, there) in combinations(placed, 2)
            if cross(here, there)
        ),
        *(
            f"lies under the keys: {told(text)}"
            for text, at in placed
            if any(cross(at, box) for box in keys)
        ),
    ]


def is_cut(fault: str) -> bool:
    """Whether it says that words were left out, as an ellipsis says to residents."""
    return fault.startswith("is cut")


def _unfit_target(target: Target) -> Iterator[str]:
    _, _, wide, tall = target.box
    least = LEAST_KEY_MM if target.name.startswith("key:") else (LEAST_MM, LEAST_MM)
    if wide < least[0] * PX_PER_MM or tall < least[1] * PX_PER_MM:
        yield f"{target.name} is only {wide / PX_PER_MM:.1f} x {tall / PX_PER_MM:.1f} mm"
    if leaves_panel(target.box):
        yield f"{target.name} leaves the panel: {target.box}"


def _overlap(one: Target, other: Target) -> bool:
    return cross(one.box, other.box)


def leaves_panel(box: tuple[float, ...]) -> bool:
    """Whether a box (x, y, width, height) does not lie on the panel with all of it."""
    x, y, wide, tall = box
    return x < -1 or y < -1 or x + wide > SIZE[0] + 1 or y + tall > SIZE[1] + 1


def cross(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two boxes have more in common than an edge."""
    ax, ay, aw, ah = one
    bx, by, bw, bh = other
    return ax + aw > bx + 1 and bx + bw > ax + 1 and ay + ah > by + 1 and by + bh > ay + 1


def _leaves(text: Text, at: tuple[float, ...]) -> bool:
    """What it stands in, or what that stands in: a column too full leaves its screen."""
    around = [text.parent]
    while not isinstance(around[-1], Screen) and _is_within(around[-1]):
        around.append(around[-1].parent)
    return any(at[1] + at[3] > each.top + 1 or at[1] < each.y - 1 for each in around)


def _is_within(widget: Widget) -> bool:
    parent = widget.parent
    return isinstance(parent, Widget) and parent is not widget


def inked(text: Text) -> tuple[float, ...]:
    """Where the lines of a text stand; a little less than their full height."""
    tall = min(text.height, len(text.lines) * text.em * 1.5)
    wide = min(text.width, max((text._width(line) for line in text.lines), default=0))
    spare_x, spare_y = text.width - wide, text.height - tall
    x = text.x + {"left": 0.0, "center": spare_x / 2, "right": spare_x}[text.halign]
    y = text.y + {"bottom": 0.0, "middle": spare_y / 2, "top": spare_y}[text.valign]
    return x, y + tall * 0.1, wide, tall * 0.8


def _has_keys(widget: Widget) -> bool:
    return isinstance(widget, Keyboard) and not widget.disabled


def seen(root: Widget) -> Iterator[Widget]:
    """What of it is on the glass."""
    return (widget for widget in root.walk() if _is_seen(widget))


def _is_seen(widget: object) -> bool:
    while widget is not None and hasattr(widget, "opacity"):
        if not widget.opacity:
            return False
        widget = widget.parent if widget.parent is not widget else None
    return True


def told(text: Text) -> str:
    """A text as a finding names it."""
    return f"{text.text[:40]!r} {[round(side) for side in text.size]} {len(text.lines)} lines"
