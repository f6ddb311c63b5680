"""What can be found in the memory of a running process, in the ways Python and C write text."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")
BLANK = bytes(4096)
LONGEST_GAP = 8
"""Zeros that stay of a run of them: more than any encoding puts between two letters."""


def without_blanks(held: bytes) -> bytes:
    """The same but for long runs of zeros, of which most memory consists and no text has any."""
    return bytes(LONGEST_GAP).join(piece for piece in held.split(BLANK) if piece)


def copies_of(text: str, pid: int) -> Counter[str]:
    """How often `text` stands in the memory that process `pid` wrote, by encoding."""
    return copies_of_each([text], pid)[text]


def copies_of_each(texts: Sequence[str], pid: int) -> dict[str, Counter[str]]:
    """The same for several texts, in one look."""
    found: dict[str, Counter[str]] = {text: Counter() for text in texts}
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            if not rights.startswith("rw") or "[v" in line:
                continue
            begin, end = (int(border, 16) for border in span.split("-"))
            try:
                memory.seek(begin)
                held = without_blanks(memory.read(end - begin))
            except OSError:
                continue  # gone meanwhile, or a device's
            for text in texts:
                for encoding in ENCODINGS:
                    found[text][encoding] += held.count(text.encode(encoding))
    return {text: +counted for text, counted in found.items()}
