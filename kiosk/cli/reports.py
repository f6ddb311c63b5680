"""What the box tells of itself; with `--json` for programs."""

import argparse
from typing import TYPE_CHECKING

from kiosk.cli.deed import deed, may_disturb
from kiosk.cli.page import show
from kiosk.cli.verb import FINE, FOUND, add_verb, as_json, for_programs, say, tell
from kiosk.config import Config

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs


def add_to(verbs: "Verbs") -> None:
    """List them."""
    for name, words in (
        ("status", "how this box is, on one screen"),
        ("doctor", "what is wrong, and the command that mends it"),
        ("outbox", "what waits to be sent, what is parked and why"),
        ("slips", "slip jobs and their states"),
    ):
        verb = add_verb(verbs, name, _report, words, f"kiosk {name} --json")
        for_programs(verb)
        if name == "outbox":
            words = "send what is parked once more: a case's reference, or `all`"
            verb.add_argument("--retry", metavar="REFERENCE", help=words)
            verb.set_defaults(command=_outbox)
            may_disturb(verb)


def _report(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.doctor import examine
    from kiosk.report import REPORTS, Report

    told: Report = {**REPORTS, "doctor": examine}[arguments.verb](config)
    if arguments.json:
        say(as_json(told))
    else:
        show(told.text())
    return FINE if told.is_fine else FOUND


def _outbox(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import syncing

    if arguments.retry is None:
        return _report(config, arguments)
    syncing.insist_it_can_retry(config, arguments.retry)
    with deed(config, arguments, f"let what is parked of {arguments.retry} wait to be sent again"):
        count = syncing.retry(config, arguments.retry)
    if arguments.json:
        say(as_json({"retried": count}))
        return FINE if count else FOUND
    nothing = "nothing of it is parked; next: kiosk outbox"
    tell(f"{count} wait again; next: kiosk sync-now" if count else nothing)
    return FINE if count else FOUND
