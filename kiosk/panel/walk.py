"""`kiosk test-panel`: the technician goes through every part, live, in 60 columns."""

import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, TextIO

import msgspec

from hardware.panel.panel import Change
from hardware.panel.parts import BUZZER, CABINET, INPUTS, OFF, PARTS, PRESENCE
from hardware.panel.pattern import STEADY, TWO_SHORT
from kiosk.config import Config
from kiosk.panel.bench import Bench, NotLent, bench_of, quiet, wait
from kiosk.panel.trial import ANOTHER, IN_USE

Outcome = Literal["well", "shown", "silent", "denied", "stuck"]
"""`shown` where nobody was asked; `silent` nothing came of it; `denied` the technician says no."""

PATIENCE_S = 60.0
SHOWN_S = 1.0
_WELL = ("well", "shown")
_DO = {
    PRESENCE: "step before the sensor, then away",
    CABINET: "open the cabinet's door, or close it",
    OFF: "press it briefly",
}
_WORDS = {
    "well": "works",
    "shown": "was on",
    "silent": "nothing came of it",
    "denied": "not seen or heard",
    "stuck": "stuck or restless",
}
_ADVICE = {
    "broken_off": "broken off, all is as it was; next: kiosk test-panel",
    IN_USE: "a resident is at the glass; next: kiosk test-panel --now",
    ANOTHER: "somebody else is trying it already; next: wait, or ask them",
    "none_fitted": "no panel is set up; next: [panel] in kiosk.toml",
    "glass_gone": "the glass went away; next: kiosk doctor",
}


class Tried(msgspec.Struct, frozen=True):
    """One part, the line that it hangs on, and what came of trying it."""

    part: str
    outcome: Outcome
    bcm: int | None = None

    def text(self) -> str:
        """For a terminal."""
        sign = "ok " if self.outcome in _WELL else "BAD"
        return f"{sign} {_named(self.part)}: {_WORDS[self.outcome]}"

    def advice(self) -> str:
        """What to look at where it does not work."""
        line = "" if self.bcm is None else f" at BCM {self.bcm} and ground"
        return f"    -> its wires{line}; [panel] in kiosk.toml"


class Walked(msgspec.Struct, frozen=True, kw_only=True):
    """The whole walk; `hindrance` is a code where there was none, or it was broken off."""

    tried: list[Tried] = []
    hindrance: str = ""

    @property
    def is_fine(self) -> bool:
        """Every part works."""
        return not self.hindrance and all(each.outcome in _WELL for each in self.tried)

    def text(self) -> str:
        """For a terminal, at most 60 columns."""
        found = [each for each in self.tried if each.outcome not in _WELL]
        ill = [line for each in found for line in (each.text(), each.advice())]
        if self.hindrance:
            ill.append(_ADVICE.get(self.hindrance, f"{self.hindrance}; next: kiosk doctor"))
        return "\n".join(ill or [f"all {len(self.tried)} parts work"])


class Terminal:
    """Where the technician reads and types; nobody `answers` where a program reads."""

    def __init__(self, out: TextIO, typed: TextIO | None) -> None:
        self._out, self._typed = out, typed

    @property
    def answers(self) -> bool:
        """Whether somebody can be asked."""
        return self._typed is not None

    def say(self, words: str) -> None:
        """One line, at once. Raises NotLent: nobody can read it any more."""
        try:
            self._out.write(words + "\n")
            self._out.flush()
        except OSError as error:
            raise NotLent("terminal_gone") from error

    def fileno(self) -> int:
        """For `select`."""
        return self._typed.fileno() if self._typed else -1

    def read(self) -> str:
        """A line that was typed; an ended input is a lost line."""
        line = self._typed.readline() if self._typed else ""
        if not line:
            raise NotLent("terminal_gone")
        return line.strip().lower()


