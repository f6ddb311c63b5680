"""Which database central uses, and whether one has been set up there. No Django yet."""

from typing import Any

from sync.central.database import address
from sync.central.environment import Environment, read_database_password
from sync.central.errors import DatabaseUnreachable

CONNECT_TIMEOUT_S = "10"

_DJANGO_NAMES = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER"}
_IS_SET_UP = "SELECT to_regclass('fleet_device') IS NOT NULL"


def settings_for(environment: Environment) -> dict[str, Any]:
    """Django's settings of the one database.

    Raises:
        SettingsWrong: the password's file cannot be read.
    """
    if not environment.database:
        return _sqlite(environment)
    given = _libpq(environment)
    return {
        "ENGINE": "sync.central.database.postgresql",
        "PASSWORD": given.pop("password", ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        **{django: given.pop(libpq, "") for libpq, django in _DJANGO_NAMES.items()},
        "OPTIONS": {
            **given,
            "options": "-c synchronous_commit=on",
            # Only `rows` prepares, each table's one statement: the others go as plain text.
            "prepare_threshold": 0,
        },
    }


def is_set_up(environment: Environment) -> bool:
    """Whether `central migrate` has been there.

    Raises:
        DatabaseUnreachable: the server cannot be asked.
    """
    if not environment.database:
        return environment.embedded_database.exists()
    import psycopg

    try:
        with psycopg.connect(**_libpq(environment)) as connection:
            found = connection.execute(_IS_SET_UP).fetchone()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise DatabaseUnreachable(f"CENTRAL_DATABASE: {reason}") from error
    return found is not None and bool(found[0])


def conninfo(environment: Environment) -> tuple[str, str]:
    """PostgreSQL's address for programs of its own, and apart from it the password, or nothing.

    Raises:
        SettingsWrong: the password's file cannot be read.
    """
    from psycopg.conninfo import make_conninfo

    given = _libpq(environment)
    password = given.pop("password", "")
    return make_conninfo(**given), password


def _libpq(environment: Environment) -> dict[str, Any]:
    """What libpq is given; without a password it looks into its own password file."""
    given = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "application_name": "central",
        **address.parse(environment.database),
    }
    password = read_database_password(environment)
    return {**given, "password": password} if password else given


def _sqlite(environment: Environment) -> dict[str, Any]:
    return {
        "ENGINE": "sync.central.database",
        "NAME": str(environment.embedded_database),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
            "PRAGMA secure_delete=ON",
        },
        "TEST": {"NAME": str(environment.state_dir / "test.db")},
    }
