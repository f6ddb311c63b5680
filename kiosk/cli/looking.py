"""What is looked at without changing anything: journal, store."""

import argparse
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.page import show
from kiosk.cli.verb import FINE, add_verb, announce, as_line, say
from kiosk.config import Config

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs


def add_to(verbs: "Verbs") -> None:
    """List them."""
    logs = add_verb(
        verbs, "logs", _logs, "what the box's services wrote", "kiosk logs printer -n 50"
    )
    words = "glass, printer, agent, ...; all of them where none is named"
    logs.add_argument("units", metavar="SERVICE", nargs="*", help=words)
    logs.add_argument("-f", "--follow", action="store_true", help="go on as more is written")
    logs.add_argument(
        "--since", default="", metavar="WHEN", help='as in "1 hour ago" or 2026-11-28'
    )
    logs.add_argument("-n", "--lines", type=_count, metavar="N", help="the newest N; else 100")
    logs.add_argument("--file", type=Path, help="a journal that was carried here")
    logs.add_argument("--json", action="store_true", help="for programs, a line each")


def _logs(config: Config, arguments: argparse.Namespace) -> int:  # noqa: ARG001
    from kiosk import journal

    most = arguments.lines
    if most is None and not arguments.since:
        most = 100
    told = journal.lines(
        arguments.units,
        since=arguments.since,
        most=most,
        follow=arguments.follow,
        file=arguments.file,
    )
    line = None
    with suppress(KeyboardInterrupt), closing(told):
        for line in told:
            is_read = say(as_line(line)) if arguments.json else show(line.text())
            if not is_read:
                return FINE
    if line is None:
        announce("nothing was written", as_json=True)
    return FINE


def _count(text: str) -> int:
    """Raises ValueError: less than none."""
    if (count := int(text)) < 0:
        raise ValueError(text)
    return count
