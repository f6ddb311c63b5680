"""Which touches count: a child that hammers on a face is one hand, not fifty people. Pure.

Touches at one kiosk that follow each other within `GAP_S` are one run, and the first
`MOST_IN_A_RUN` of a run count. All of them are kept. The gap is measured by the kiosk's
own clock since its boot, which runs on undisturbed whatever the date says; so it needs no
correction, and what was sent late is judged like the rest.
"""

from collections.abc import Iterable, Iterator

import msgspec

GAP_S = 4.0
"""Whoever steps up to the kiosk after somebody else needs longer."""
MOST_IN_A_RUN = 2
"""Two who stand there together may touch one after the other."""


class Touch(msgspec.Struct, frozen=True):
    """One rating, and when it was given by the clock of its kiosk's boot."""

    device_code: str
    boot_id: str
    monotonic_s: float
    division_code: str
    score: int


class Run(msgspec.Struct, frozen=True):
    """The newest touch at one kiosk, and how many there were in its run up to now."""

    last: Touch
    length: int = 1

    @property
    def counts(self) -> bool:
        """Whether the newest one counts."""
        return self.length <= MOST_IN_A_RUN

    def with_touch(self, touch: Touch) -> "Run":
        """The run that `touch` goes on with, or begins."""
        return Run(touch, self.length + 1 if _is_one_run(self.last, touch) else 1)


def counted(touches: Iterable[Touch]) -> Iterator[Touch]:
    """Those that count, of `touches` in the order of device, boot and time."""
    run: Run | None = None
    for touch in touches:
        run = run.with_touch(touch) if run else Run(touch)
        if run.counts:
            yield touch


def _is_one_run(one: Touch, next_one: Touch) -> bool:
    is_there = (one.device_code, one.boot_id) == (next_one.device_code, next_one.boot_id)
    return is_there and next_one.monotonic_s - one.monotonic_s < GAP_S
