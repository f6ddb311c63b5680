"""What every verb of `kiosk` is made of: how it is listed, how it ends, how it speaks.

Exit codes: `FINE`, `FOUND` something wrong (and said what to do next), `USAGE` wrong usage or
configuration.
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO, TypeAlias

import msgspec

from kiosk.config import Config

if TYPE_CHECKING:
    Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

FINE, FOUND, USAGE = 0, 1, 2

Command = Callable[[Config, argparse.Namespace], int]


def add_verb(
    verbs: "Verbs", name: str, command: Command, words: str, example: str
) -> argparse.ArgumentParser:
    """List a verb: what it does in a few words, and one line as it is typed."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        name, help=words, description=words.capitalize() + ".", epilog=f"Example: {example}"
    )
    parser.set_defaults(command=command)
    return parser


def done(deed: str, hindrance: str | None) -> int:
    """Say that it is done, or what stood in the way."""
    say(deed if hindrance is None else f"{hindrance}; next: kiosk doctor")
    return FINE if hindrance is None else FOUND


def as_json(told: object) -> str:
    """For programs; readable for people too."""
    return msgspec.json.format(msgspec.json.encode(told)).decode()


def say(words: str) -> None:
    """To standard output, without spaces at the end."""
    _write(sys.stdout, words)


def announce(words: str, *, as_json: bool) -> None:
    """What is about to happen; beside the JSON where a program reads that."""
    _write(sys.stderr if as_json else sys.stdout, words)


def _write(out: TextIO, words: str) -> None:
    """A line, at once. A terminal that is gone keeps nobody from what they are doing."""
    with suppress(OSError):
        out.write(words.rstrip() + "\n")
        out.flush()
