"""Lights and sounds over time: steady, blinking, a few short ones. Decided, not played."""

from typing import Annotated

import msgspec

SHORTEST_S = 0.05
"""No eye sees shorter; whoever plays it would do nothing else."""


class Pattern(msgspec.Struct, frozen=True, kw_only=True):
    """On for `on_s` (None: for good), off for `off_s`, `times` times, None without end. Seconds."""

    on_s: Annotated[float, msgspec.Meta(ge=SHORTEST_S)] | None
    off_s: float = 0.0
    times: int | None = None


STEADY = Pattern(on_s=None)
SLOW = Pattern(on_s=1.0, off_s=1.0)
QUICK = Pattern(on_s=0.2, off_s=0.2)
A_WHILE = Pattern(on_s=1.5, times=1)
TWO_SHORT = Pattern(on_s=0.15, off_s=0.15, times=2)
THREE_LONG = Pattern(on_s=0.6, off_s=0.3, times=3)


def at(pattern: Pattern, passed_s: float) -> tuple[bool, float | None]:
    """Whether it is on `passed_s` after its beginning, and when that changes; None: never."""
    if pattern.on_s is None:
        return True, None
    round_s = pattern.on_s + pattern.off_s
    done = int(passed_s // round_s)
    if pattern.times is not None and done >= pattern.times:
        return False, None
    begun_s = done * round_s
    is_on = passed_s - begun_s < pattern.on_s
    return is_on, begun_s + (pattern.on_s if is_on else round_s)
