"""What a program asked of the disk: its system calls, recorded by strace, as events."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec
import pytest

CALLS = (
    "?open,?openat,?creat,?write,?pwrite64,?writev,?pwritev,?pwritev2,?sendfile,?copy_file_range,"
    "?truncate,?ftruncate,?fallocate,?fsync,?fdatasync,?sync_file_range,?rename,?renameat,"
    "?renameat2,?unlink,?unlinkat,?rmdir,?link,?linkat,?mkdir,?mkdirat"
)
"""All that could change what lies on a disk; each machine knows only some of them."""

_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_BEGUN = re.compile(r"^(\d+) +(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_HANDLE = re.compile(r"^\d+<((?:\\x[0-9a-f]{2})*)>")
_NUMBERS = re.compile(r", (\d+)")

Deed = Literal[
    "create",
    "mkdir",
    "write",
    "append",
    "cut",
    "sync",
    "failed sync",
    "rename",
    "link",
    "remove",
    "mark",
]


class Event(msgspec.Struct, frozen=True):
    """One change, or a sync, or a line that the program wrote for us.

    `at` is where the bytes went, or the length that a file was cut to or grown to.
    """

    deed: Deed
    path: str
    data: bytes = b""
    at: int = 0
    to: str = ""


def tracer() -> str:
    """The path of strace. Skips the test where there is none, or nobody may trace."""
    strace = shutil.which("strace")
    if not strace:
        pytest.skip("no strace here")
    if subprocess.run([strace, "-o", "/dev/null", "true"], check=False).returncode:
        pytest.skip("strace may not trace here")
    return strace


def record(
    command: Sequence[str], folder: Path, marks: Path, trace: Path, fault: str = ""
) -> list[Event]:
    """Run a program to its end; what it did below `folder`, and the lines it wrote to `marks`.

    `fault` lets system calls fail, in the words of strace's `inject`.
    """
    watch = [tracer(), "-f", "-qq", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}"]
    faults = ["-e", f"inject={fault}"] if fault else []
    subprocess.run([*watch, *faults, "-e", "signal=none", "-o", str(trace), *command], check=True)
    with trace.open() as lines:
        told = [_events(line, str(folder), str(marks)) for line in whole(lines)]
        return [event for events in told for event in events]


def whole(lines: Iterable[str]) -> Iterator[str]:
    """strace's lines, one a call: what another thread came between stands where it ended."""
    begun: dict[str, str] = {}
    for line in lines:
        text = line.rstrip("\n")
        if match := _BEGUN.match(text):
            begun[match[1]] = text.removesuffix(" <unfinished ...>")
        elif match := _RESUMED.match(text):
            yield begun.pop(match[1]) + match[2]
        else:
            yield text


def _events(line: str, folder: str, marks: str) -> Iterator[Event]:
    """Of a line of strace's; a line that cannot be read is an error, never nothing."""
    match = _LINE.match(line)
    if not match:
        raise ValueError(f"cannot read this line of strace's: {line[:200]}")
    call, given, result = match[1], match[2], int(match[3])
    if result < 0 and call not in ("fsync", "fdatasync"):
        return
    texts = [_plain(text) for text in _TEXT.findall(given)]
    handle = _HANDLE.match(given)
    if handle:
        path = _plain(handle[1]).decode()
        if path == marks:
            yield Event("mark", path, texts[0])
        elif call.endswith("at") and _is_below(path, folder):
            yield from _with_names(call, [f"{path}/{text.decode()}" for text in texts], given)
        elif _is_below(path, folder):
            yield _with_handle(call, path, given, result)
    elif any(_is_below(text.decode(errors="replace"), folder) for text in texts):
        yield from _with_names(call, [text.decode() for text in texts], given)


def _with_handle(call: str, path: str, given: str, result: int) -> Event:
    """A call about a file that is open."""
    numbers = [int(number) for number in _NUMBERS.findall(_TEXT.sub("", given))]
    match call:
        case "pwrite64":
            text = _TEXT.search(given)
            assert text
            return Event("write", path, _plain(text[1])[:result], numbers[-1])
        case "write":  # our own files, which are written once from their beginning
            text = _TEXT.search(given)
            assert text
            return Event("append", path, _plain(text[1])[:result])
        case "ftruncate":
            return Event("cut", path, at=numbers[-1])
        case "fsync" | "fdatasync":
            return Event("sync" if result == 0 else "failed sync", path)
    raise ValueError(f"no model of {call} on {path}")


def _with_names(call: str, names: list[str], given: str) -> Iterator[Event]:
    """A call about names in a directory."""
    match call:
        case "open" | "openat":
            if "O_CREAT" in given:
                yield Event("create", names[0])
            if "O_TRUNC" in given:
                yield Event("cut", names[0])
        case "mkdir" | "mkdirat":
            yield Event("mkdir", names[0])
        case "unlink" | "unlinkat" | "rmdir":
            yield Event("remove", names[0])
        case "rename" | "renameat" | "renameat2":
            yield Event("rename", names[0], to=names[1])
        case "link" | "linkat":
            yield Event("link", names[0], to=names[1])
        case _:
            raise ValueError(f"no model of {call} on {names}")


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _plain(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
