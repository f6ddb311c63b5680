"""Loading the municipality's profile from disk; what it holds is in `sync.profile`."""

from pathlib import Path

from kiosk.errors import ConfigError
from sync.errors import BadMessage
from sync.profile import Profile, decode_profile


def load_profile(path: Path) -> Profile:
    """Read a profile.

    Raises:
        ConfigError: unreadable, misspelt or incomplete; one line with file and key.
    """
    try:
        return decode_profile(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except BadMessage as error:
        raise ConfigError(f"{path}: {error}") from error
