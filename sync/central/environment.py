"""Central's settings: `CENTRAL_*` variables, read once, whole, and frozen.

What the municipality is called and offers is its profile, a file of its own.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from sync.central.database import address
from sync.central.errors import SettingsWrong
from sync.errors import BadMessage
from sync.profile import Profile, decode_profile
from sync.release import LARGEST_PROFILE

PREFIX = "CENTRAL_"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]


class Environment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings; `CENTRAL_PORT` sets `port`, and so on.

    Without `smtp_host` mail is written to files under the state directory. An empty
    `database` is the embedded one, else it is PostgreSQL's address. `fleet_mail_to` may be
    several addresses with commas between. A kiosk is silent after `unheard_minutes` without a word,
    its clock wrong from `clock_error_s` on.
    """

    state_dir: Path = Path("/var/lib/central")
    port: Port = 8470
    public_url: str = ""
    profile: Path = Path("/etc/central/profile.toml")
    workers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 2
    database: str = ""
    database_password_file: Path | None = None
    mail_to: str = ""
    mail_from: str = "central@localhost"
    fleet_mail_to: str = ""
    unheard_minutes: Annotated[int, msgspec.Meta(ge=10, le=43_200)] = 60
    clock_error_s: Annotated[int, msgspec.Meta(ge=10, le=86_400)] = 120
    sign_ups_kept_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 90
    smtp_host: str = ""
    smtp_port: Port = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password_file: Path | None = None

    @property
    def technicians(self) -> list[str]:
        """Who is mailed about kiosks."""
        return (
            [each.strip() for each in self.fleet_mail_to.split(",")] if self.fleet_mail_to else []
        )

    @property
    def embedded_database(self) -> Path:
        """The file of the embedded database."""
        return self.state_dir / "central.db"

    @property
    def host(self) -> str:
        """The host name residents and devices use."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def is_https(self) -> bool:
        """Whether a web server with a certificate stands before central."""
        return self.public_url.startswith("https://")


def read(variables: Mapping[str, str]) -> Environment:
    """Read the settings.

    Raises:
        SettingsWrong: misspelt or out of range; one line with the variable's name.
    """
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in variables.items()
        if name.startswith(PREFIX) and value
    }
    unknown = sorted(set(given) - set(Environment.__struct_fields__))
    if unknown:
        raise SettingsWrong(f"{PREFIX}{unknown[0].upper()}: unknown; allowed: {_allowed()}")
    try:
        found = msgspec.convert(given, Environment, strict=False, dec_hook=_as_path)
    except msgspec.ValidationError as error:
        raise SettingsWrong(_in_words(error)) from error
    return _checked(found)


def read_profile(path: Path) -> Profile:
    """The municipality's profile.

    Raises:
        SettingsWrong: unreadable, too large or misspelt; one line with file and key.
    """
    try:
        toml = path.read_bytes()
        if len(toml) > LARGEST_PROFILE:
            raise SettingsWrong(f"{path}: over {LARGEST_PROFILE} bytes")
        return decode_profile(toml)
    except OSError as error:
        raise SettingsWrong(f"CENTRAL_PROFILE: {path}: {error.strerror}") from error
    except BadMessage as error:
        raise SettingsWrong(f"{path}: {error}") from error


def read_password(environment: Environment) -> str:
    """The mail server's password; empty where none is needed.

    Raises:
        SettingsWrong: its file cannot be read.
    """
    return _secret(environment.smtp_password_file, "CENTRAL_SMTP_PASSWORD_FILE")


def read_database_password(environment: Environment) -> str:
    """PostgreSQL's password; empty where none is needed, or where libpq finds it itself.

    Raises:
        SettingsWrong: its file cannot be read.
    """
    return _secret(environment.database_password_file, "CENTRAL_DATABASE_PASSWORD_FILE")


def _secret(path: Path | None, variable: str) -> str:
    if path is None:
        return ""
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsWrong(f"{variable}: cannot be read") from error


def _checked(found: Environment) -> Environment:
    if not found.state_dir.is_absolute():
        raise SettingsWrong("CENTRAL_STATE_DIR: give an absolute path")
    if not found.public_url:
        found = msgspec.structs.replace(found, public_url=f"http://127.0.0.1:{found.port}")
    _check_public_url(found.public_url)
    if found.mail_to and "@" not in found.mail_to:
        raise SettingsWrong("CENTRAL_MAIL_TO: not a mail address")
    if not all("@" in each for each in found.technicians):
        raise SettingsWrong("CENTRAL_FLEET_MAIL_TO: not a mail address")
    if found.smtp_user and not found.smtp_password_file:
        raise SettingsWrong("CENTRAL_SMTP_PASSWORD_FILE: needed where CENTRAL_SMTP_USER is set")
    if found.database:
        address.parse(found.database)
    elif found.database_password_file:
        raise SettingsWrong("CENTRAL_DATABASE: needed where there is a password for it")
    return found


def _check_public_url(url: str) -> None:
    """The address goes into every QR code: its own host, no path, no plain HTTP abroad."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsWrong("CENTRAL_PUBLIC_URL: not an address") from error
    if parts.scheme not in ("http", "https") or not host or parts.username:
        raise SettingsWrong("CENTRAL_PUBLIC_URL: give https://host.name, or http:// on loopback")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsWrong("CENTRAL_PUBLIC_URL: a host name only, without a path")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise SettingsWrong("CENTRAL_PUBLIC_URL: plain http only on loopback; give https")


def _as_path(shape: type, given: str) -> Path:  # noqa: ARG001 msgspec asks only for paths
    return Path(given)


def _in_words(error: msgspec.ValidationError) -> str:
    """`CENTRAL_PORT: Expected int, got str` from msgspec's message."""
    what, _, place = str(error).rpartition(" - at `$.")
    return f"{PREFIX}{place.rstrip('`').upper()}: {what.replace('`', '')}"


def _allowed() -> str:
    return ", ".join(PREFIX + name.upper() for name in Environment.__struct_fields__)
