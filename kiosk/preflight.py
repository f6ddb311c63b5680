"""Whether this release runs on this box, asked before it is switched to.

`python -I -m kiosk.preflight` loads what glass, spooler and agent load, but for the window,
and reads settings and profile as they do. Nothing is opened that can be written. Exit 0, or
1 with a last line that says what is missing.
"""

import importlib
import logging
import sys

from kiosk import fonts
from kiosk import log as logs
from kiosk.config import config_path, load
from kiosk.errors import ConfigError
from kiosk.profile import counter_of, profile_in_force

log = logging.getLogger(__name__)

MODULES = (
    "kiosk.app",
    "kiosk.printing",
    "kiosk.syncing",
    "kiosk.doctor",
    "kiosk.placard",
    "kiosk.ladder",
    "kiosk.updating.guard",
    "sync.migrations",
    "kivy.graphics",
    "kivy.lang",
    "kivy.uix.widget",
    "PIL.Image",
)
"""What a start reads from the disk; the window's own modules open it when they are loaded."""


def insist() -> None:
    """Load and read all of it.

    Raises:
        ImportError, OSError: something of the release is missing or does not suit the system.
        ConfigError: it cannot read this box's settings or profile.
    """
    for name in MODULES:
        importlib.import_module(name)
    for weight in fonts.WEIGHTS:
        fonts.font(weight).read_bytes()
    fonts.icon_font().read_bytes()
    config = load(config_path())
    counter_of(config, profile_in_force(config))


def main() -> int:
    """0 where it runs."""
    logs.to_stderr()
    try:
        insist()
    except (ImportError, OSError, ConfigError) as error:
        log.error("%s: %s", type(error).__name__, error)  # noqa: TRY400
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
