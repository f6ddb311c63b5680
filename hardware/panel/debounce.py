"""From a contact's raw edges to what a hand did, decided over moments and nothing else.

A contact that closes bounces for up to 20 ms, and a long wire hears what is switched on next
to it: a level counts once it has stood. What a contact is known for does not depend on when
somebody looks, only on the moments of its edges. All moments are seconds on one clock.
"""

from typing import Literal

import msgspec
from msgspec.structs import replace

What = Literal["on", "off", "held", "stuck", "restless", "free"]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How one contact is read, in seconds.

    A level counts once it stood for `settle_s`. On for `hold_s` is held, on for `stuck_s` is
    stuck. Edges that never leave `settle_s` between them for `restless_s` come from no
    hand: the contact is restless until it was off for `calm_s`.
    """

    settle_s: float = 0.02
    hold_s: float | None = None
    stuck_s: float | None = 30.0
    restless_s: float | None = 0.5
    calm_s: float = 1.0


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one contact.

    `level` has stood since `since_s`; `is_on` is what counts, since `counts_s`. `restless_s` is
    the first of edges that came too close upon each other. A contact with a `fault` is
    ignored until it is free.
    """

    level: bool
    since_s: float
    is_on: bool
    counts_s: float
    restless_s: float | None = None
    is_held: bool = False
    fault: Literal["", "stuck", "restless"] = ""


Seen = tuple[Switch, list[What]]


def started(level: bool, at_s: float) -> Switch:
    """A contact as it was found; one that is on was not pressed by anybody now."""
    return Switch(level=level, since_s=at_s, is_on=level, counts_s=at_s)


def told(switch: Switch, level: bool, at_s: float, rules: Rules) -> Seen:
    """The contact after an edge to `level`; an edge older than the last counts as with it."""
    at_s = max(at_s, switch.since_s)
    switch, seen = looked_at(switch, at_s, rules)
    if level == switch.level:
        return switch, seen
    since_s = at_s if switch.restless_s is None else switch.restless_s
    switch = replace(switch, level=level, since_s=at_s, restless_s=since_s)
    if not switch.fault and rules.restless_s is not None and at_s - since_s >= rules.restless_s:
        return replace(switch, fault="restless"), [*seen, "restless"]
    return switch, seen


def looked_at(switch: Switch, now_s: float, rules: Rules) -> Seen:
    """The contact as time passes without an edge."""
    if switch.fault:
        return _after_fault(switch, now_s, rules)
    seen: list[What] = []
    if now_s >= switch.since_s + rules.settle_s:
        switch = replace(switch, restless_s=None)
        if switch.level != switch.is_on:
            seen.append("on" if switch.level else "off")
            switch = replace(switch, is_on=switch.level, counts_s=switch.since_s, is_held=False)
    if is_long(switch, now_s, rules):
        seen.append("held")
        switch = replace(switch, is_held=True)
    if _is_over(switch, now_s, rules.stuck_s):
        seen.append("stuck")
        switch = replace(switch, fault="stuck")
    return switch, seen


def due(switch: Switch, rules: Rules) -> float | None:
    """When to look next if no edge comes before; None if never."""
    if switch.fault:
        return None if switch.level else switch.since_s + _calm_s(switch, rules)
    moments = []
    if switch.level != switch.is_on or switch.restless_s is not None:
        moments.append(switch.since_s + rules.settle_s)
    if switch.is_on and rules.hold_s is not None and not switch.is_held:
        moments.append(switch.counts_s + rules.hold_s)
    if switch.is_on and rules.stuck_s is not None:
        moments.append(switch.counts_s + rules.stuck_s)
    return min(moments, default=None)


def is_long(switch: Switch, now_s: float, rules: Rules) -> bool:
    """Whether it is on for so long that it is to be told as held."""
    return not switch.is_held and _is_over(switch, now_s, rules.hold_s)


def _is_over(switch: Switch, now_s: float, limit_s: float | None) -> bool:
    return switch.is_on and limit_s is not None and now_s >= switch.counts_s + limit_s


def _calm_s(switch: Switch, rules: Rules) -> float:
    return rules.calm_s if switch.fault == "restless" else rules.settle_s


def _after_fault(switch: Switch, now_s: float, rules: Rules) -> Seen:
    if switch.level or now_s < switch.since_s + _calm_s(switch, rules):
        return switch, []
    return started(level=False, at_s=switch.since_s), ["free"]
