"""Out of service, said without Kivy, SDL or GL: one picture on the panel's frame buffer.

`python -m kiosk.placard` is what systemd runs where the glass cannot be started. It paints
until it is ended, since the console may paint over it.
"""

import logging
import sys
import threading
from collections.abc import Iterator

from PIL import Image, ImageDraw, ImageFont

from hardware.errors import HardwareError
from hardware.framebuffer import FrameBuffer
from kiosk import fonts
from kiosk import log as logs
from kiosk.catalogues import catalogue
from kiosk.config import Config, config_path, load
from kiosk.errors import ConfigError
from kiosk.languages import NAMES
from kiosk.profile import profile_in_force
from kiosk.theme import HEX

log = logging.getLogger(__name__)

AGAIN_S = 30
Line = tuple[str, float, str, str]
"""Words, their size as a share of the panel's shorter side, weight, colour."""


def words(phone: str = "") -> Iterator[tuple[str, str]]:
    """What is said in each language: that it is out of service, and whom to turn to."""
    for language in NAMES:
        _ = catalogue("kiosk", language).gettext
        if phone:
            instead = _("Please speak to an officer at the counter, or call {phone}.")
            yield _("This box is out of service"), instead.format(phone=phone)
        else:
            yield _("This box is out of service"), _("Please speak to an officer at the counter.")


def paint(width: int, height: int, phone: str = "", rotation: int = 0) -> Image.Image:
    """The picture, `width` by `height` pixels, turned for a panel that was mounted turned."""
    return paint_lines(list(_lines(phone)), width, height, rotation)


def paint_lines(lines: list[Line], width: int, height: int, rotation: int = 0) -> Image.Image:
    """`lines` below each other in the middle of a picture, as `paint` makes one."""
    if rotation % 180:
        width, height = height, width
    picture = Image.new("RGB", (width, height), HEX["paper"])
    draw = ImageDraw.Draw(picture)
    short = min(width, height)
    top = (height - sum(1.5 * size * short for _, size, _, _ in lines)) / 2
    for text, size, weight, colour in lines:
        font = _fitting(draw, text, weight, size * short, 0.92 * width)
        middle = (width / 2, top + 0.75 * size * short)
        draw.text(middle, text, font=font, fill=HEX[colour], anchor="mm")
        top += 1.5 * size * short
    return picture.rotate(rotation, expand=True) if rotation else picture


def run(config: Config | None, panel: FrameBuffer, ended: threading.Event) -> None:
    """Paint, and again every half minute until `ended`. Raises HardwareError."""
    rotation = config.glass.rotation if config else 0
    picture = paint(panel.width, panel.height, _phone(config), rotation)
    panel.show(picture)
    while not ended.wait(AGAIN_S):
        panel.show(picture)


def main() -> int:
    """1 where there is no panel to paint on."""
    logs.to_stderr()
    try:
        config = load(config_path())
    except ConfigError as error:
        log.warning("painted without the settings: %s", error)
        config = None
    try:
        run(config, FrameBuffer(), threading.Event())
    except HardwareError as error:
        log.error("nothing painted: %s", error)  # noqa: TRY400
    return 1


def _lines(phone: str) -> Iterator[Line]:
    (heading, instead), *others = words(phone)
    yield heading, 0.09, "Bold", "klong"
    yield instead, 0.055, "Regular", "ink"
    yield "", 0.03, "Regular", "ink"
    for head, other in others:
        yield "", 0.01, "Regular", "ink"
        yield head, 0.038, "Bold", "ink"
        yield other, 0.034, "Regular", "muted"


def _fitting(
    draw: ImageDraw.ImageDraw, text: str, weight: str, size: float, room: float
) -> ImageFont.FreeTypeFont:
    """The font at `size` pixels, or as much smaller as the words need to have room."""
    path, raqm = fonts.font(weight), ImageFont.Layout.RAQM
    font = ImageFont.truetype(path, size, layout_engine=raqm)
    wide = draw.textlength(text, font=font)
    return (
        font if wide <= room else ImageFont.truetype(path, size * room / wide, layout_engine=raqm)
    )


def _phone(config: Config | None) -> str:
    """The complaint centre's number, where anything here still tells it."""
    try:
        return profile_in_force(config).phone if config else ""
    except ConfigError:
        return ""


if __name__ == "__main__":
    sys.exit(main())
