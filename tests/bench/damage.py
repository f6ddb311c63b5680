"""What a pocket does to a slip, and what a phone's camera makes of it: 17 kinds, seeded.

A code is cut out of the picture of a slip with blank paper around it, hurt, photographed
and read by zxing-cpp, one frame at a time. The same picture always gives the same figure.
"""

from collections.abc import Callable
from functools import partial

import cv2
import msgspec
import numpy as np
import zxingcpp
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.uint8]

FRAMES = 40
PAPER, INK = 255, 0
MARGIN = 40
"""Dots of blank paper that are kept around a code."""
OFF = 4
_QR = zxingcpp.BarcodeFormat.QRCode


class Code(msgspec.Struct, frozen=True):
    """A printed code: its dots within a margin, how many a side has, what it says."""

    dots: Grey
    side: int
    text: str

    @property
    def field(self) -> slice:
        """Where the code itself lies, down and across."""
        return slice(MARGIN, MARGIN + self.side)


class Camera(msgspec.Struct, frozen=True, kw_only=True):
    """How a frame is taken. Tilt in degrees, `is_held_so`: exactly that; blur in dots."""

    tilt: float = 12.0
    is_held_so: bool = False
    blur: float = 0.8
    noise: float = 6.0
    pixels_per_dot: float = 1.5
    jpeg_quality: int = 70


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to the paper, and how it is photographed."""

    hurt: Callable[[Code, Generator], Grey] = lambda code, _: code.dots
    camera: Camera = Camera()


def cut_out(slip: Image.Image) -> Code:
    """The one code in the picture of a slip.

    Raises:
        ValueError: there is none, or several.
    """
    grey = np.asarray(slip.convert("L"))
    [found] = zxingcpp.read_barcodes(grey, formats=_QR)
    left, top, side = _ink_of(grey, found.position)
    framed = np.pad(grey, MARGIN, constant_values=PAPER)
    whole = side + 2 * MARGIN
    return Code(framed[top : top + whole, left : left + whole].copy(), side, found.text)


def _ink_of(grey: Grey, at: zxingcpp.Position) -> tuple[int, int, int]:
    """Where a code's ink begins, to the dot, and its side; a reader is a dot or two off."""
    corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
    left, right = min(c.x for c in corners), max(c.x for c in corners)
    top, bottom = min(c.y for c in corners), max(c.y for c in corners)
    left, top = max(0, left - OFF), max(0, top - OFF)
    down, across = np.nonzero(grey[top : bottom + OFF, left : right + OFF] < 128)
    side = int(max(np.ptp(down), np.ptp(across))) + 1
    return left + int(across.min()), top + int(down.min()), side


def share_read(code: Code, name: str, frames: int = FRAMES) -> float:
    """Of so many slips with one kind of damage, the share that one frame is enough for."""
    damage, read = CATALOGUE[name], 0
    for frame in range(frames):
        chance = np.random.default_rng([frame, *name.encode()])
        seen = _photograph(damage.hurt(code, chance), damage.camera, chance)
        read += any(each.text == code.text for each in zxingcpp.read_barcodes(seen, formats=_QR))
    return read / frames


def mean_read(slip: Image.Image, frames: int = FRAMES) -> float:
    """The mean over the catalogue, in percent: the figure to compare."""
    code = cut_out(slip)
    return 100 * sum(share_read(code, name, frames) for name in CATALOGUE) / len(CATALOGUE)


def _faded(
    code: Code,
    chance: Generator,
    *,
    grey: float = 165,
    lost: float = 0.06,
    dots: Grey | None = None,
) -> Grey:
    """Sun and skin: ink pales unevenly and some dots are gone."""
    printed = code.dots if dots is None else dots
    patches = chance.uniform(-35, 35, (5, 5)).astype(np.float32)
    height, width = printed.shape
    uneven = cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)
    is_ink = printed < 128
    pale = np.where(is_ink, grey + uneven, 245.0)
    pale[is_ink & (chance.random(printed.shape) < lost)] = 245.0
    return np.clip(pale, 0, 255).astype(np.uint8)


def _scratched(code: Code, chance: Generator, *, share: float) -> Grey:
    """Keys and coins: strokes without ink over `share` of the code."""
    strokes = np.zeros_like(code.dots)
    while np.count_nonzero(strokes[code.field, code.field]) < share * code.side**2:
        x0, y0, x1, y1 = (int(at) for at in chance.integers(30, code.side + 50, 4))
        cv2.line(strokes, (x0, y0), (x1, y1), 255, int(chance.integers(2, 7)))
    return np.where(strokes > 0, PAPER, code.dots).astype(np.uint8)


def _streaked(code: Code, chance: Generator, *, columns: int, dots: Grey | None = None) -> Grey:
    """Burnt-out heating elements: columns two dots wide stay blank."""
    printed = (code.dots if dots is None else dots).copy()
    for left in chance.choice(np.arange(MARGIN, MARGIN + code.side - 2), columns, replace=False):
        printed[:, left : left + 2] = PAPER
    return printed


