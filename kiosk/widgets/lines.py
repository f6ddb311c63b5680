"""Where text may break: between words and clusters, in scripts that write no spaces."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable

from icu4py.breakers import CharacterBreaker, LineBreaker, WordBreaker

from kiosk.fonts import BLOCKS, LATIN

NO_BREAK = "\N{NO-BREAK SPACE}"
SCRIPTS = {
    script: re.compile("[{}]".format("".join(f"{chr(a)}-{chr(z)}" for a, z in blocks)))
    for script, blocks in BLOCKS.items()
}
"""The letters of scripts with rules of their own; all else is Latin's."""
_STACKERS = "\N{KHMER SIGN COENG}\N{MYANMAR SIGN VIRAMA}"
"""Whatever follows one of these stands below what precedes it. ICU parts them."""


def runs(text: str) -> list[tuple[str, str]]:
    """`text` in pieces of one script each, with the script; Latin goes with its neighbour."""
    present = [script for script, letters in SCRIPTS.items() if letters.search(text)]
    if len(present) < 2:  # nearly always, and this is asked for every word that is set
        return [((*present, LATIN)[0], text)] if text else []
    found: list[tuple[str, str]] = []
    for letter in text:
        script = _script(letter)
        if not found:
            found.append((script, letter))
        elif script in ("", found[-1][0]) or not found[-1][0]:
            found[-1] = (found[-1][0] or script, found[-1][1] + letter)
        else:
            found.append((script, letter))
    return found


def _script(letter: str) -> str:
    return next((script for script, letters in SCRIPTS.items() if letters.match(letter)), "")


def clusters(text: str) -> tuple[int, ...]:
    """Every place in `text` where a caret may stand, both ends included.

    Not cached: what a resident typed must not outlive the visit.
    """
    borders, at = [0], 0
    for piece in _clusters(text):
        at += len(piece)
        borders.append(at)
    return tuple(borders)


def _clusters(text: str) -> Iterable[str]:
    """The clusters of `text`: what stands below a consonant belongs to it, a new line never."""
    whole = ""
    for piece in map(str, CharacterBreaker(text, "th")):
        if whole and piece == "\n":
            yield whole
            whole = ""
        whole += piece
        if not whole.endswith((*_STACKERS,)):
            yield whole
            whole = ""
    if whole:
        yield whole


def word_start(text: str, index: int) -> int:
    """Where the word that ends at `index` begins, with the blanks after it.

    Thai, Lao, Khmer and Burmese write no blanks between words: ICU's dictionaries know.
    """
    at = 0
    borders = [0]
    for piece in map(str, WordBreaker(text[:index], "th")):
        if piece.strip():
            borders.append(at)
        at += len(piece)
    return borders[-1]


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
            pieces += _clusters(word)
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
