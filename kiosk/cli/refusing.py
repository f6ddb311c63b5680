"""How a verb says no: what was found, and the command that comes next.

In a terminal both stand in 60 columns, elsewhere in one line that can be searched for. Who asked
for JSON finds a `Refused` on standard output, where the answer would have been.
"""

import msgspec

from kiosk.cli.verb import FOUND, NEXT, USAGE, announce, as_line, say
from kiosk.errors import KioskError, NotNow, ReleaseRefused, Unfinished


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why not. `code` is an error's (`kiosk.errors`), or `usage`, `permission`, `system`.

    `next` is what to type or do; empty where nobody knows.
    """

    code: str
    finding: str
    next: str = ""


class Refused(msgspec.Struct, frozen=True):
    """What a program reads in the place of an answer, in one line."""

    error: Refusal


def refuse(words: str, code: str, *, as_json: bool) -> None:
    """Say it to standard error and, to a program, as one line of JSON to standard output."""
    announce(words, as_json=True)
    if as_json:
        finding, _, advice = words.partition(NEXT)
        say(as_line(Refused(Refusal(code=code, finding=finding, next=advice))))


def refused(error: KioskError | OSError, verb: str, *, as_json: bool) -> int:
    """Say what stood in the way of `verb`; the exit code."""
    if isinstance(error, PermissionError):
        words = f"{error.filename or 'that'}: not yours to open{NEXT}sudo -u kiosk kiosk {verb}"
        refuse(words, "permission", as_json=as_json)
        return USAGE
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        refuse(f"{name}{error.strerror or error}{NEXT}kiosk doctor", "system", as_json=as_json)
        return FOUND
    refuse(str(error), error.code, as_json=as_json)
    return FOUND if isinstance(error, NotNow | ReleaseRefused | Unfinished) else USAGE
