"""Loading the municipality's profile from disk; what it holds is in `sync.profile`."""

import logging
from pathlib import Path

from kiosk.config import Config, config_path
from kiosk.errors import ConfigError
from sync.errors import BadMessage
from sync.identity import load_identity
from sync.profile import Profile, decode_profile
from sync.release import RELEASE_FILE, open_release

log = logging.getLogger(__name__)


def profile_in_force(config: Config) -> Profile:
    """The newest profile that central released to this box, else its seed.

    Raises:
        ConfigError: there is no release, and the seed is as `load_profile` says.
    """
    return _released(config.state_dir) or load_profile(Path(config.device.profile))


def division_of(config: Config, profile: Profile) -> str:
    """The code of the division at whose counter this device stands, or empty.

    Raises:
        ConfigError: the profile has no such division.
    """
    code, known = config.device.division, [division.code for division in profile.divisions]
    if code and code not in known:
        raise ConfigError(
            f"{config_path()}: {code!r} is not one of {', '.join(known)} - at `$.device.division`; "
            f"next: sudoedit {config_path()}"
        )
    return code


def counter_of(config: Config, profile: Profile) -> str:
    """As `division_of`; but a release from central that dropped the division stops no box.

    Then it asks which division is meant, as a box that serves several, and says so in
    the log and to `kiosk doctor`.

    Raises:
        ConfigError: the installed seed has no such division either, and nothing newer came.
    """
    try:
        return division_of(config, profile)
    except ConfigError as error:
        if _released(config.state_dir) is None:
            raise
        log.warning("asking for the division: %s", error)
        return ""


def load_profile(path: Path) -> Profile:
    """Read a profile.

    Raises:
        ConfigError: unreadable, misspelt or incomplete; one line with file and key.
    """
    try:
        return decode_profile(path.read_bytes())
    except OSError as error:
        advice = f"ls -l {path}; the one in force: kiosk profile check"
        raise ConfigError(f"{path}: {error.strerror}; next: {advice}") from error
    except BadMessage as error:
        raise ConfigError(f"{path}: {error}; next: mend it, then kiosk profile check") from error


def _released(state_dir: Path) -> Profile | None:
    """What the agent kept, checked again: a disk may change what was signed."""
    path = state_dir / RELEASE_FILE
    try:
        envelope = path.read_bytes()
        release = open_release(envelope, load_identity(state_dir).central_key_called)
    except FileNotFoundError:
        return None
    except (OSError, BadMessage) as error:
        log.warning("%s is not used: %s", path, type(error).__name__)
        return None
    return decode_profile(release.profile.encode())
