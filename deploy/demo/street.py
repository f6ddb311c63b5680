"""A drawn street at night, its lamp dark or lit: something to see without anybody's photograph."""

from pathlib import Path

from PIL import Image, ImageDraw

WIDE, TALL = 1280, 960
_FINER = 2

NIGHT = {False: "#2b3648", True: "#24405c"}
"""The sky, by whether the lamp is lit; the other colours likewise."""
HOUSE = {False: "#3c4657", True: "#6d5a48"}
ROOF = {False: "#303948", True: "#8a4f3d"}
WINDOW = {False: "#4b5668", True: "#f6d68a"}
ROAD = {False: "#343c48", True: "#5b6470"}
EDGE = {False: "#545d6b", True: "#d9dde2"}
TREE = {False: "#2a3d3a", True: "#2f5d46"}
POLE = {False: "#6a7482", True: "#aab3bf"}


def street(*, is_lit: bool, upright: bool = False) -> Image.Image:
    """1280 x 960 pixels, or 960 x 1280 `upright`."""
    width, height = (TALL, WIDE) if upright else (WIDE, TALL)
    picture = Image.new("RGB", (width * _FINER, height * _FINER), NIGHT[is_lit])
    pen = ImageDraw.Draw(picture)
    ground = round(picture.height * 0.72)
    _houses(pen, picture.width, ground, is_lit)
    pen.rectangle((0, ground, picture.width, picture.height), fill=ROAD[is_lit])
    kerb = 10 * _FINER
    pen.rectangle((0, ground, picture.width, ground + kerb), fill=EDGE[is_lit])
    for start in range(60 * _FINER, picture.width, 260 * _FINER):
        middle = (ground + picture.height) // 2
        pen.rectangle((start, middle, start + 130 * _FINER, middle + kerb), fill=EDGE[is_lit])
    if is_lit:
        picture = _lighted(picture, ground)
    _lamp(ImageDraw.Draw(picture), picture.width, ground, is_lit)
    return picture.reduce(_FINER)


def drawn(folder: Path) -> Path:
    """The folder itself, with the street dark as `before.jpg` and lit as `after.jpg` in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, is_lit in (("before.jpg", False), ("after.jpg", True)):
        street(is_lit=is_lit).save(folder / name, quality=90)
    return folder


def _houses(pen: ImageDraw.ImageDraw, width: int, ground: int, is_lit: bool) -> None:
    for left, tall in ((40, 300), (430, 240), (980, 330)):
        x, y, wide = left * _FINER, ground - tall * _FINER, 300 * _FINER
        eaves = 34 * _FINER
        ridge = (x + wide // 2, y - 130 * _FINER)
        pen.rectangle((x, y, x + wide, ground), fill=HOUSE[is_lit])
        pen.polygon([(x - eaves, y), ridge, (x + wide + eaves, y)], fill=ROOF[is_lit])
        for at in (50, 180):
            corner = x + at * _FINER, y + 70 * _FINER
            far = corner[0] + 70 * _FINER, corner[1] + 80 * _FINER
            pen.rectangle((*corner, *far), fill=WINDOW[is_lit])
    x, y, radius = min(800 * _FINER, width), ground - 250 * _FINER, 105 * _FINER
    pen.rectangle((x - 12 * _FINER, y, x + 12 * _FINER, ground), fill=POLE[is_lit])
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=TREE[is_lit])


def _lighted(picture: Image.Image, ground: int) -> Image.Image:
    """A cone of light below the lamp."""
    x, y = _head(picture.width, ground)
    cone = Image.new("L", picture.size)
    spread, foot = 330 * _FINER, ground + 120 * _FINER
    pen = ImageDraw.Draw(cone)
    pen.polygon([(x - 50, y), (x + 50, y), (x + spread, foot), (x - spread, foot)], fill=90)
    pen.ellipse((x - spread, foot - 70 * _FINER, x + spread, foot + 70 * _FINER), fill=90)
    return Image.composite(Image.new("RGB", picture.size, "#ffe9a8"), picture, cone)


def _lamp(pen: ImageDraw.ImageDraw, width: int, ground: int, is_lit: bool) -> None:
    x, y = _head(width, ground)
    pole, thick = x + 190 * _FINER, 16 * _FINER
    pen.rectangle((pole, y - 20 * _FINER, pole + thick, ground + 20 * _FINER), fill=POLE[is_lit])
    pen.rectangle((x, y - 20 * _FINER, pole, y - 20 * _FINER + thick), fill=POLE[is_lit])
    box = (x - 60 * _FINER, y - 28 * _FINER, x + 60 * _FINER, y + 12 * _FINER)
    pen.rounded_rectangle(box, 14 * _FINER, fill="#fff3c4" if is_lit else POLE[False])


def _head(width: int, ground: int) -> tuple[int, int]:
    """The middle of the lamp's head."""
    return width // 2, ground - 560 * _FINER
