"""Runs inside a guest, by its own python3: what the kiosk's processes take of it.

python3 - pss | written; by the release's own, as kiosk: python - noted
"""

import json
import os
import pwd
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

RENDERER = ("libLLVM", "swrast", "libgallium")
_MAPPING = re.compile(r"[0-9a-f]+-[0-9a-f]+ ")


def pss_mib() -> dict[str, float]:
    """Proportional memory of everything that runs as kiosk, in MiB.

    `renderer` is the part that is Mesa's software renderer, by its libraries alone: a Pi draws
    with its own and touches none of them.
    """
    owner = pwd.getpwnam("kiosk").pw_uid
    total = {"all": 0, "renderer": 0}
    for process in Path("/proc").glob("[0-9]*"):
        if process.stat().st_uid != owner:
            continue
        name = ""
        for line in (process / "smaps").read_text().splitlines():
            if _MAPPING.match(line):
                name = line
            elif line.startswith("Pss:"):
                total["all"] += int(line.split()[1])
                if any(each in name for each in RENDERER):
                    total["renderer"] += int(line.split()[1])
    return {part: round(kib / 1024, 1) for part, kib in total.items()}


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


def noted_bytes() -> int:
    """What one note that central answers costs, with the next look at the store folding it in."""
    from sync.store import STORE_FILE, Store  # a guest's own python3 has none

    def written() -> int:
        facts = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
        return int(facts["write_bytes"])

    path = Path("/var/lib/kiosk") / STORE_FILE
    with Store.open(path) as store:
        os.sync()
        before = written()
        store.note_reached("A1", datetime.now(UTC))
        os.sync()
        Store.open(path).close()
        return written() - before


if __name__ == "__main__":
    told = {"pss": pss_mib, "written": written_bytes, "noted": noted_bytes}
    print(json.dumps(told[sys.argv[1]]()))
