"""Runs inside a guest, by its own python3: what the kiosk's processes take of it.

python3 - pss | written
"""

import json
import pwd
import re
import sys
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


if __name__ == "__main__":
    print(json.dumps({"pss": pss_mib, "written": written_bytes}[sys.argv[1]]()))
