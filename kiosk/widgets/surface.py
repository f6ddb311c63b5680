"""Rounded surfaces with one soft shadow, drawn once as small textures and stretched.

Without multisampling a mesh's round corners are jagged; these carry their own smooth
edge. The middle of each texture is stretched, the corners are not (BorderImage).

A frame painted without a graphics chip costs by the pixel: of shadow and border only the rim is
painted, for the fill lies over the rest, and nothing is blurred that lies dot by dot.
"""

import math
from functools import cache

from kivy.graphics import BorderImage, Color, Mesh, Rectangle
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
    _sharpen_plain()
    x, y = round(pos[0]), round(pos[1])
    width, height = round(size[0]), round(size[1])
    if shadow:
        spread = round(theme.mm(1.2))
        Color(*theme.colour("ink")[:3], SHADOW_ALPHA)
        low = y - round(spread * 1.5)
        _rim(_soft(spread), x - spread, low, width + 2 * spread, height + 2 * spread)
    inset = 0
    if border:
        Color(*theme.colour(border))
        _rim(_sharp(), x, y, width, height)
        inset = round(theme.border)
    Color(*theme.colour(fill))
    _stretch(_sharp(), x + inset, y + inset, width - 2 * inset, height - 2 * inset)


def draw_ring(pos: tuple[float, float], size: tuple[float, float], colour: str, thick: int) -> None:
    """A rounded frame around a box, `thick` pixels, for focus."""
    x, y, width, height = round(pos[0]), round(pos[1]), round(size[0]), round(size[1])
    Color(*theme.colour(colour))
    _stretch(_sharp(), x - thick, y - thick, width + 2 * thick, height + 2 * thick)


def dot_by_dot(texture: Texture) -> Texture:
    """`texture`, for a place of its own size on whole pixels: half the price of a blurred one."""
    texture.mag_filter = texture.min_filter = "nearest"
    return texture


@cache
def _sharpen_plain() -> None:
    """The one white dot that every plain rectangle stretches; once there is a window."""
    dot_by_dot(Rectangle().texture)


def _stretch(texture: Texture, x: float, y: float, width: float, height: float) -> None:
    edge = _edge(texture, width, height)
    BorderImage(texture=texture, pos=(x, y), size=(width, height), border=[edge] * 4)


def _rim(texture: Texture, x: float, y: float, width: float, height: float) -> None:
    """As `_stretch`, less the middle."""
    edge = _edge(texture, width, height)
    across = _stops(x, width, edge, texture.width)
    up = _stops(y, height, edge, texture.height)
    corners = [part for high, v in up for left, u in across for part in (left, high, u, v)]
    Mesh(vertices=corners, indices=_AROUND, mode="triangles", texture=texture)


def _edge(texture: Texture, width: float, height: float) -> int:
    return int(min((texture.width - 2) // 2, height // 2, width // 2))


def _stops(start: float, length: float, edge: int, dots: int) -> list[tuple[float, float]]:
    """Where the nine parts of a surface begin and end along one side: pixel, share of texture."""
    share = edge / dots
    return [
        (start, 0.0),
        (start + edge, share),
        (start + length - edge, 1 - share),
        (start + length, 1.0),
    ]


_AROUND = [
    corner
    for cell in (0, 1, 2, 4, 6, 8, 9, 10)  # of four by four stops; 5 is the middle
    for corner in (cell, cell + 1, cell + 5, cell + 5, cell + 4, cell)
]
"""Two triangles for each part but the middle one."""


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
    return dot_by_dot(texture)


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
