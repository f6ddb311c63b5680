"""What is looked at without changing anything: journal, store, glass."""

import argparse
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.deed import may_disturb
from kiosk.cli.page import show
from kiosk.cli.verb import FINE, NEXT, add_verb, announce, as_json, as_line, for_programs, say
from kiosk.config import Config
from kiosk.errors import ConfigError
from kiosk.occupied import insist_on_free
from kiosk.report import box_store
from sync.errors import StatementRefused

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
    for_programs(logs, "a line each")
    query = add_verb(
        verbs,
        "query",
        _query,
        "ask the store in SQL, on a copy; nothing is written",
        'kiosk query "SELECT state, count(*) FROM outbox GROUP BY state"',
    )
    query.add_argument("statement", metavar="SQL", help="one SELECT; what is sealed stays so")
    form = query.add_mutually_exclusive_group()
    for_programs(form, "a list of objects")
    form.add_argument("--csv", action="store_true", help="for a spreadsheet")
    words = "the glass as it stands, with what is personal laid over"
    shot = add_verb(verbs, "screenshot", _screenshot, words, "kiosk screenshot glass.png")
    shot.add_argument("file", type=Path, metavar="FILE.png", help="where the picture goes")
    may_disturb(shot)
    bundle = add_verb(
        verbs,
        "support-bundle",
        _support_bundle,
        "how this box is, in a file for somebody far away; nothing of residents",
        "kiosk support-bundle box.tar.gz",
    )
    bundle.add_argument("file", type=Path, metavar="FILE.tar.gz", help="where it goes")
    words = "a journal that was carried here, instead of this box's"
    bundle.add_argument("--journal", type=Path, metavar="PATH", help=words)
    for_programs(bundle)


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
        announce(_nothing(arguments.units), as_json=True)
    return FINE


def _nothing(units: Sequence[str]) -> str:
    """Said where a service wrote nothing, or where none is called so."""
    from kiosk.journal import UNITS

    called = f"{NEXT}kiosk logs, with one of {', '.join(UNITS.values())}" if units else ""
    return f"nothing was written{called}"


def _query(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.cli.tables import as_csv, as_objects, show_table
    from sync.asking import ask

    try:
        with box_store(config) as store:
            found = ask(store, arguments.statement)
    except StatementRefused as error:
        raise ConfigError(f"{error}{NEXT}kiosk query --help") from error
    if arguments.json:
        say(as_json(as_objects(found)))
    elif arguments.csv:
        say(as_csv(found))
    else:
        show_table(found)
    return FINE


def _support_bundle(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import support

    told = support.bundle(config, arguments.file, arguments.journal)
    say(as_json(told) if arguments.json else told.text())
    return FINE


def _screenshot(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import screenshot
    from kiosk.putting import insist_on_place

    insist_on_place(arguments.file)
    if not arguments.now:
        insist_on_free(config)
    told, image = screenshot.take(config)
    screenshot.save(image, arguments.file)
    laid = f", {told.masks} parts laid over" if told.masks else ""
    say(f"{arguments.file}: {image.width} x {image.height}{laid}")
    return FINE


def _count(text: str) -> int:
    """Raises ArgumentTypeError: not a number, or less than none."""
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError("a number of lines, 0 or more")
    return int(text)
