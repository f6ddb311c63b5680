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


def counted(touches: Iterable[Touch]) -> Iterator[Touch]:
    """Those that count, of `touches` in the order of device, boot and time."""
    last: Touch | None = None
    in_run = 0
    for touch in touches:
        in_run = in_run + 1 if last and _is_one_run(last, touch) else 1
        last = touch
        if in_run <= MOST_IN_A_RUN:
            yield touch


def _is_one_run(one: Touch, next_one: Touch) -> bool:
    is_there = (one.device_code, one.boot_id) == (next_one.device_code, next_one.boot_id)
    return is_there and next_one.monotonic_s - one.monotonic_s < GAP_S
