"""What is tried at the box itself: line, printer, panel."""

import argparse
from typing import TYPE_CHECKING

from kiosk.alone import alone
from kiosk.cli.deed import deed, may_disturb
from kiosk.cli.verb import FINE, FOUND, USAGE, add_verb, as_json, done, for_programs, say, tell
from kiosk.config import Config

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs


def add_to(verbs: "Verbs") -> None:
    """List them."""
    may_disturb(add_verb(verbs, "sync-now", _sync_now, "send the outbox at once", "kiosk sync-now"))
    printed = add_verb(
        verbs, "test-print", _test_print, "print a test slip", "kiosk test-print --report"
    )
    may_disturb(printed)
    trial = printed.add_mutually_exclusive_group()
    for paper, words in (
        ("anchor", "instead, the record of a box opening, to be signed"),
        ("report", "instead, what `kiosk status` says, for the cabinet's folder"),
    ):
        trial.add_argument(f"--{paper}", action="store_true", help=words)
    panel = add_verb(
        verbs,
        "test-panel",
        _test_panel,
        "try every button, light and sensor beside the glass",
        "kiosk test-panel",
    )
    may_disturb(panel)
    for_programs(panel, "nobody is asked")
    panel.add_argument(
        "--patience", type=float, default=60.0, metavar="S", help="seconds to wait for each part"
    )


def _sync_now(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import syncing

    syncing.insist_on_line(config)
    with deed(config, arguments, "send what waits in the outbox to central"):
        return done("sending", syncing.send_now(config))


def _test_print(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import papers, printing

    paper = papers.DEVICE if arguments.report else papers.TRIAL
    paper = papers.ANCHOR if arguments.anchor else paper
    printing.insist_on_words(config, paper)
    with deed(config, arguments, "print one paper, which uses up some of the roll"):
        return done("printed", printing.request_test_print(config, paper=paper))


def _test_panel(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.panel import walk

    terminal = walk.on_terminal(as_json=arguments.json)
    with alone(config, "test-panel"):
        told = walk.run(config, terminal, now=arguments.now, patience_s=arguments.patience)
    if arguments.json:
        say(as_json(told))
    else:
        tell(told.text())
    if told.hindrance == "none_fitted":
        return USAGE
    return FINE if told.is_fine else FOUND
