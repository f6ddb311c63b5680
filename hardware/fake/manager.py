"""A virtual manager of services: they take their time, crash, hang or never get ready.

What becomes of each start is asked of `fate_of`; time is the clock's that it is given.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence

import msgspec

from hardware.errors import DeviceFault, DeviceMissing
from hardware.manager import Unit


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a service that is started, in seconds after its start.

    `ready_s` None: it never says that it is ready. From `hangs_s` on it does nothing, and
    `WATCHDOG_S` later its manager ends it; at `crashes_s` it ends by itself. Told to, it ends
    within `stops_s`.
    """

    ready_s: float | None = 1.0
    crashes_s: float | None = None
    hangs_s: float | None = None
    stops_s: float = 0.0


WELL = Fate()
WATCHDOG_S, PAUSE_S = 20.0, 2.0
START_S = 45.0
"""After that a start that is not ready has failed."""


class Ending(msgspec.Struct, frozen=True):
    """A run that goes before the next one: it is told to end at `told_s`, and has at `over_s`."""

    run: str
    told_s: float
    over_s: float


class FakeManager:
    """Services of which each start has a fate; `told` is what was asked of it.

    What is `masked` cannot be started; what `gave_up` has failed until it is started.
    """

    def __init__(self, fate_of: Callable[[str], Fate], clock: Callable[[], float]) -> None:
        self._fate_of, self._clock = fate_of, clock
        self._runs: dict[str, tuple[float, str, Fate]] = {}
        self._endings: dict[str, Ending] = {}
        self._numbers = itertools.count(1)
        self.told: list[str] = []
        self.is_there = True
        self.masked: set[str] = set()
        self.gave_up: set[str] = set()

    def units(self, names: Sequence[str]) -> Mapping[str, Unit]:
        """How each is now. Raises DeviceMissing: the manager itself is gone."""
        if not self.is_there:
            raise DeviceMissing("no manager runs")
        return {name: self._unit(name) for name in names}

    def restart(self, target: str, names: Sequence[str]) -> None:
        """Start them all anew. The first ends after the others, and they start after it."""
        self.told.append(f"restart {target}")
        first, *others = names
        now_s = self._clock()
        ended_s = max((self._end(name, now_s) for name in others), default=now_s)
        started_s = self._end(first, ended_s)
        self._start(first, started_s)
        for name in others:
            self._start(name, started_s + _settled_s(self._runs[first][2]))

    def start(self, name: str) -> None:
        """Start one. Raises DeviceFault: it is masked."""
        if name in self.masked:
            raise DeviceFault(f"systemctl start: Failed to start {name}: Unit {name} is masked.")
        self.told.append(f"start {name}")
        self._start(name)

    def stop(self, name: str) -> None:
        """One comes to its end."""
        self._runs.pop(name, None)

    def last_frame_s(self, name: str) -> float | None:
        """When a glass drew last: now, or before it hung; None before its first."""
        started_s, _, fate = self._run(name)
        age_s = self._clock() - started_s
        if fate.ready_s is None or age_s < fate.ready_s:
            return None
        return started_s + min(age_s, age_s if fate.hangs_s is None else fate.hangs_s)

    def _start(self, name: str, at_s: float | None = None) -> None:
        run = f"run {next(self._numbers)}"
        self.gave_up.discard(name)
        started_s = self._clock() if at_s is None else at_s
        self._runs[name] = (started_s, run, self._fate_of(name))

    def _end(self, name: str, told_s: float) -> float:
        """Tell it to; when it has."""
        if name not in self._runs:
            return told_s
        _, run, fate = self._run(name)
        self._endings[name] = Ending(run, told_s, told_s + fate.stops_s)
        return told_s + fate.stops_s

    def _run(self, name: str) -> tuple[float, str, Fate]:
        """The run that goes on now: one that ended is followed by another after a pause."""
        started_s, run, fate = self._runs[name]
        ends_s = _end_of(fate)
        while ends_s is not None and self._clock() - started_s >= ends_s + PAUSE_S:
            started_s += ends_s + PAUSE_S
            run = f"run {next(self._numbers)}"
            self._runs[name] = (started_s, run, fate)
        return started_s, run, fate

    def _unit(self, name: str) -> Unit:
        if name in self.gave_up:
            return Unit(state="failed", result="exit-code", exit_status=1)
        if name not in self._runs:
            return Unit()
        started_s, run, fate = self._run(name)
        age_s, ends_s = self._clock() - started_s, _end_of(fate)
        if age_s < 0:
            return self._before(name)
        if ends_s is not None and age_s >= ends_s:
            result = "watchdog" if fate.hangs_s is not None else "exit-code"
            return Unit(state="activating", run=run, result=result, is_waiting_to_restart=True)
        is_ready = fate.ready_s is not None and age_s >= fate.ready_s
        return Unit(state="active" if is_ready else "activating", run=run, result="success")

    def _before(self, name: str) -> Unit:
        """One that is to start yet: its former run stands, ends or has ended."""
        ending, now_s = self._endings.get(name, Ending("", 0.0, 0.0)), self._clock()
        if now_s < ending.told_s:
            return Unit(state="active", run=ending.run, result="success")
        state = "deactivating" if now_s < ending.over_s else "inactive"
        return Unit(state=state, run=ending.run, result="success")


def _settled_s(fate: Fate) -> float:
    """When a start of it is over, well or not: whoever follows it starts then."""
    ends = (fate.ready_s, fate.crashes_s, START_S)
    return min(each for each in ends if each is not None)


def _end_of(fate: Fate) -> float | None:
    if fate.hangs_s is not None:
        return fate.hangs_s + WATCHDOG_S
    return fate.crashes_s
