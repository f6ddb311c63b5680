"""The technician's command `kiosk`: readable in 60 columns over SSH.

Each module lists a group of verbs; `verb` is what they are made of.
"""

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from kiosk import log
from kiosk.cli import services
from kiosk.cli.refusing import refuse, refused
from kiosk.cli.typed import Misused, Parser, parse
from kiosk.cli.verb import USAGE, Command, Narrow
from kiosk.config import Config, config_path, load
from kiosk.errors import KioskError

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs

GROUPS = "reports", "top", "looking", "trials", "keeping", "updating", "belonging", "learning"
"""Modules of verbs, beside the services, in the order in which help lists them."""

_EPILOG = (
    "Example: kiosk doctor. Each VERB has a --help. Exit codes: 0 fine, 1 found something wrong or "
    "had to wait, 2 wrong usage or configuration. With --json standard output is JSON, a refusal "
    'too: {"error": {"code", "finding", "next"}}.'
)


class _Group(Protocol):
    def add_to(self, verbs: "Verbs") -> None: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    try:
        arguments = parse(parser(only_services=services.is_asked(words)), words)
    except Misused as error:
        refuse(str(error), error.code, as_json="--json" in words)
        return USAGE
    log.to_stderr(for_person=not services.is_asked(words))
    try:
        command: Command = arguments.command
        needs_config = getattr(arguments, "needs_config", True)
        return command(load(config_path()) if needs_config else Config(), arguments)
    except (KioskError, OSError) as error:
        if services.is_asked(words) and not isinstance(error, KioskError | PermissionError):
            raise  # the journal needs to know where
        return refused(error, arguments.verb, as_json=getattr(arguments, "json", False))


def parser(*, only_services: bool = False) -> Parser:
    """All verbs, as they are typed; a service loads no others, which would cost it memory."""
    whole = Parser(
        prog="kiosk",
        description="Look after a Rapfang kiosk.",
        epilog=_EPILOG,
        formatter_class=Narrow,
    )
    verbs = whole.add_subparsers(dest="verb", required=True, metavar="VERB")
    for group in _groups(only_services=only_services):
        group.add_to(verbs)
    whole.verbs = dict(verbs.choices)
    return whole


def _groups(*, only_services: bool) -> Iterator[_Group]:
    yield services
    if not only_services:
        yield from (import_module(f"{__name__}.{name}") for name in GROUPS)
