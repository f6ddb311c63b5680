"""The technician's command `kiosk`: readable in 60 columns over SSH.

Each module lists a group of verbs; `verb` is what they are made of.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from kiosk import log
from kiosk.cli import services
from kiosk.cli.verb import FOUND, USAGE, Command, Narrow
from kiosk.config import Config, config_path, load
from kiosk.errors import ConfigError, NotNow

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs

GROUPS = "reports", "top", "looking", "trials", "keeping", "updating", "belonging", "learning"
"""Modules of verbs, beside the services, in the order in which help lists them."""


class _Group(Protocol):
    def add_to(self, verbs: "Verbs") -> None: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    words = sys.argv[1:] if argv is None else argv
    arguments = parser(only_services=services.is_asked(words)).parse_args(words)
    log.to_stderr()
    try:
        command: Command = arguments.command
        needs_config = getattr(arguments, "needs_config", True)
        return command(load(config_path()) if needs_config else Config(), arguments)
    except NotNow as error:
        sys.stderr.write(f"{error}\n")
        return FOUND
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except PermissionError as error:
        sys.stderr.write(f"{error.filename}: not yours to read; next: sudo -u kiosk kiosk ...\n")
        return USAGE


def parser(*, only_services: bool = False) -> argparse.ArgumentParser:
    """All verbs, as they are typed; a service loads no others, which would cost it memory."""
    whole = argparse.ArgumentParser(
        prog="kiosk",
        description="Look after a Rapfang kiosk.",
        epilog="Example: kiosk doctor",
        formatter_class=Narrow,
    )
    verbs = whole.add_subparsers(dest="verb", required=True, metavar="VERB")
    for group in _groups(only_services=only_services):
        group.add_to(verbs)
    return whole


def _groups(*, only_services: bool) -> Iterator[_Group]:
    yield services
    if not only_services:
        yield from (import_module(f"{__name__}.{name}") for name in GROUPS)
