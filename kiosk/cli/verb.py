"""What every verb of `kiosk` is made of: how it is listed, how it ends, how it speaks.

Exit codes: `FINE`, `FOUND` something wrong (and said what to do next), `USAGE` wrong usage or
configuration.
"""

import argparse
import getpass
import os
import sys
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias

import msgspec

from kiosk.config import Config

if TYPE_CHECKING:
    Verbs: TypeAlias = "argparse._SubParsersAction[Any]"

FINE, FOUND, USAGE = 0, 1, 2
COLUMNS = 60
"""Of a terminal on a phone."""
NEXT = "; next: "
"""Between what was found and what to do about it, in the words of every error."""

Command = Callable[[Config, argparse.Namespace], int]


class Narrow(argparse.HelpFormatter):
    """Help in 60 columns, however wide the terminal is."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=20, width=COLUMNS)


def add_verb(
    verbs: "Verbs", name: str, command: Command, words: str, example: str
) -> argparse.ArgumentParser:
    """List a verb: what it does in a few words, and one line as it is typed."""
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=words,
        description=f"{words[0].upper()}{words[1:]}.",
        epilog=f"Example: {example}",
        formatter_class=Narrow,
    )
    parser.set_defaults(command=command)
    return parser


def for_programs(options: "argparse._ActionsContainer", more: str = "") -> None:
    """Give a verb that reports its `--json`; `more` is what is special about it."""
    about = f"{more}; " if more else ""
    words = f"for programs: {about}a refusal is JSON too"
    options.add_argument("--json", action="store_true", help=words)


def done(deed: str, hindrance: str | None) -> int:
    """Say that it is done, or what stood in the way."""
    told = hindrance or ""
    tell(deed if hindrance is None else told if NEXT in told else f"{told}{NEXT}kiosk doctor")
    return FINE if hindrance is None else FOUND


def as_json(told: object) -> str:
    """For programs; readable for people too."""
    return msgspec.json.format(msgspec.json.encode(told)).decode()


def as_line(told: object) -> str:
    """For programs that read one line after another."""
    return msgspec.json.encode(told).decode()


def say(words: str) -> bool:
    """To standard output, without spaces at the end; False where nobody reads it any more."""
    return _write(sys.stdout, words)


def tell(words: str) -> None:
    """A sentence or two to standard output; in a terminal in its columns."""
    announce(words, as_json=False)


def read_secret(prompt: str) -> str:
    """A line from standard input; in a terminal it is asked for, and not shown."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt).strip()
    return sys.stdin.readline().strip()


def announce(words: str, *, as_json: bool) -> None:
    """What is about to happen, or a sentence; beside the JSON where a program reads that."""
    out = sys.stderr if as_json else sys.stdout
    _write(out, in_columns(words) if out.isatty() else words)


def in_columns(words: str) -> str:
    """Sentences in 60 columns, broken between words; what comes next begins a line."""
    return "\n".join(map(_filled, words.rstrip().replace(NEXT, f"\n{NEXT[2:]}").splitlines()))


def _filled(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line.strip(),
        COLUMNS,
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _write(out: TextIO, words: str) -> bool:
    """A line, at once. A terminal that is gone keeps nobody from what they are doing."""
    try:
        out.write(words.rstrip() + "\n")
        out.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, out.fileno())  # else Python tries once more at its end, and fails
        os.close(nowhere)
        return False
    return True
