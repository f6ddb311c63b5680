"""Whether this release runs on this box, asked before it is switched to.

`python -I -m kiosk.preflight` loads what glass, spooler and agent load, but for the window,
and reads settings and profile as they do. Nothing is opened that can be written, but that root's
part remembers passwords that are well: to try them takes too long for a glass that is dark.
Exit 0, or 1 with a last line that says what is missing.
"""

import importlib
import logging
import sys
from contextlib import suppress
from pathlib import Path

from kiosk import fonts, refusal
from kiosk import log as logs
from kiosk.config import config_path, load
from kiosk.errors import ConfigError
from kiosk.profile import counter_of, profile_in_force
from kiosk.updating.places import places

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
    insist_on_passwords(places().system)


def insist_on_passwords(system: Path) -> None:
    """Raises ConfigError: the glass would not start, since everybody knows a password."""
    found: list[str] = []
    with suppress(OSError):  # not root, or it cannot be looked at: that refuses nothing
        found = refusal.look_and_remember(system)
    if found:
        raise ConfigError(
            f"everybody knows the password of {', '.join(found)}; next: passwd {found[0]}"
        )


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
