"""The Debian packages of a bundle: what a minimal system lacks, as a repository of files.

Apt decides, told of a machine on which nothing is installed yet. What every Debian has
(the essential packages, apt and all they need) is left out, but for parts of a source whose
other parts are in: they demand each other at one version.
"""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import msgspec

INDEX = "Packages"
_INSTALLED = re.compile(r"^Inst (\S+) \((\S+) .*\[(\w+)\]\)", re.MULTILINE)
_SOURCE = re.compile(r"^Source: (\S+)", re.MULTILINE)
_PACKAGE = re.compile(r"^Package: (\S+)", re.MULTILINE)


class Package(msgspec.Struct, frozen=True, order=True):
    """One of Debian's, at the version that its mirror has now."""

    name: str
    version: str


def fetch(wanted: Iterable[str], target: Path) -> None:
    """Download `wanted` and all that they need into `target`, with an index for apt."""
    target.mkdir(parents=True)
    chosen = beyond_minimal(wanted)
    command = [
        "apt-get",
        "download",
        "-qq",
        "-o",
        "APT::Sandbox::User=root",
        *(f"{each.name}={each.version}" for each in chosen),
    ]
    subprocess.run(command, cwd=target, check=True)
    for (
        path
    ) in target.iterdir():  # apt writes an epoch's colon as %3a, which apt then looks for twice
        path.rename(path.with_name(path.name.replace("%3a", "-")))
    write_index(target)


def beyond_minimal(wanted: Iterable[str]) -> list[Package]:
    """`wanted` and all that they need, without what every Debian has."""
    everything = closure(wanted)
    return left_out(everything, closure(["apt", *essential()]), sources_of(everything))


def left_out(
    everything: set[Package], minimal: set[Package], sources: dict[str, str]
) -> list[Package]:
    """What `minimal` leaves out of `everything`, with its siblings of the same source."""
    ours = {sources[each.name] for each in everything - minimal}
    return sorted(each for each in everything if sources[each.name] in ours)


def closure(wanted: Iterable[str]) -> set[Package]:
    """What apt would install where nothing is installed."""
    nothing = ("-o", "Dir::State::status=/dev/null", "-o", "APT::Install-Recommends=false")
    told = _said("apt-get", "--simulate", *nothing, "install", *wanted)
    return {Package(name, version) for name, version, _ in _INSTALLED.findall(told)}


def essential() -> list[str]:
    """The packages without which nothing is a Debian."""
    stanzas = _said("apt-cache", "dumpavail").split("\n\n")
    return sorted(
        {
            _PACKAGE.findall(stanza)[0]
            for stanza in stanzas
            if "\nEssential: yes" in stanza or "\nPriority: required" in stanza
        }
    )


def sources_of(packages: Iterable[Package]) -> dict[str, str]:
    """From which source each is built."""
    names = [f"{each.name}={each.version}" for each in packages]
    stanzas = _said("apt-cache", "show", *names).split("\n\n")
    named = ((_PACKAGE.findall(stanza), _SOURCE.findall(stanza)) for stanza in stanzas)
    return {package[0]: (source or package)[0] for package, source in named if package}


def write_index(folder: Path) -> None:
    """`Packages`, as `deb [trusted=yes] file:FOLDER ./` wants it."""
    stanzas = []
    for path in sorted(folder.glob("*.deb")):
        digest = _said("sha256sum", str(path)).split()[0]
        facts = f"Filename: ./{path.name}\nSize: {path.stat().st_size}\nSHA256: {digest}\n"
        stanzas.append(_said("dpkg-deb", "--field", str(path)).rstrip("\n") + f"\n{facts}")
    (folder / INDEX).write_text("\n".join(stanzas))


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
