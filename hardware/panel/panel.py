"""One panel: what was pressed, what shines, and whether its pins still answer.

Edges come on the driver's thread, which only notes them and wakes whoever waits for
`fileno`; everything else happens in `changes` and `watch`, on the caller's.
"""

import contextlib
import logging
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Self

import msgspec

from hardware.errors import DeviceLost, HardwareError
from hardware.panel import pattern as patterns
from hardware.panel.debounce import Switch, What, due, is_long, looked_at, started, told
from hardware.panel.parts import INPUTS, OUTPUTS, Wiring, insist_on_possible, rules_of
from hardware.panel.pattern import Pattern
from hardware.panel.pins import Pins

log = logging.getLogger(__name__)

WATCH_S = 10.0
"""How often chip and thread are looked at; a contact missed by then is caught up with."""
_MOST_EDGES = 4096


class Change(msgspec.Struct, frozen=True):
    """What became of a contact."""

    part: str
    what: What


class Panel:
    """The panel behind `pins`, wired as `wiring`. `trouble` is a code while there is none.

    `losses` counts how often its pins or their thread went away.

    Raises:
        DeviceMisuse: it can't be wired so.
    """

    def __init__(
        self, wiring: Wiring, pins: Pins, clock: Callable[[], float] = time.monotonic
    ) -> None:
        insist_on_possible(wiring)
        self.wiring = wiring
        self.trouble: str | None = None
        self.losses = 0
        self._pins, self._clock = pins, clock
        self._edges: deque[tuple[str, bool, float]] = deque(maxlen=_MOST_EDGES)
        self._taken, self._given = socket.socketpair()
        for end in (self._taken, self._given):
            end.setblocking(False)
        self._is_open = False
        self._switches: dict[str, Switch] = {}
        self._shown: dict[str, tuple[Pattern, float]] = {}
        self._levels: dict[str, bool] = {}

    @property
    def is_there(self) -> bool:
        """Whether its pins answer."""
        return self._is_open

    @property
    def faults(self) -> dict[str, str]:
        """Contacts that are ignored, and why: `stuck` or `restless`."""
        return {part: switch.fault for part, switch in self._switches.items() if switch.fault}

    def is_on(self, part: str) -> bool | None:
        """Whether a contact counts as on; None where that is not known."""
        switch = self._switches.get(part) if self._is_open else None
        return switch.is_on if switch else None

    def watch(self) -> None:
        """Make sure that pins and thread are there; open them anew where they are not."""
        if self._is_open:
            with self._noting():
                self._insist_on_answers()
        if not self._is_open:
            with self._noting():
                self._open()

    def changes(self) -> list[Change]:
        """What became of the contacts since the last time; lights go on as they should."""
        self._hush()
        seen: list[Change] = []
        with self._noting():
            self._doubt_long_ones()
        while self._edges:
            part, is_on, at_s = self._edges.popleft()
            if part in self._switches:  # else it moved before all pins were taken
                self._see(part, told(self._switches[part], is_on, at_s, rules_of(part)), seen)
        now_s = self._clock()
        for part, switch in self._switches.items() if self._is_open else ():
            self._see(part, looked_at(switch, now_s, rules_of(part)), seen)
        self._play()
        return seen

    def due_in_s(self) -> float | None:
        """Seconds until `changes` has something to do even if nobody touches anything."""
        if not self._is_open:
            return None
        now_s = self._clock()
        moments = [due(switch, rules_of(part)) for part, switch in self._switches.items()]
        for shown, since_s in self._shown.values():
            _, next_s = patterns.at(shown, now_s - since_s)
            moments.append(None if next_s is None else since_s + next_s)
        known = [moment for moment in moments if moment is not None]
        return max(0.0, min(known) - now_s) if known else None

    def show(self, part: str, shown: Pattern | None) -> None:
        """Let an output play a pattern from now on, or none; one not fitted stays away.

        The same pattern again goes on as it is, unless it ends by itself.
        """
        if part not in self.wiring or part not in OUTPUTS:
            return
        before, _ = self._shown.get(part, (None, 0.0))
        if before == shown and (before is None or before.times is None):
            return
        self._shown.pop(part, None)
        if shown is not None:
            self._shown[part] = (shown, self._clock())
        self._play()
        self._wake()  # whoever sleeps until `due_in_s` has to ask anew

    def fileno(self) -> int:
        """For `select`: readable when `changes` has something to do."""
        return self._taken.fileno()

    def close(self) -> None:
        """Let go of everything; all lights go out."""
        self._shut()
        self._taken.close()
        self._given.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _told(self, part: str, is_on: bool, at_s: float) -> None:
        """On the driver's thread: note it, wake the other."""
        self._edges.append((part, is_on, at_s))
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # awake already, or closed
            self._given.send(b".")

    def _hush(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._taken.recv(_MOST_EDGES):
                pass

    def _see(self, part: str, looked: tuple[Switch, list[What]], seen: list[Change]) -> None:
        self._switches[part], found = looked
        for what in found:
            if what in ("stuck", "restless", "free"):
                log.warning("panel: %s is %s", part, what)
            seen.append(Change(part, what))

    def _open(self) -> None:
        self._levels = {part: False for part in self.wiring if part in OUTPUTS}
        self._pins.open(self.wiring, self._told)
        self._is_open = True
        now_s = self._clock()
        for part in self.wiring:
            if part in INPUTS:
                self._catch_up(part, now_s)
        if self.trouble is not None:
            log.info("panel: its pins answer")
        self.trouble = None
        self._play()

    def _doubt_long_ones(self) -> None:
        """Ask the pin itself: a release that nobody heard must not switch a box off."""
        now_s = self._clock()
        for part, switch in self._switches.items() if self._is_open else ():
            if is_long(switch, now_s, rules_of(part)):
                self._catch_up(part, now_s)

    def _catch_up(self, part: str, now_s: float) -> None:
        """A contact as it is, after what nobody heard.

        A press counts as done now; a release as done at once, so that nothing was held.
        """
        is_on, switch = self._pins.read(part), self._switches.get(part)
        if switch is None:
            self._switches[part] = started(is_on, now_s)
        elif switch.level != is_on:
            at_once_s = min(now_s, switch.since_s + rules_of(part).settle_s)
            self._told(part, is_on, now_s if is_on else at_once_s)

    def _insist_on_answers(self) -> None:
        if not self._pins.is_alive:
            raise DeviceLost("the thread that tells of edges has ended")
        now_s = self._clock()
        if not self._edges:
            for part in self._switches:
                self._catch_up(part, now_s)

    @contextlib.contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except HardwareError as error:
            self._lose(error)

    def _lose(self, error: HardwareError) -> None:
        """Go on without; say so once for each trouble."""
        self.losses += self._is_open
        self._shut()
        if self.trouble != error.code:
            self.trouble = error.code
            log.warning("panel: %s: %s", error.code, error)

    def _shut(self) -> None:
        self._is_open = False
        self._pins.close()

    def _play(self) -> None:
        """Set every output as its pattern wants it now."""
        now_s = self._clock()
        wanted = {
            part: patterns.at(shown, now_s - since_s)[0]
            for part, (shown, since_s) in self._shown.items()
        }
        for part, level in self._levels.items():
            if self._is_open and wanted.get(part, False) != level:
                with self._noting():
                    self._pins.write(part, not level)
                    self._levels[part] = not level
