"""What may leave a box in a support bundle: only what is known to be ours.

A line of the journal goes out where our own code says such a line (its log calls are read from
the modules), and what was put into it only where it is a code, a small number or a path of
ours. Of everything else goes how long it was.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec

PACKAGES = ("kiosk", "sync", "hardware")
_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
_SHAPES = re.compile(
    r"[-+x]?\d{1,6}(?:\.\d{1,6})?(?:%|s|C|MB|GB)?"
    r"|\d\d:\d\d(?::\d\d)?Z?|\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|\+00:00))?"
    r"|[A-Z]\d{1,2}"  # a device code
    r"|[0-9a-f]{4}:[0-9a-f]{4}"  # of USB
)
"""What may stand for itself though our code does not say it."""
_MARKS = ".,;:()'\"`"
_OF_SYSTEMD = re.compile(
    r"(?:kiosk|rapfang)[\w.-]*: (?:Main process exited, code=\w+, status=[\w/-]+"
    r"|Failed with result '[\w-]+'\.|Scheduled restart job, restart counter is at \d+\."
    r"|Deactivated successfully\.|Watchdog timeout \(limit \w+\)!"
    r"|Start request repeated too quickly\."
    r"|Consumed [\w., ]+ CPU time[\w., ]*)"
)
_OF_PYTHON = re.compile(
    r'Traceback \(most recent call last\):|  File "[\w./-]+", line \d+, in [\w<>]+'
)
_EXCEPTION = re.compile(
    r"(?P<kind>(?:[a-z_]+\.)*[A-Z]\w+(?:Error|Exception|Full|Damaged|Lost))\b.*"
)
_PLACEHOLDER = re.compile(r"%(?:\.?\d*)[sdrf]")


def line(words: str) -> str:
    """A line of the journal as it may go out."""
    head, _, said = words.partition(": ")
    is_headed = re.fullmatch(r"(?:kiosk|sync|hardware)(?:\.\w+)*", head) is not None
    for pattern in _said_by_us():
        if is_headed and (found := pattern.fullmatch(said)):
            return f"{head}: {_filled(found)}"
    if _OF_SYSTEMD.fullmatch(words) or _OF_PYTHON.fullmatch(words):
        return words
    if found := _EXCEPTION.fullmatch(words):
        return f"{found['kind']}: {_left_out(words)}"
    return f"{head}: {_left_out(said)}" if is_headed else _left_out(words)


def value(text: str) -> str:
    """A setting, or what was put into a line: itself where it is known to be harmless."""
    return text if not text or _is_harmless(text) else _left_out(text)


def values(part: object) -> object:
    """The same with every text in it replaced by its `value`."""
    if isinstance(part, str):
        return value(part)
    if isinstance(part, dict):
        return {str(name): values(inner) for name, inner in part.items()}
    if isinstance(part, list | tuple):
        return [values(inner) for inner in part]
    return part


def report(told: object) -> object:
    """A report of ours: texts that our own code composed, word for word."""
    return _words(msgspec.to_builtins(told))


def _words(part: object) -> object:
    if isinstance(part, str):
        return " ".join(_word(word) for word in part.split(" "))
    if isinstance(part, dict):
        return {name: _words(inner) for name, inner in part.items()}
    return [_words(inner) for inner in part] if isinstance(part, list) else part


def _word(word: str) -> str:
    bare = word.strip(_MARKS)
    return word if not bare or _is_harmless(bare) else "[...]"


def _is_harmless(word: str) -> bool:
    """Said by our own code, a path of such parts, or of a shape that no name has."""
    parts = [part for part in word.split("/") if part]
    return all(_SHAPES.fullmatch(part) or part in _vocabulary() for part in parts)


def _filled(found: "re.Match[str]") -> str:
    """The line, with what was put in judged piece by piece, from the last to the first."""
    said = found.string
    for number in range(found.re.groups, 0, -1):
        begin, end = found.span(number)
        said = f"{said[:begin]}{value(found[number])}{said[end:]}"
    return said


def _left_out(words: str) -> str:
    return f"[left out, {len(words)} characters]"


@cache
def _said_by_us() -> tuple["re.Pattern[str]", ...]:
    """Every line that our own code logs, what is put into it open."""
    shapes = {shape for shape in _log_lines() if _PLACEHOLDER.sub("", shape).strip(" :,;.")}
    return tuple(
        re.compile("(.*)".join(re.escape(part) for part in _PLACEHOLDER.split(shape)), re.DOTALL)
        for shape in sorted(shapes, key=len, reverse=True)
    )


@cache
def _vocabulary() -> frozenset[str]:
    """Every word that stands in a text of our own code."""
    texts = (
        node.value
        for node in _nodes()
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return frozenset(
        part.strip(_MARKS) for text in texts for part in re.split(r"[\s/]+", text) if part
    )


def _log_lines() -> Iterator[str]:
    for node in _nodes():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        first = node.args[0] if node.func.attr in _LEVELS and node.args else None
        if isinstance(first, ast.Constant):
            yield str(first.value)


@cache
def _nodes() -> tuple[ast.AST, ...]:
    """All of our code that runs on a box."""
    here = Path(__file__).resolve().parents[1]
    paths = (path for package in PACKAGES for path in (here / package).rglob("*.py"))
    device = (path for path in paths if "central" not in path.relative_to(here).parts)
    return tuple(node for path in device for node in ast.walk(ast.parse(path.read_bytes())))
