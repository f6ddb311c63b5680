"""`CENTRAL_DATABASE`: where PostgreSQL is, in words libpq understands.

`postgresql://user@host/name`, or the folder of its socket (then the database is called
`central`). Beyond this machine the server has to show its certificate.
"""

from sync.central.errors import SettingsWrong

SOCKET_NAME = "central"
"""The database's name where only a socket folder is given."""

_VARIABLE = "CENTRAL_DATABASE"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SCHEMES = ("postgresql://", "postgres://")
_ALLOWED = frozenset(
    {"host", "port", "user", "dbname", "passfile", "connect_timeout", "target_session_attrs"}
    | {"sslmode", "sslrootcert", "sslcert", "sslkey"}
)
_UNSAFE = frozenset({"disable", "allow", "prefer"})
"""Values of `sslmode` with which anybody on the way may read along."""


def parse(given: str) -> dict[str, str]:
    """What to connect with, by libpq's names; `dbname` and `host` are always there.

    Raises:
        SettingsWrong: not an address, a password in it, or no TLS on the way to another host.
    """
    found = {"host": given, "dbname": SOCKET_NAME} if given.startswith("/") else _read(given)
    found.setdefault("host", "127.0.0.1")
    if "password" in found:
        raise SettingsWrong(f"{_VARIABLE}: no password here; give {_VARIABLE}_PASSWORD_FILE")
    if unknown := sorted(set(found) - _ALLOWED):
        raise SettingsWrong(f"{_VARIABLE}: {unknown[0]} cannot be set here")
    if not found.get("dbname") or "/" in found["dbname"]:
        raise SettingsWrong(f"{_VARIABLE}: name the database, as in postgresql://user@host/name")
    if not all(port == "" or _is_port(port) for port in found.get("port", "").split(",")):
        raise SettingsWrong(f"{_VARIABLE}: the port is not a number from 1 to 65535")
    return found if _is_here(found["host"]) else _guarded(found)


def _read(given: str) -> dict[str, str]:
    """libpq's own reading; its message would quote the address, and a password with it."""
    if not given.startswith(_SCHEMES):
        raise SettingsWrong(f"{_VARIABLE}: give postgresql://user@host/name or a socket folder")
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        found = conninfo_to_dict(given)
    except psycopg.Error:
        raise SettingsWrong(f"{_VARIABLE}: not an address") from None
    return {name: str(value) for name, value in found.items()}


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 1 <= int(text) <= 65_535


def _is_here(hosts: str) -> bool:
    return all(host in _LOOPBACK or host.startswith("/") for host in hosts.split(","))


def _guarded(found: dict[str, str]) -> dict[str, str]:
    if found.setdefault("sslmode", "verify-full") in _UNSAFE:
        raise SettingsWrong(f"{_VARIABLE}: sslmode={found['sslmode']} only on this machine")
    return found
