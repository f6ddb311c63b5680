"""`kiosk top`: the box as it lives, every two seconds; it looks and changes nothing."""

import argparse
import os
import select
import sys
import termios
import textwrap
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from kiosk import occupied, roll
from kiosk.cli.verb import COLUMNS, FINE, FOUND, add_verb, as_json, for_programs, say
from kiosk.config import Config
from kiosk.errors import ConfigError
from kiosk.report import Status, status
from kiosk.vitals import in_words
from sync.doorbell import PRINT_BELL, SYNC_BELL, UI_BELL, is_answered

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs

EVERY_S = 2.0
_LABEL = 9
_SERVICES = {"glass": UI_BELL, "printer": PRINT_BELL, "agent": SYNC_BELL}
_USES = {
    "free": "nobody is at it",
    "in_use": "a resident is at it",
    "silent": "does not answer",
    "no_glass": "does not run",
}


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """One look. `status` is None where the box cannot tell, and `trouble` why.

    `touched_s` is how long ago the glass was touched, never what or where.
    """

    at: datetime
    services: dict[str, bool]
    use: occupied.Use
    touched_s: float | None
    paper_used_m: float
    status: Status | None = None
    trouble: str = ""

    @property
    def is_fine(self) -> bool:
        """All services listen and nothing needs a technician."""
        return all(self.services.values()) and self.status is not None and self.status.is_fine

    def text(self) -> str:
        """For a terminal, at most 60 columns."""
        return "\n".join(line for row in self._rows() for line in _wrapped(*row))

    def _rows(self) -> Iterator[tuple[str, str]]:
        yield "top", f"{self.at:%Y-%m-%d %H:%M:%SZ}"
        listens = (
            f"{name} {'ok' if is_up else 'does not run'}" for name, is_up in self.services.items()
        )
        yield "services", ", ".join(listens)
        touched = "" if self.touched_s is None else f", touched {self.touched_s:.0f} s ago"
        yield "glass", _USES[self.use] + touched
        if self.status is None:
            yield "BAD", self.trouble
            return
        yield from self.status.rows()
        yield "paper", f"{self.paper_used_m:.1f} m of the roll used"
        told = [each for each in self.status.health.vitals if each.severity != "not_told"]
        yield "vitals", "; ".join(f"{in_words(each.name)} {each.words()}" for each in told)


def add_to(verbs: "Verbs") -> None:
    """List it."""
    words = "services, queue, printer, line, vitals, live; q ends it"
    top = add_verb(verbs, "top", _top, words, "kiosk top --once")
    top.add_argument("--once", action="store_true", help="one look, for scripts")
    for_programs(top, "one look")


def look(config: Config) -> Moment:
    """The box now."""
    use, touched_s = occupied.touched(config)
    told, trouble = None, ""
    try:
        told = status(config)
    except ConfigError as error:
        trouble = str(error)
    return Moment(
        at=datetime.now(UTC),
        services={name: is_answered(config.runtime_dir / bell) for name, bell in _SERVICES.items()},
        use=use,
        touched_s=touched_s,
        paper_used_m=roll.used_m(config.state_dir),
        status=told,
        trouble=trouble,
    )


def _top(config: Config, arguments: argparse.Namespace) -> int:
    is_live = sys.stdin.isatty() and sys.stdout.isatty()
    if arguments.once or arguments.json or not is_live:
        told = look(config)
        say(as_json(told) if arguments.json else told.text())
        return FINE if told.is_fine else FOUND
    with suppress(KeyboardInterrupt, OSError):  # Ctrl-C, or the line was lost
        _live(config)
    return FINE


def _live(config: Config) -> None:
    from rich.live import Live

    from kiosk.cli.page import coloured, terminal

    console = terminal()
    with _keys() as keyboard, Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            live.update(coloured(f"{look(config).text()}\n\nq ends it"), refresh=True)
            ready, _, _ = select.select([keyboard], [], [], EVERY_S)
            if ready and os.read(keyboard, 64)[:1] in (b"q", b"Q", b""):
                return


@contextmanager
def _keys() -> Iterator[int]:
    """Keys as they are pressed; the terminal is as it was afterwards."""
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    tty.setcbreak(keyboard)
    try:
        yield keyboard
    finally:
        with suppress(termios.error):
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


def _wrapped(name: str, words: str) -> list[str]:
    lines = textwrap.wrap(words, COLUMNS - _LABEL) or [""]
    return [f"{name:<{_LABEL}}{lines[0]}", *(f"{'':<{_LABEL}}{line}" for line in lines[1:])]
