"""Whether a panel is there to draw on: a connector of the kernel's (DRM) with one plugged in.

On a cold boot a panel's driver may be loaded seconds after the services start, and on a Pi the
part of the GPU that only computes has a card of its own, without a connector, which may come first.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

CLASS = Path("/sys/class/drm")
NODES = Path("/dev/dri")
GLANCE_S = 0.05


def has_panel(graphics: Path = CLASS, nodes: Path = NODES) -> bool:
    """Whether a panel is plugged in, at a card that this user may drive.

    udev gives a card to its group a moment after the kernel has made it.
    """
    return any(
        _is_connected(connector) and _is_ours(nodes / connector.name.partition("-")[0])
        for connector in graphics.glob("card*-*")
    )


def wait_for_panel(
    wait_s: float,
    is_there: Callable[[], bool] = has_panel,
    pause: Callable[[float], None] = time.sleep,
) -> bool:
    """Return once a panel is there; False where there is none after `wait_s`."""
    for _ in range(round(wait_s / GLANCE_S)):
        if is_there():
            return True
        pause(GLANCE_S)
    return is_there()


def _is_connected(connector: Path) -> bool:
    try:
        return (connector / "status").read_text().strip() == "connected"
    except OSError:  # it went away between two looks
        return False


def _is_ours(card: Path) -> bool:
    return os.access(card, os.R_OK | os.W_OK)
