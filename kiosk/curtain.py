"""What stands on the panel between one release's glass and the next: "one moment", not the dark.

The glass that ends paints it on the console's frame buffer, behind its own last frame; that
is what the panel shows once the glass has let go of it, until the next one has drawn. Only
while an update is on its way: a picture of a glass that stays away would be a lie.
"""

import logging
from collections.abc import Callable, Iterator

from hardware.errors import HardwareError
from hardware.framebuffer import FrameBuffer
from kiosk.catalogues import catalogue
from kiosk.config import Config
from kiosk.languages import NAMES
from kiosk.placard import Line, paint_lines
from kiosk.updating.places import Places, places

log = logging.getLogger(__name__)


def come_down(
    config: Config,
    where: Places | None = None,
    panel_of: Callable[[], FrameBuffer] = FrameBuffer,
) -> bool:
    """Paint it where an update is on its way and there is a panel to paint on; whether it was."""
    if not (where or places()).on_trial.exists():
        return False
    try:
        panel = panel_of()
        rotation = config.glass.rotation
        panel.show(paint_lines(list(_lines()), panel.width, panel.height, rotation))
    except HardwareError as error:
        log.info("the panel stays dark until the next glass has drawn: %s", error)
        return False
    return True


def _lines() -> Iterator[Line]:
    for number, language in enumerate(NAMES):
        words = catalogue("kiosk", language).gettext("One moment…")
        yield words, 0.09 if number == 0 else 0.05, "Bold", "klong" if number == 0 else "muted"
        yield "", 0.02, "Regular", "ink"
