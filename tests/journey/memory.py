"""What can be found in the memory of a running process, in the ways Python and C write text."""

from collections import Counter
from pathlib import Path

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")


def copies_of(text: str, pid: int) -> Counter[str]:
    """How often `text` stands in the readable memory of process `pid`, by encoding."""
    found: Counter[str] = Counter()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            if "r" not in rights or "[v" in line:
                continue
            begin, end = (int(border, 16) for border in span.split("-"))
            try:
                memory.seek(begin)
                held = memory.read(end - begin)
            except OSError:
                continue  # gone meanwhile, or a device's
            for encoding in ENCODINGS:
                found[encoding] += held.count(text.encode(encoding))
    return +found
