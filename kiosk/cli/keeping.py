"""What becomes of the store: mended, or carried away on a stick."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.deed import deed, may_disturb
from kiosk.cli.verb import FINE, FOUND, add_verb, as_json, say
from kiosk.config import Config

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs


def add_to(verbs: "Verbs") -> None:
    """List them."""
    restore = add_verb(
        verbs, "restore", _restore, "a sound store again", "kiosk restore --salvage --json"
    )
    restore.add_argument(
        "--salvage", action="store_true", required=True, help="from what a damaged one still tells"
    )
    restore.add_argument("--json", action="store_true", help="for programs")
    export = add_verb(
        verbs,
        "export-usb",
        _export_usb,
        "the outbox on a stick, for a box without a network",
        "kiosk export-usb /media/stick",
    )
    export.add_argument("directory", type=Path, help="where the stick is mounted")
    export.add_argument("--anywhere", action="store_true", help="a directory on the card will do")
    may_disturb(export)


def _restore(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import restoring

    restoring.insist_on_stopped(config)
    with deed(
        config,
        arguments,
        "put the damaged store aside, under damaged/",
        "put a sound one in its place, with all that can be read",
        "take no case until a new join file is enrolled",
    ):
        told = restoring.salvage_store(config)
    say(as_json(told) if arguments.json else restoring.in_words(told))
    return FINE


def _export_usb(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.exporting import export, in_words

    with deed(
        config,
        arguments,
        f"write what waits into {arguments.directory}",
        "let go of what central acknowledged there",
    ):
        told = export(config, arguments.directory, anywhere=arguments.anywhere)
    say(in_words(told))
    return FOUND if any(exported.refused or exported.ignored for exported in told) else FINE
