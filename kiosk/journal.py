"""What the box's own units wrote into systemd's journal; no line of it names a person."""

import re
import subprocess
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from kiosk.errors import ConfigError

UNITS = {
    "kiosk-ui": "glass",
    "kiosk-print": "printer",
    "kiosk-sync": "agent",
    "kiosk-ladder": "ladder",
    "kiosk-out-of-service": "placard",
    "kiosk-backup": "backup",
    "rapfang-update": "update",
    "rapfang-trial": "trial",
    "rapfang-firewall": "firewall",
    "rapfang-data": "data",
}
"""What a technician calls our units; others of ours by what follows the first dash."""

_BEGINNINGS = ("kiosk-", "rapfang-")

_OURS = ("kiosk-*", "kiosk.target", "rapfang-*")
_OWN_HEAD = re.compile(r"^\S+Z (?:[A-Z]+) (?P<words>[\w.]+: .*)$", re.DOTALL)
"""What our services put before their words (`kiosk.log`); the journal knows it better."""
_LEVELS = {"0": "ERROR", "1": "ERROR", "2": "ERROR", "3": "ERROR", "4": "WARN"}


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One entry; `level` is empty where nobody need look."""

    at: datetime
    unit: str
    level: str = ""
    words: str

    def text(self) -> str:
        """For a terminal; not wrapped, so that it can be searched."""
        level = f"{self.level} " if self.level else ""
        return f"{self.at:%m-%d %H:%M:%SZ}  {self.unit:<8} {level}{self.words}"


class _Entry(msgspec.Struct, frozen=True):
    """The fields that are asked of journalctl (systemd.journal-fields(7))."""

    stamp: str = msgspec.field(name="__REALTIME_TIMESTAMP")
    unit: str = msgspec.field(name="_SYSTEMD_UNIT", default="")
    about: str = msgspec.field(name="UNIT", default="")
    priority: str = msgspec.field(name="PRIORITY", default="6")
    message: str | list[int] | None = msgspec.field(name="MESSAGE", default=None)


def lines(
    units: Sequence[str] = (),
    *,
    since: str = "",
    most: int | None = None,
    follow: bool = False,
    file: Path | None = None,
) -> Generator[Line, None, None]:
    """Entries of our units, or of those called `units`, the oldest first.

    `since` is as in systemd.time(7); `file` is a journal that was carried here.

    Raises:
        ConfigError: there is no journal here, it is closed to this user, or `since` is no time.
    """
    command = _command(units, since, most, file)
    try:
        with subprocess.Popen(
            [*command, "--follow"] if follow else command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as journal:
            try:
                yield from _told(journal)
            finally:
                journal.terminate()
    except FileNotFoundError as error:
        raise ConfigError(_NONE) from error


_NONE = (
    "no journal on this machine: services say what they do on the terminal they were "
    "started at; next: kiosk doctor"
)
_EMPTY = ("No journal files", "No data available")
"""What journalctl says where journald never ran."""


def name_of(unit: str) -> str:
    """What a technician calls a unit: `kiosk-ui.service` is the glass."""
    bare = unit.rsplit(".", 1)[0]
    return UNITS.get(bare, bare.removeprefix("kiosk-").removeprefix("rapfang-"))


def _command(units: Sequence[str], since: str, most: int | None, file: Path | None) -> list[str]:
    called = {name: unit for unit, name in UNITS.items()}
    wanted = [name for unit in units for name in _meant(called.get(unit, unit))] or _OURS
    return [
        *("journalctl", "--output=json", "--no-pager"),
        *(f"--unit={unit}" for unit in wanted),
        *([f"--since={since}"] if since else []),
        *([f"--lines={most}"] if most is not None else []),
        *([f"--{'directory' if file.is_dir() else 'file'}={file}"] if file else []),
    ]


def _meant(unit: str) -> Iterable[str]:
    """A unit's own name, or what `name_of` left of one: ours begin in two ways."""
    if unit in ("kiosk", "kiosk.target"):
        return ("kiosk.target",)
    if unit.startswith(_BEGINNINGS):
        return (unit,)
    return (f"{beginning}{unit}" for beginning in _BEGINNINGS)


def _told(journal: "subprocess.Popen[bytes]") -> Iterator[Line]:
    """Its entries; whatever it could not do is said in one line."""
    if journal.stdout is None or journal.stderr is None:  # both are pipes
        return
    count = 0
    for count, raw in enumerate(journal.stdout, 1):  # noqa: B007
        with suppress(msgspec.MsgspecError):
            yield _line(msgspec.json.decode(raw, type=_Entry))
    said = journal.stderr.read().decode(errors="replace").strip()
    if "insufficient permissions" in said or "not seeing messages" in said.lower():
        raise ConfigError("the journal is closed to you; next: sudo kiosk logs")
    if not count and any(sign in said for sign in _EMPTY):
        raise ConfigError(_NONE)
    if journal.wait():
        reason = said.splitlines()[0] if said else "the journal cannot be read"
        raise ConfigError(f"{reason}; next: kiosk logs --help")


def _line(entry: _Entry) -> Line:
    said = entry.message
    words = bytes(said).decode(errors="replace") if isinstance(said, list) else said or ""
    own = _OWN_HEAD.match(words)
    return Line(
        at=datetime.fromtimestamp(int(entry.stamp) / 1e6, UTC),
        unit=name_of(entry.unit if entry.unit.startswith(("kiosk", "rapfang")) else entry.about),
        level=_LEVELS.get(entry.priority, "") or _level(words if own else ""),
        words=own["words"] if own else words,
    )


def _level(words: str) -> str:
    """What our own line calls itself: standard error has one priority for all."""
    levels = {"WARNING": "WARN", "ERROR": "ERROR", "CRITICAL": "ERROR"}
    return levels.get(words.split(" ", 2)[1], "") if words else ""
