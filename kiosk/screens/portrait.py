"""The glass as it stands, for a technician: its pixels, with what is personal laid over."""

from collections.abc import Iterable, Iterator
from math import ceil, floor

from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glFinish, glReadPixels

from kiosk.portrait import Portrait
from kiosk.screens.glass import Glass
from kiosk.screens.masking import Mask, masks_of

MASK_RGB = bytes((0x6B, 0x6B, 0x6B))
_SETTLING = 2
"""Frames until everything is where the masks will look for it."""


def portrait() -> tuple[Portrait, bytes]:
    """What is in the window; rows of RGB from the bottom, as the panel has them."""
    for _ in range(_SETTLING):
        EventLoop.idle()
    Window.dispatch("on_draw")
    glFinish()
    width, height = Window.system_size
    pixels = bytearray(glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE))
    masks = [mask for glass in _glasses() for mask in masks_of(glass)]
    lay_over(pixels, (width, height), (_on_panel(mask) for mask in masks))
    told = Portrait(width=width, height=height, rotation=Window.rotation, masks=len(masks))
    return told, bytes(pixels)


def _glasses() -> Iterator[Glass]:
    """Whatever can show a resident's words; not what stands in its place out of service."""
    for top in Window.children:
        yield from (part for part in top.walk(restrict=True) if isinstance(part, Glass))


def lay_over(pixels: bytearray, size: tuple[int, int], masks: Iterable[Mask]) -> None:
    """Paint each mask, to the full pixel, over `pixels`: rows of RGB, the lowest first."""
    width, height = size
    for x, y, wide, tall in masks:
        left, right = max(0, floor(x)), min(width, ceil(x + wide))
        if right <= left:
            continue
        for row in range(max(0, floor(y)), min(height, ceil(y + tall))):
            begin = (row * width + left) * 3
            pixels[begin : begin + (right - left) * 3] = MASK_RGB * (right - left)


def _on_panel(mask: Mask) -> Mask:
    """A mask as people see it, on a panel that was mounted turned (`kivy.core.window`)."""
    x, y, wide, tall = mask
    across, up = Window.size
    match Window.rotation:
        case 90:
            return (up - y - tall, x, tall, wide)
        case 180:
            return (across - x - wide, up - y - tall, wide, tall)
        case 270:
            return (y, across - x - wide, tall, wide)
        case _:
            return mask
