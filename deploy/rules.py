"""Whether udev understands our rules: they are read here, and `udevadm verify` is asked.

It came with systemd 254 and believes any mode. Ours is a small part of udev(7), enough for
what we write.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "udev"

_PART = re.compile(r'(?P<key>[A-Z]+)(\{[^}]+\})?(?P<operator>==|!=|\+=|:=|=)"(?P<value>[^"]*)"')
_COMPARED = {"ACTION", "KERNEL", "SUBSYSTEM", "SUBSYSTEMS", "ATTR", "ATTRS", "ENV", "DRIVERS"}
_ASSIGNED = {"GROUP", "MODE", "SYMLINK", "TAG", "GOTO", "LABEL", "OWNER", "RUN"}
_MODE = re.compile(r"0?[0-7]{3}")


def problems(path: Path) -> Iterator[str]:
    """What is wrong with a file of rules, a line each."""
    yield from _read(path)
    yield from _verify(path)


def _verify(path: Path) -> list[str]:
    """What udev itself says; nothing where it is not here, or too old to be asked."""
    udevadm = shutil.which("udevadm")
    if udevadm is None or subprocess.run([udevadm, "verify", "-h"], capture_output=True).returncode:
        return []
    done = subprocess.run(
        [udevadm, "verify", "--resolve-names=never", "--no-summary", path],
        capture_output=True,
        text=True,
    )
    return done.stderr.splitlines() if done.returncode else []


def _read(path: Path) -> Iterator[str]:
    gone_to, labels = set(), set()
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        for part in re.split(r",\s+", line):
            where, found = f"{path.name}:{number}", _PART.fullmatch(part)
            if found is None:
                yield f"{where}: not a comparison or assignment: {part}"
                continue
            yield from (f"{where}: {words}" for words in _wrong(found))
            gone_to |= {found["value"]} if found["key"] == "GOTO" else set()
            labels |= {found["value"]} if found["key"] == "LABEL" else set()
    yield from (f"{path.name}: no label {name}" for name in sorted(gone_to - labels))


def _wrong(part: re.Match[str]) -> Iterator[str]:
    key, is_comparison = part["key"], part["operator"] in ("==", "!=")
    if key not in (_COMPARED if is_comparison else _ASSIGNED):
        yield f"{key} is not {'compared' if is_comparison else 'assigned'}"
    if key == "MODE" and not _MODE.fullmatch(part["value"]):
        yield f"no mode: {part['value']}"
