"""`make bundle`: everything a box needs, in one file, for a machine without a network.

    python -m deploy.bundling [--version VERSION] [--key KEYFILE] [--to var/bundles]

The bundle is for the Debian, processor and Python of the machine that makes it. It holds our
wheel and all that it brings at the pinned versions, the Debian packages that a minimal
system lacks, and a release's share/. Only what git knows of goes into it.
"""

import argparse
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from deploy import lay_release, packages, signing
from sync.migrations import READING_SET

CHECKOUT = Path(__file__).resolve().parents[1]
SHARED = {
    "profiles": "deploy/profiles",
    "systemd": "systemd",
    "udev": "deploy/udev",
    "modprobe": "deploy/modprobe",
    "nftables": "deploy/nftables",
    "apt.txt": "deploy/apt.txt",
    "apt-box.txt": "deploy/apt-box.txt",
    "apt-central.txt": "deploy/apt-central.txt",
    "apt-read-only.txt": "deploy/apt-read-only.txt",
    "etc": "deploy/etc",
    "read-only": "deploy/read-only",
    "lay_release.py": "deploy/lay_release.py",
    "passwords.py": "kiosk/passwords.py",
    "central": "deploy/central",
    "install-central.sh": "deploy/install-central.sh",
    "install-pi.sh": "deploy/install-pi.sh",
    "install-read-only.sh": "deploy/install-read-only.sh",
    "install-resident.sh": "deploy/install-resident.sh",
    "install-ssh.sh": "deploy/install-ssh.sh",
    "nginx": "deploy/fleet/roles/nginx/templates",
    "LICENSE": "LICENSE",
    "NOTICE.md": "NOTICE.md",
    "CHANGELOG.md": "CHANGELOG.md",
}
"""What stands in a release's share/, and where in the checkout it is; what is not there yet
is left out. The fonts come from the set-up."""
ON_TOP = {"install": "deploy/install", "lay_release.py": "deploy/lay_release.py"}
PACKAGE_LISTS = (
    "deploy/apt.txt",
    "deploy/apt-box.txt",
    "deploy/apt-read-only.txt",
    "deploy/apt-central.txt",
)
REQUIREMENTS = ("requirements.txt", "sync/central/requirements.txt")
_VERSION_LINE = re.compile(r'^version = "(.*)"$', re.MULTILINE)


def main() -> int:
    """Make the bundle and say where it is."""
    arguments = _arguments()
    bundle = make(arguments.to, arguments.version or our_version())
    if arguments.key:
        signing.sign(arguments.key, bundle)
    packed = pack(bundle)
    size_mb = packed.stat().st_size / 1e6
    sys.stdout.write(f"{packed} ({size_mb:.0f} MB)\n")
    if not arguments.key:
        sys.stdout.write(f"not signed; next: deploy/sign KEYFILE {bundle}\n")
    return 0


def our_version(checkout: Path = CHECKOUT) -> str:
    """What pyproject.toml says."""
    [version] = _VERSION_LINE.findall((checkout / "pyproject.toml").read_text())
    return str(version)


def make(to: Path, version: str) -> Path:
    """The bundle as a folder below `to`, not signed."""
    machine = lay_release.this_machine()
    bundle = to / f"rapfang-{version}-{machine['suite']}-{machine['arch']}"
    shutil.rmtree(bundle, ignore_errors=True)
    bundle.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder)
        copy_source(source, version)
        make_wheels(source, bundle / "wheels")
        share(source, bundle)
    packages.fetch(wanted_packages(), bundle / "debs")
    write_manifest(bundle, {"version": version, **machine, "store": READING_SET})
    return bundle


def copy_source(target: Path, version: str) -> None:
    """What git knows of the checkout, its compiled catalogues, and this version's number."""
    told = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    compiled = (str(path.relative_to(CHECKOUT)) for path in CHECKOUT.glob("*/**/locale/**/*.mo"))
    for name in [*told.stdout.split("\0"), *compiled]:
        if name and (CHECKOUT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name)
    settings = target / "pyproject.toml"
    settings.write_text(_VERSION_LINE.sub(f'version = "{version}"', settings.read_text(), count=1))


