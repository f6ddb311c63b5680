"""Where text may break: between words and clusters, in scripts that write no spaces."""

from bisect import bisect_right
from collections.abc import Callable

from icu4py.breakers import CharacterBreaker, LineBreaker

NO_BREAK = "\N{NO-BREAK SPACE}"
_THAI = range(0x0E00, 0x0E80)


def script_of(text: str) -> str:
    """The OpenType script that shapes `text`: `Thai` as soon as there is a Thai letter."""
    return "Thai" if any(ord(letter) in _THAI for letter in text) else "Latn"


def clusters(text: str) -> tuple[int, ...]:
    """Every place in `text` where a caret may stand, both ends included.

    Not cached: what a resident typed must not outlive the visit.
    """
    borders, at = [0], 0
    for piece in CharacterBreaker(text, "th"):
        at += len(str(piece))
        borders.append(at)
    return tuple(borders)


def cluster_border(text: str, index: int) -> int:
    """The last place for a caret at or before `index`."""
    borders = clusters(text)
    return borders[bisect_right(borders, max(0, index)) - 1]


def wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Break `text` into lines at most `width` wide; joined they are `text` again.

    Lines end between words; only a word wider than a line is broken, between clusters.
    A newline ends its line and stays at its end.
    """
    lines: list[str] = []
    for paragraph in text.splitlines(keepends=True) or [""]:
        lines += _wrap_paragraph(paragraph, width, measure)
    if text.endswith("\n"):
        lines.append("")
    return lines


def _wrap_paragraph(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    if measure(text.rstrip()) <= width:
        return [text]
    lines = [""]
    for piece in _pieces(text, width, measure):
        if lines[-1] and measure((lines[-1] + piece).rstrip()) > width:
            lines.append(piece)
        else:
            lines[-1] += piece
    return lines


def _pieces(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    pieces: list[str] = []
    for word in _words(text):
        if measure(word.rstrip()) <= width:
            pieces.append(word)
        else:
            pieces += map(str, CharacterBreaker(word, "th"))
    return pieces


def _words(text: str) -> list[str]:
    """Where a line may end, less the places inside a cluster (a mark after a blank)."""
    allowed, words, at = set(clusters(text)), [""], 0
    for word in map(str, LineBreaker(text, "th")):
        words[-1] += word
        at += len(word)
        if at in allowed:
            words.append("")
    return [word for word in words if word]
