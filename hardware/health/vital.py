"""One thing about the machine: its value, how grave that is, and what to do about it."""

from typing import Literal

import msgspec

Severity = Literal["fine", "warn", "bad", "not_told"]
"""`not_told`: this machine does not say, or not to us; nobody is alarmed by that."""
Value = str | int | float | bool | None


class Vital(msgspec.Struct, frozen=True, kw_only=True):
    """A reading. `name` is stable; `advice` is one line for a technician.

    Where nothing was told, `value` is None and `advice` says why.
    """

    name: str
    value: Value
    severity: Severity
    unit: str = ""
    advice: str = ""

    def words(self) -> str:
        """The value as a technician reads it."""
        if self.severity == "not_told":
            return f"not told: {self.advice}" if self.advice else "not told"
        shown = f"{self.value:g}" if isinstance(self.value, float) else str(self.value)
        return f"{shown} {self.unit}".strip()


class Limits(msgspec.Struct, frozen=True):
    """From where a number is worth a warning and from where it is bad.

    With `bad` below `warn` small numbers are the grave ones. A number has to come back
    by more than `band` before it counts as better, so that nothing flaps at a limit.
    """

    warn: float
    bad: float
    band: float = 0.0

    def severity(self, value: float, before: Severity = "fine") -> Severity:
        """How grave `value` is where it was `before` at the last look."""
        if self._is_past(self.bad, value, was_past=before == "bad"):
            return "bad"
        if self._is_past(self.warn, value, was_past=before in ("warn", "bad")):
            return "warn"
        return "fine"

    def _is_past(self, limit: float, value: float, *, was_past: bool) -> bool:
        past = value - limit if self.bad >= self.warn else limit - value
        return past >= (-self.band if was_past else 0.0)


def worst_of(vitals: list[Vital]) -> Severity:
    """The gravest of them; `fine` where nothing is told."""
    found = {vital.severity for vital in vitals}
    return "bad" if "bad" in found else "warn" if "warn" in found else "fine"


def not_told(name: str, why: str) -> Vital:
    """Nothing could be read of it, and why."""
    return Vital(name=name, value=None, severity="not_told", advice=why)


def counted(
    name: str, value: float, unit: str, limits: Limits, before: Severity, advice: str
) -> Vital:
    """A number against its limits."""
    severity = limits.severity(value, before)
    return Vital(name=name, value=value, unit=unit, severity=severity, advice=advice)
