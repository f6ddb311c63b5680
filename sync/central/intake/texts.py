"""Texts that name things must show all they are: no control, no direction, no surrogate.

What a person said is another matter: it is kept as it came, and pages isolate it.
"""

import json
import unicodedata
from collections.abc import Sequence

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def visible(text: str) -> str:
    """`text` without the characters nobody sees."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(sign for sign in text if unicodedata.category(sign) not in _HIDDEN)


def are_visible(*texts: str) -> bool:
    """Whether none of them hides anything."""
    return all(visible(text) == text for text in texts)


def is_unambiguous(raw: bytes) -> bool:
    """Whether every reader of this JSON reads the same: UTF-8, and no key twice."""
    try:
        json.loads(raw, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        return False
    return True


def _without_repeats(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found
