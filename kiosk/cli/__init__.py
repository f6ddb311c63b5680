"""The technician's command `kiosk`: readable in 60 columns over SSH.

Each module lists a group of verbs; `verb` is what they are made of.
"""

import argparse
import sys
from collections.abc import Sequence

from kiosk import log
from kiosk.cli import (
    belonging,
    keeping,
    learning,
    looking,
    reports,
    services,
    top,
    trials,
    updating,
)
from kiosk.cli.verb import FOUND, USAGE, Command, Narrow
from kiosk.config import Config, config_path, load
from kiosk.errors import ConfigError, NotNow

GROUPS = (services, reports, top, looking, trials, keeping, updating, belonging, learning)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    arguments = parser().parse_args(argv)
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


def parser() -> argparse.ArgumentParser:
    """All verbs, as they are typed."""
    whole = argparse.ArgumentParser(
        prog="kiosk",
        description="Look after a Rapfang kiosk.",
        epilog="Example: kiosk doctor",
        formatter_class=Narrow,
    )
    verbs = whole.add_subparsers(dest="verb", required=True, metavar="VERB")
    for group in GROUPS:
        group.add_to(verbs)
    return whole