def _stained(code: Code, chance: Generator, *, share: float) -> Grey:
    """Coffee: a dark round spot over `share` of the code."""
    quarter = code.side // 4
    x, y = (int(at) for at in chance.integers(MARGIN + quarter, MARGIN + 3 * code.side // 4, 2))
    return cv2.circle(code.dots.copy(), (x, y), int((share / np.pi) ** 0.5 * code.side), 40, -1)


def _torn(code: Code, _: Generator, *, share: float) -> Grey:
    """The lower right corner is gone."""
    torn, kept = code.dots.copy(), MARGIN + code.side - int(share**0.5 * code.side)
    torn[kept:, kept:] = PAPER
    return torn


def _slipped(code: Code, chance: Generator, *, times: int) -> Grey:
    """The roll jammed: each time three rows were not moved apart."""
    is_kept = np.ones(len(code.dots), bool)
    for top in chance.choice(np.arange(MARGIN, MARGIN + code.side - 3), times, replace=False):
        is_kept[top : top + 3] = False
    return code.dots[is_kept]


def _wavy(code: Code, chance: Generator, *, dots: float) -> Grey:
    """Crumpled and smoothed again: everything lies up to `dots` aside."""
    height, width = code.dots.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    phase = chance.uniform(0, 2 * np.pi)
    across = x + dots * np.sin(3 * np.pi * y / height + phase)
    down = y + dots * np.sin(2.6 * np.pi * x / width + phase)
    maps = across.astype(np.float32), down.astype(np.float32)
    return cv2.remap(code.dots, *maps, cv2.INTER_LINEAR, borderValue=PAPER)


def _everything(code: Code, chance: Generator) -> Grey:
    """A month in a purse."""
    scratched = _scratched(code, chance, share=0.05)
    streaked = _streaked(code, chance, columns=2, dots=scratched)
    return _faded(code, chance, grey=150, dots=streaked)


def _photograph(paper: Grey, camera: Camera, chance: Generator) -> Grey:
    """One frame: seen aslant, out of focus, unevenly lit, noisy, and packed as JPEG."""
    paper = np.pad(paper, MARGIN, constant_values=250)
    onto, size = _perspective(paper.shape, camera, chance)
    seen = cv2.warpPerspective(paper, onto, size, flags=cv2.INTER_AREA, borderValue=235)
    if camera.blur:
        seen = cv2.GaussianBlur(seen, (0, 0), camera.blur * camera.pixels_per_dot)
    light = np.linspace(-25, 15, seen.shape[1])[None, :]
    lit = seen.astype(np.float32) * 0.88 + light + chance.normal(0, camera.noise, seen.shape)
    frame = np.clip(lit, 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, camera.jpeg_quality])[1]
    return cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)


def _perspective(
    shape: tuple[int, ...], camera: Camera, chance: Generator
) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """How a flat paper, turned about three axes, falls on the sensor, and how large it is there."""
    height, width = shape
    if camera.is_held_so:
        about_x, about_y = np.deg2rad(chance.permutation([camera.tilt, 0.0]))
    else:
        about_x, about_y = np.deg2rad(chance.uniform(-1, 1, 2) * camera.tilt)
    about_z = np.deg2rad(chance.uniform(-8, 8))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    flat = np.c_[corners - [width / 2, height / 2], np.zeros(4)]
    turned = flat @ (_turn(2, about_z) @ _turn(1, about_y) @ _turn(0, about_x)).T
    distance = 1.6 * max(height, width)
    seen = turned[:, :2] * (distance / (turned[:, 2:] + distance)) * camera.pixels_per_dot
    seen = (seen - seen.min(0)).astype(np.float32)
    across, down = (int(most) for most in np.ceil(seen.max(0)) + 1)
    return cv2.getPerspectiveTransform(corners, seen), (across, down)


def _turn(axis: int, angle: float) -> NDArray[np.float64]:
    """The rotation about one of three axes."""
    turned = np.eye(3)
    first, second = ((1, 2), (2, 0), (0, 1))[axis]
    turned[first, first] = turned[second, second] = np.cos(angle)
    turned[first, second], turned[second, first] = -np.sin(angle), np.sin(angle)
    return turned


CATALOGUE = {
    "faded": Damage(hurt=_faded),
    "very faded": Damage(hurt=partial(_faded, grey=200, lost=0.12), camera=Camera(noise=8.0)),
    "scratches 3 %": Damage(hurt=partial(_scratched, share=0.03)),
    "scratches 5 %": Damage(hurt=partial(_scratched, share=0.05)),
    "scratches 10 %": Damage(hurt=partial(_scratched, share=0.10)),
    "2 dead columns": Damage(hurt=partial(_streaked, columns=2)),
    "6 dead columns": Damage(hurt=partial(_streaked, columns=6)),
    "12 dead columns": Damage(hurt=partial(_streaked, columns=12)),
    "blur 2.4 dots": Damage(camera=Camera(blur=2.4)),
    "blur 4 dots": Damage(camera=Camera(blur=4.0)),
    "tilt 50 degrees": Damage(camera=Camera(tilt=50.0, is_held_so=True)),
    "wave": Damage(hurt=partial(_wavy, dots=2.5)),
    "stain 8 %": Damage(hurt=partial(_stained, share=0.08)),
    "torn corner 10 %": Damage(hurt=partial(_torn, share=0.10)),
    "3 feed slips": Damage(hurt=partial(_slipped, times=3)),
    "far away": Damage(camera=Camera(pixels_per_dot=0.5)),
    "all at once": Damage(hurt=_everything, camera=Camera(tilt=18.0, blur=1.5)),
}
"""Kinds of damage by name; the name seeds chance, so that kinds don't share their luck."""
