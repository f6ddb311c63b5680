"""What an operator reads where a command cannot be done: what was found, and what comes next."""

import argparse
import errno
import json
import sys
from typing import NoReturn

from sync.central import errors
from sync.errors import BadReference

NEXT = "; next: "
_SETTINGS = "sudoedit /etc/central/central.env"
_ADVICE: dict[type[Exception], str] = {
    errors.SettingsWrong: _SETTINGS,
    errors.KeysMissing: "central keys list",
    errors.KeyRefused: "central keys list",
    errors.DatabaseUnreachable: f"systemctl status postgresql; {_SETTINGS}",
    errors.DatabaseUnfit: f"mend that in PostgreSQL, or {_SETTINGS}",
    errors.BackupRefused: "another backup, or the key that it was sealed to",
    errors.CodeTaken: "another one",
    errors.DeviceUnknown: "central fleet",
    errors.OfficerUnknown: "central officer NAME",
    BadReference: "central join-file --help",
}
"""Where the words themselves do not say it."""
_OF_THE_SYSTEM = {
    errno.ENOENT: "ls -l, and mount what belongs there",
    errno.EEXIST: "another name; nothing is written over",
    errno.EACCES: "a place that the user `central` may use, such as /var/lib/central",
    errno.EPERM: "a place that the user `central` may use, such as /var/lib/central",
    errno.EROFS: "another place, or a stick that is not locked",
    errno.ENOSPC: "df -h",
    errno.EADDRINUSE: "CENTRAL_PORT=8471, or end whatever listens there",
}


def in_words(error: Exception) -> str:
    """One line, with the next command at its end."""
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        advice = _OF_THE_SYSTEM.get(error.errno or 0, "journalctl -u central-web; df -h")
        return f"{name}{error.strerror or error}{NEXT}{advice}"
    words = str(error)
    found = next((_ADVICE[each] for each in type(error).__mro__ if each in _ADVICE), "")
    return words if NEXT in words or not found else f"{words}{NEXT}{found}"


def refuse(words: str, code: str, *, as_json: bool) -> None:
    """To standard error; to a program, which asked for JSON, to standard output as well."""
    print(f"central: {words}", file=sys.stderr)  # noqa: T201 one line for the operator
    if as_json:
        finding, _, advice = words.partition(NEXT)
        told = {"error": {"code": code, "finding": finding, "next": advice}}
        print(json.dumps(told, ensure_ascii=False))  # noqa: T201


class Parser(argparse.ArgumentParser):
    """Says in one short line why words make no command, and whose help to read."""

    def error(self, message: str) -> NoReturn:
        """End with 2."""
        short = message.partition(" (choose from")[0]
        refuse(f"{short}{NEXT}{self.prog} --help", "usage", as_json="--json" in sys.argv)
        self.exit(2)