def run(
    config: Config, terminal: Terminal, *, now: bool = False, patience_s: float = PATIENCE_S
) -> Walked:
    """Walk through every part; whatever ends it, the panel is given back."""
    tried: list[Tried] = []
    hindrance = ""
    try:
        with _ended_by_signals(), bench_of(config, now=now) as bench:
            bcms = {part: line.bcm for part, line in config.panel.wiring.items()}
            walk(bench, terminal, patience_s, tried, bcms)
    except NotLent as error:
        hindrance = error.code
    except KeyboardInterrupt:
        hindrance = "broken_off"
    return Walked(tried=tried, hindrance=hindrance)


def walk(
    bench: Bench,
    terminal: Terminal,
    patience_s: float,
    tried: list[Tried],
    bcms: Mapping[str, int],
) -> None:
    """Each fitted part in turn; what came of it goes into `tried` at once."""
    parts = [part for part in PARTS if part in bench.lent.parts]
    terminal.say(f"will light and sound {len(parts)} parts, then leave all as it was")
    terminal.say("Ctrl-C ends it")
    for number, part in enumerate(parts, 1):
        head = f"{number}/{len(parts)} {_named(part)}"
        tries = _contact if part in INPUTS else _output
        outcome = tries(bench, terminal, part, head, patience_s)
        tried.append(Tried(part, outcome, bcms.get(part)))
        terminal.say(f"  {tried[-1].text()}")
    quiet(bench)


def _contact(bench: Bench, terminal: Terminal, part: str, head: str, patience_s: float) -> Outcome:
    """Until it was moved and moved back; the cabinet's door once."""
    if part in bench.lent.faults:
        terminal.say(f"{head}: it is {bench.lent.faults[part]}")
        return "stuck"
    terminal.say(f"{head}: {_DO.get(part, 'press it')}")
    if terminal.answers:
        terminal.say("  (Enter: nothing comes of it)")
    moves, ends_s = 0, time.monotonic() + patience_s
    others = [terminal.fileno()] if terminal.answers else []
    while (left_s := ends_s - time.monotonic()) > 0:
        changes, is_typed = wait(bench, left_s, *others)
        _tell(terminal, changes)
        own = [change.what for change in changes if change.part == part]
        if "stuck" in own or "restless" in own:
            return "stuck"
        moves += sum(what in ("on", "off") for what in own)
        if moves >= (1 if part == CABINET else 2):
            return "well"
        if is_typed:
            terminal.read()
            return "silent"
    return "silent"


def _output(bench: Bench, terminal: Terminal, part: str, head: str, patience_s: float) -> Outcome:
    """On, as long as the technician looks at it."""
    bench.show(part, TWO_SHORT if part == BUZZER else STEADY)
    terminal.say(f"{head}: it is on")
    outcome: Outcome = "shown"
    if terminal.answers:
        terminal.say("  (Enter: I see or hear it; n: I do not)")
        outcome = _answer(bench, terminal, patience_s)
    else:
        wait(bench, min(SHOWN_S, patience_s))
    bench.show(part, None)
    return outcome


def _answer(bench: Bench, terminal: Terminal, patience_s: float) -> Outcome:
    ends_s = time.monotonic() + patience_s
    while (left_s := ends_s - time.monotonic()) > 0:
        changes, is_typed = wait(bench, left_s, terminal.fileno())
        _tell(terminal, changes)
        if is_typed:
            return "denied" if terminal.read().startswith("n") else "well"
    return "silent"


def _tell(terminal: Terminal, changes: list[Change]) -> None:
    for change in changes:
        terminal.say(f"  {_named(change.part)}: {change.what}")


def _named(part: str) -> str:
    return part.replace("_", " ")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A lost SSH line (SIGHUP) or a `kill` ends it in order, as Ctrl-C does."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGHUP, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def on_terminal(*, as_json: bool) -> Terminal:
    """The one this was started at; a program's words go to standard error."""
    if as_json:
        return Terminal(sys.stderr, None)
    return Terminal(sys.stdout, sys.stdin)
