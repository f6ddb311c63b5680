"""`kiosk support-bundle`: how a box is, for somebody far away; no word of a resident in it.

What goes in is chosen, not cleaned: counts, codes, versions, states. Texts that may hold
anything go through `kiosk.redacting`.
"""

import io
import platform
import subprocess
import sys
import tarfile
import textwrap
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path

import msgspec

from kiosk import journal, redacting
from kiosk.backing_up import written
from kiosk.config import Config
from kiosk.doctor import examine
from kiosk.errors import ConfigError, KioskError
from kiosk.putting import insist_on_entry, insist_on_place
from kiosk.report import COLUMNS, box_identity, box_store, status
from sync.asking import SQLITE_VERSION, ask
from sync.errors import SyncError
from sync.release import RELEASE_FILE, open_release

LINES = 5000
"""Of the journal, the newest."""
SINCE = "7 days ago"
_ASKED = "Id,LoadState,ActiveState,SubState,Result,NRestarts,ExecMainStatus,MemoryCurrent"
_SCHEMA = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
_STATES = {
    "outbox": "SELECT state, reason, count(*) FROM outbox GROUP BY state, reason",
    "slip_jobs": "SELECT state, reason, count(*) FROM slip_jobs GROUP BY state, reason",
    "migrations": "SELECT name FROM _sqlite_migrations ORDER BY name",
}


class Bundled(msgspec.Struct, frozen=True):
    """The bundle, durable; `missing` is what could not be looked at, and why."""

    path: str
    size_bytes: int
    parts: list[str]
    missing: dict[str, str]

    def text(self) -> str:
        """For a terminal, 60 columns but for the path."""
        said = [f"{self.path}: {self.size_bytes} bytes"]
        said += textwrap.wrap(f"in it: {', '.join(self.parts)}", COLUMNS, subsequent_indent="  ")
        return "\n".join([*said, *(f"without {name}" for name in self.missing)])


def bundle(config: Config, path: Path, journal_file: Path | None = None) -> Bundled:
    """Write it; what cannot be looked at is named in it, and holds nothing else up.

    Raises:
        ConfigError: it cannot be written, or is there already.
        PermissionError: what it would tell is closed to this user.
    """
    insist_on_place(path)
    insist_on_entry(config.state_dir)
    parts, missing = _parts(config, journal_file)
    parts["missing.json"] = msgspec.json.encode(list(missing))
    with written(path) as out, tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in parts.items():
            entry = tarfile.TarInfo(f"{path.name.split('.')[0]}/{name}")
            entry.size, entry.mode = len(content), 0o600
            tar.addfile(entry, io.BytesIO(content))
    return Bundled(str(path), path.stat().st_size, list(parts), missing)


def _parts(config: Config, journal_file: Path | None) -> tuple[dict[str, bytes], dict[str, str]]:
    looks: dict[str, Callable[[], object]] = {
        "about.json": lambda: _about(config),
        "status.json": lambda: redacting.report(status(config)),
        "doctor.json": lambda: redacting.report(examine(config)),
        "config.json": lambda: redacting.values(msgspec.to_builtins(config)),
        "store.json": lambda: _store(config),
        "units.json": _units,
        "journal.txt": lambda: _journal(journal_file),
    }
    parts, missing = {}, {}
    for name, look in looks.items():
        try:
            found = look()
        except (KioskError, SyncError, OSError) as error:
            missing[name] = type(error).__name__
            continue
        is_text = isinstance(found, str)
        parts[name] = (
            str(found).encode() if is_text else msgspec.json.format(msgspec.json.encode(found))
        )
    return parts, missing


def _about(config: Config) -> dict[str, object]:
    system = platform.freedesktop_os_release()
    return {
        "made_at": datetime.now(UTC),
        "device_code": _code(config),
        "profile_version": _profile_version(config),
        "python": sys.version.split()[0],
        "sqlite": SQLITE_VERSION,
        "kernel": platform.release(),
        "machine": platform.machine(),
        "system": f"{system.get('ID', '')} {system.get('VERSION_ID', '')}",
        "packages": {found.metadata["Name"]: found.version for found in distributions()},
    }


def _code(config: Config) -> str:
    try:
        return box_identity(config).device_code
    except ConfigError:
        return ""


def _profile_version(config: Config) -> int | None:
    """Of what central released; None where the installed seed is in force."""
    try:
        envelope = (config.state_dir / RELEASE_FILE).read_bytes()
        return open_release(envelope, box_identity(config).central_key_called).version
    except (OSError, SyncError, ConfigError, KeyError):
        return None


def _store(config: Config) -> dict[str, object]:
    """How it is built and how much is in it; of its rows only states and reasons."""
    with box_store(config) as store:
        tables = [str(name) for (name,) in ask(store, _TABLES).rows]
        counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables)  # noqa: S608 our own names
        return {
            "schema": [sql for (sql,) in ask(store, _SCHEMA).rows],
            "rows": ask(store, counts).rows,
            **{name: redacting.values(ask(store, sql).rows) for name, sql in _STATES.items()},
            "damages": store.damages(),
        }


def _units() -> list[dict[str, str]]:
    """As systemd has them. Raises OSError: no systemd here."""
    told = subprocess.run(
        ["systemctl", "show", f"--property={_ASKED}", "kiosk-*", "rapfang-*"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if told.returncode:
        raise OSError("systemd does not answer")
    units = [block.splitlines() for block in told.stdout.split("\n\n") if block.strip()]
    pairs = ([line.partition("=") for line in block] for block in units)
    return [{name: value for name, _, value in block} for block in pairs]


def _journal(file: Path | None) -> str:
    since = "" if file else SINCE
    told = journal.lines(since=since, most=LINES, file=file)
    return "".join(map(_line, told))


def _line(told: journal.Line) -> str:
    stamp = f"{told.at:%Y-%m-%dT%H:%M:%SZ}"
    return f"{stamp} {told.unit} {told.level or '-'} {redacting.line(told.words)}\n"
