"""One row of the benchmarks' table."""

from collections.abc import Sequence
from statistics import median

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Medians of `runs` runs each; `ratio` is ours divided by the peer's."""

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float
    runs: int

    @property
    def ratio(self) -> float:
        """Ours divided by the peer's; smaller is better, except for rates."""
        return self.value / self.peer_value if self.peer_value else float("inf")

    def as_json(self) -> dict[str, object]:
        """The row as `var/bench.json` keeps it."""
        return {
            "value": round(self.value, 4),
            "unit": self.unit,
            "peer": self.peer,
            "peer_value": round(self.peer_value, 4),
            "ratio": round(self.ratio, 4),
            "runs": self.runs,
        }


def row(name: str, unit: str, ours: Sequence[float], peer: str, theirs: Sequence[float]) -> Row:
    """The medians of two series, measured turn by turn."""
    return Row(
        name=name,
        value=median(ours),
        unit=unit,
        peer=peer,
        peer_value=median(theirs),
        runs=len(ours),
    )
