"""The three services of a box, as systemd starts them."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.verb import FINE, add_verb
from kiosk.config import Config

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs


SERVICES = ("ui", "print", "sync")


def is_asked(words: Sequence[str]) -> bool:
    """Whether a service is started: it runs for months, beside no other verb."""
    return bool(words) and words[0] in SERVICES


def add_to(verbs: "Verbs") -> None:
    """List them."""
    glass = add_verb(verbs, "ui", _ui, "the glass (a service)", "kiosk ui")
    glass.add_argument(
        "--map", type=Path, help="write what can be touched, and where, to this file"
    )
    add_verb(verbs, "print", _print, "the slip spooler (a service)", "kiosk print")
    add_verb(verbs, "sync", _sync, "the agent that sends the outbox (a service)", "kiosk sync")


def _ui(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import app

    app.run(config, map_file=arguments.map)
    return FINE


def _print(config: Config, arguments: argparse.Namespace) -> int:  # noqa: ARG001
    from kiosk import printing

    printing.run(config)
    return FINE


def _sync(config: Config, arguments: argparse.Namespace) -> int:  # noqa: ARG001
    from kiosk import syncing

    syncing.run(config)
    return FINE
