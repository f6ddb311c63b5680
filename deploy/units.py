"""Whether systemd understands our units, and how much it lets each of them do.

`systemd-analyze` reads them from a copy, without a running systemd. Its exit code does not
tell of unknown keys, so whatever it writes is a problem; the programs, which are not
installed here, are stood in for.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "systemd"
MOST_EXPOSED = 2.0
"""Of 10: every unit that a resident's words pass through."""
MOST_EXPOSED_AS_ROOT = 4.0
"""Those called rapfang-*, which install, update or fill the firewall; each says why."""

_KINDS = ("service", "target", "timer", "path", "socket", "mount")
_PROGRAMS = re.compile(r"/opt/rapfang/(?:current|guard)/bin/\w+|/usr/local/lib/rapfang/\w+")
_STANDS_IN = "/bin/true"
_NAMED = re.compile(r"^(?:Wants|PartOf|After|Conflicts|OnFailure|Unit)=(.*)$", re.MULTILINE)
_OURS = re.compile(r"(?:kiosk|central|rapfang)[-.]\S+")
_EXPOSURE = re.compile(r"Overall exposure level for (\S+): (\d+\.\d+)")


def problems(folder: Path = FOLDER) -> Iterator[str]:
    """What is wrong with the units in `folder` and their drop-ins, a line each."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        yield "units: NOT CHECKED, there is no systemd-analyze (Debian: systemd)"
        return
    with tempfile.TemporaryDirectory() as copied:
        units = _copy(folder, Path(copied))
        yield from _verify(analyze, units)
        yield from _unknown(units)
        for service in units:
            if service.suffix == ".service":
                yield from _too_open(analyze, service)


def _copy(folder: Path, target: Path) -> list[Path]:
    """The units with their drop-ins, with a program that is there in each; the units' paths."""
    shutil.copytree(folder, target, dirs_exist_ok=True)
    units = sorted(path for kind in _KINDS for path in target.glob(f"*.{kind}"))
    for unit in units:
        unit.write_text(_PROGRAMS.sub(_STANDS_IN, unit.read_text()))
    return units


def _verify(analyze: str, units: list[Path]) -> list[str]:
    """What `systemd-analyze verify` writes; our own paths are left out of it."""
    command = [analyze, "verify", "--man=no", "--generators=no", "--recursive-errors=no", *units]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = [line.removeprefix(f"{units[0].parent}/") for line in done.stderr.splitlines()]
    if done.returncode and not lines:
        return [f"systemd-analyze verify ended with {done.returncode} and no word"]
    return lines


def _unknown(units: list[Path]) -> Iterator[str]:
    """Units of ours that another names and that are not there; systemd lets that be."""
    there = {unit.name for unit in units}
    for unit in units:
        named = " ".join(_NAMED.findall(unit.read_text()))
        for name in sorted(set(_OURS.findall(named)) - there):
            yield f"{unit.name}: there is no {name}"


def _too_open(analyze: str, service: Path) -> Iterator[str]:
    command = [analyze, "security", "--offline=true", "--no-pager", service]
    done = subprocess.run(command, capture_output=True, text=True)
    found = _EXPOSURE.search(done.stdout)
    if found is None:
        yield f"{service.name}: exposure not told: {done.stderr.strip() or done.stdout.strip()}"
    elif float(found[2]) > (most := _most_exposed(service.name)):
        yield f"{service.name}: exposure {found[2]}, more than {most}"


def _most_exposed(name: str) -> float:
    return MOST_EXPOSED_AS_ROOT if name.startswith("rapfang-") else MOST_EXPOSED
