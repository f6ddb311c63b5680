"""`make bench`: run all benchmarks, or those named, and write `var/bench.json`."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import agent, appliance, glass, ingest, paper, spooler, store, touches
from tests.bench.row import Row

RESULTS = Path("var/bench.json")

BENCHMARKS: list[Callable[[], Iterator[Row]]] = [
    store.submit_durable,
    store.submit_growth,
    ingest.ingest,
    agent.drain_backlog,
    agent.agent_idle,
    paper.slip,
    spooler.spooler_idle,
    paper.slip_decode_rate,
    glass.kiosk_beside_chromium,
    appliance.appliance,
    glass.taps,
    touches.touches,
]


def main(wanted: list[str]) -> int:
    """Run, print one line per figure as it comes, keep them all."""
    known = json.loads(RESULTS.read_text()) if wanted and RESULTS.exists() else {}
    print(f"{'benchmark':<26}{'ours':>10} {'unit':<6}{'peer':>10}  {'ratio':>7}  peer")
    for benchmark in BENCHMARKS:
        if wanted and benchmark.__name__ not in wanted:
            continue
        for found in benchmark():
            known[found.name] = found.as_json()
            print(
                f"{found.name:<26}{found.value:>10.3f} {found.unit:<6}{found.peer_value:>10.3f}"
                f"  {found.ratio:>7.3f}  {found.peer}",
                flush=True,
            )
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(known, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
