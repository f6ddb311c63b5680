"""Runs inside a guest, by its own python3: what the kiosk's processes take of it.

python3 - pss | written
"""

import json
import pwd
import sys
from pathlib import Path


def pss_mib() -> float:
    """Proportional memory of everything that runs as kiosk, in MiB."""
    owner = pwd.getpwnam("kiosk").pw_uid
    pids = [path for path in Path("/proc").glob("[0-9]*") if path.stat().st_uid == owner]
    rolled = ((path / "smaps_rollup").read_text() for path in pids)
    kib = sum(
        int(line.split()[1])
        for text in rolled
        for line in text.splitlines()
        if line.startswith("Pss:")
    )
    return kib / 1024


def written_bytes() -> dict[str, int]:
    """What each program has had written to a disk since it began; central is no kiosk's."""
    others = pwd.getpwnam("central").pw_uid
    total: dict[str, int] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            facts = dict(line.split(": ") for line in (path / "io").read_text().splitlines())
            name, owner = (path / "comm").read_text().strip(), path.stat().st_uid
        except OSError:  # it has ended
            continue
        if owner != others:
            written = int(facts["write_bytes"]) - int(facts["cancelled_write_bytes"])
            total[name] = total.get(name, 0) + written
    return total


if __name__ == "__main__":
    print(json.dumps({"pss": pss_mib, "written": written_bytes}[sys.argv[1]]()))