def make_wheels(source: Path, target: Path) -> None:
    """Ours, and all that it and central bring, at the pinned versions."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    ours = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", target, source]
    subprocess.run([*pip, *ours], check=True, env=os.environ | {"SOURCE_DATE_EPOCH": _epoch()})
    listed = [f"--requirement={source / name}" for name in REQUIREMENTS]
    constraints = f"--constraint={source / 'constraints.txt'}"
    options = ["--quiet", "--only-binary=:all:", constraints, "--dest", target]
    subprocess.run([*pip, "download", *options, *listed], check=True)


def share(source: Path, bundle: Path) -> None:
    """A release's share/, and what runs before anything else is there."""
    for name, origin in SHARED.items():
        _copy(source / origin, bundle / "share" / name)
    for name, origin in ON_TOP.items():
        _copy(source / origin, bundle / name)
    manual = [sys.executable, "-m", "kiosk.cli.manual", bundle / "share"]
    subprocess.run(manual, check=True, cwd=CHECKOUT)
    fonts = CHECKOUT / "var/fonts"
    shutil.copytree(fonts, bundle / "share/fonts", ignore=shutil.ignore_patterns(".*"))


def wanted_packages() -> list[str]:
    """The Debian packages that a box asks for by name."""
    lines = [
        line.partition("#")[0].strip()
        for name in PACKAGE_LISTS
        if (CHECKOUT / name).exists()
        for line in (CHECKOUT / name).read_text().splitlines()
    ]
    return sorted({line for line in lines if line})


def write_manifest(bundle: Path, facts: dict[str, object]) -> None:
    """Every file with its digest and length; what was signed before is signed no more."""
    (bundle / lay_release.SIGNATURE).unlink(missing_ok=True)
    (bundle / lay_release.MANIFEST).unlink(missing_ok=True)
    files = {
        str(path.relative_to(bundle)): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in _files(bundle)
    }
    built_at = datetime.fromtimestamp(int(_epoch()), UTC).isoformat()
    manifest = {**facts, "built_at": built_at, "files": files}
    (bundle / lay_release.MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")


def pack(bundle: Path) -> Path:
    """The folder as one file beside it: manifest and signature first, as they are read first."""
    packed = bundle.with_name(f"{bundle.name}.tar")
    draft = packed.with_name(f".{packed.name}.draft")
    first = [bundle / name for name in (lay_release.MANIFEST, lay_release.SIGNATURE)]
    with tarfile.open(draft, "w", format=tarfile.PAX_FORMAT) as tar:
        for path in [*filter(Path.exists, first), *(p for p in _files(bundle) if p not in first)]:
            _add(tar, path, str(path.relative_to(bundle.parent)))
    draft.replace(packed)
    return packed


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    """A file as nobody's, of the bundle's time: the same content makes the same file."""
    member, content = tarfile.TarInfo(name), path.read_bytes()
    member.size, member.mtime = len(content), int(_epoch())
    member.mode = 0o755 if os.access(path, os.X_OK) else 0o644
    tar.addfile(member, io.BytesIO(content))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _copy(origin: Path, target: Path) -> None:
    if origin.is_dir():
        shutil.copytree(origin, target)
    elif origin.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(origin, target)


def _epoch() -> str:
    """When this was made, in seconds: the time of the last commit, else now."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return given
    told = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=CHECKOUT, capture_output=True, text=True
    )
    return told.stdout.strip() or str(int(datetime.now(UTC).timestamp()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bundle", description="Make the install bundle.")
    parser.add_argument("--version", help="instead of pyproject.toml's")
    parser.add_argument("--key", type=Path, help="sign it with this key (deploy/sign --new-key)")
    parser.add_argument("--to", type=Path, default=CHECKOUT / "var/bundles", help="where to")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
