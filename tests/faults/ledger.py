"""What the suite has tried: counted as it goes, told at the end."""

import os
from statistics import median

import pytest

IS_LONG = os.environ.get("FAULTS") == "long"
"""`make faults` sets it; in `make test` each kind of fault is tried a few times only."""


class Ledger:
    """Per kind of fault how often it was tried, and how often a promise was found broken."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, int]] = {}
        self._measures: dict[str, list[float]] = {}

    def count(self, what: str, tried: int, failed: int = 0) -> None:
        """Add to a row."""
        before = self._rows.get(what, (0, 0))
        self._rows[what] = (before[0] + tried, before[1] + failed)

    def measure(self, what: str, figure: float) -> None:
        """Note a figure; the median and the worst are told."""
        self._measures.setdefault(what, []).append(figure)

    def told(self) -> dict[str, dict[str, list[float]]]:
        """All of it, in what a message between two processes of pytest may hold."""
        rows = {what: list(map(float, row)) for what, row in self._rows.items()}
        return {"rows": rows, "measures": self._measures}

    def add(self, told: dict[str, dict[str, list[float]]]) -> None:
        """Add what another process has `told`."""
        for what, (tried, failed) in told["rows"].items():
            self.count(what, int(tried), int(failed))
        for what, figures in told["measures"].items():
            self._measures.setdefault(what, []).extend(figures)

    def lines(self, failures: int) -> list[str]:
        """A table, with how many tests failed; nothing where nothing was counted."""
        if not self._rows:
            return []
        width = max(len(what) for what in self._rows)
        rows = [
            f"{what:{width}} {tried:7} {failed:7}" for what, (tried, failed) in self._rows.items()
        ]
        measures = [
            f"{what}: median {median(figures):.0f}, worst {max(figures):.0f}"
            for what, figures in self._measures.items()
        ]
        rows.append(f"{'tests that failed':{width}} {'':7} {failures:7}")
        return [f"{'':{width}} {'tried':>7} {'broken':>7}", *rows, *measures]


_LEDGER = pytest.StashKey[Ledger]()


def ledger_of(config: pytest.Config) -> Ledger:
    """The one of this process of pytest."""
    return config.stash.setdefault(_LEDGER, Ledger())
