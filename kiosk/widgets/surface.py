"""Rounded surfaces with one soft shadow, drawn once as small textures and stretched.

Without multisampling a mesh's round corners are jagged; these carry their own smooth
edge. The middle of each texture is stretched, the corners are not (BorderImage).
"""

import math
from functools import cache

from kivy.graphics import BorderImage, Color
from kivy.graphics.texture import Texture

from kiosk.theme import theme

SHADOW_ALPHA = 0.16


def draw_surface(
    pos: tuple[float, float],
    size: tuple[float, float],
    fill: str,
    *,
    border: str = "",
    shadow: bool = False,
) -> None:
    """Draw into the canvas at hand: shadow, border, fill; colours by their names."""
    x, y = round(pos[0]), round(pos[1])
    width, height = round(size[0]), round(size[1])
    if shadow:
        spread = round(theme.mm(1.2))
        Color(*theme.colour("ink")[:3], SHADOW_ALPHA)
        _stretch(
            _soft(spread), x - spread, y - spread * 1.5, width + 2 * spread, height + 2 * spread
        )
    inset = 0
    if border:
        Color(*theme.colour(border))
        _stretch(_sharp(), x, y, width, height)
        inset = round(theme.border)
    Color(*theme.colour(fill))
    _stretch(_sharp(), x + inset, y + inset, width - 2 * inset, height - 2 * inset)


def draw_ring(pos: tuple[float, float], size: tuple[float, float], colour: str, thick: int) -> None:
    """A rounded frame around a box, `thick` pixels, for focus."""
    x, y, width, height = round(pos[0]), round(pos[1]), round(size[0]), round(size[1])
    Color(*theme.colour(colour))
    _stretch(_sharp(), x - thick, y - thick, width + 2 * thick, height + 2 * thick)


def _stretch(texture: Texture, x: float, y: float, width: float, height: float) -> None:
    side = (texture.width - 2) // 2
    edge = [min(side, int(height // 2), int(width // 2))] * 4
    BorderImage(texture=texture, pos=(x, y), size=(width, height), border=edge)


def _sharp() -> Texture:
    return _rounded(round(theme.radius), 0)


def _soft(spread: int) -> Texture:
    return _rounded(round(theme.radius), spread)


@cache
def _rounded(radius: int, spread: int) -> Texture:
    """White, with the alpha of a rounded square whose edge fades over `spread` pixels."""
    corner = radius + 2 * spread
    side = 2 * corner + 2
    alphas = bytearray()
    for row in range(side):
        for column in range(side):
            alphas += b"\xff\xff\xff" + bytes([_alpha(column, row, side, radius, spread)])
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    texture.blit_buffer(bytes(alphas), colorfmt="rgba", bufferfmt="ubyte")
    return texture


def _alpha(column: int, row: int, side: int, radius: int, spread: int) -> int:
    """How much of a pixel the square covers, 0-255, from its distance to the edge."""
    half = side / 2 - spread
    across = abs(column + 0.5 - side / 2) - (half - radius)
    down = abs(row + 0.5 - side / 2) - (half - radius)
    outside = math.hypot(max(across, 0), max(down, 0)) + min(max(across, down), 0) - radius
    if not spread:
        return round(255 * min(1.0, max(0.0, 0.5 - outside)))
    share = min(1.0, max(0.0, 0.5 - outside / (2 * spread)))
    return round(255 * share * share * (3 - 2 * share))
