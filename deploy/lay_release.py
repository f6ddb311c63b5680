#!/usr/bin/env python3
"""Lay a release from an unpacked bundle, or switch to one that lies there.

    lay_release.py BUNDLE_DIR [--root /opt/rapfang] [--check | --activate]
    lay_release.py --release VERSION --activate | --point LINK
    lay_release.py --machine | --remove-old

Standard library only: at the first install there is nothing else. Every release carries this
file as share/lay_release.py, so that each is switched to by its own knowledge. Nothing is
changed before the whole bundle was compared with its manifest; the release is made beside
the others and gets its name last. Who signed the bundle is asked by whoever calls this.

Exit codes: 0 done, 1 refused (one line says why), 2 wrong usage.
"""

import argparse
import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/opt/rapfang")
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
KEPT_RELEASES = 2
"""The one in force and the one to return to."""
GROWTH, SPARE_BYTES = 1.6, 64 << 20
"""What compiled code adds to unpacked wheels, and what stays free beside."""
PLACES = {
    "systemd": "etc/systemd/system",
    "systemd/system.conf.d": "etc/systemd/system.conf.d",
    "systemd/sysusers.d": "etc/sysusers.d",
    "systemd/tmpfiles.d": "etc/tmpfiles.d",
    "udev": "etc/udev/rules.d",
    "modprobe": "etc/modprobe.d",
    "man": "usr/local/share/man/man1",
    "completion": "usr/share/bash-completion/completions",
}
"""Folders of a release's share/, and where the system looks for what is in them."""
_DROP_INS = re.compile(r"[\w.-]+\.(?:service|target|timer|path|socket|mount)\.d")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+~-]{0,63}")


class Refused(Exception):
    """Nothing was changed; the words say why."""


def main() -> int:
    """Lay, switch, or both."""
    arguments = _arguments()
    try:
        sys.stdout.write(_do(arguments, arguments.root) + "\n")
    except (Refused, OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _do(arguments: argparse.Namespace, root: Path) -> str:
    """What was asked for; what there is to tell of it."""
    if arguments.machine:
        return json.dumps(this_machine())
    if arguments.remove_old:
        return "\n".join(remove_old(root))
    if arguments.check:
        return str(check(arguments.bundle)["version"])
    without = "debs" if arguments.without_debs else ""
    version = arguments.release or lay(arguments.bundle, root, without)
    if arguments.point:
        point(root / arguments.point, f"releases/{version}")
    if arguments.activate:
        activate(version, root, arguments.system)
    return version


def read_manifest(bundle: Path) -> dict:
    """What `bundle` says of itself. Raises Refused: it says nothing that can be read."""
    try:
        manifest = json.loads((bundle / MANIFEST).read_bytes())
        found = {name: manifest[name] for name in ("version", "suite", "arch", "python", "files")}
    except FileNotFoundError as error:
        raise Refused(f"{bundle} is no bundle: it has no {MANIFEST}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(f"{bundle / MANIFEST} cannot be read; copy the bundle again") from error
    if not _VERSION.fullmatch(str(found["version"])):
        raise Refused(f"{MANIFEST}: {found['version']!r} is no version")
    return found


def insist_it_fits(manifest: dict, machine: dict) -> None:
    """Raises Refused: made for another Debian, processor or Python than `machine` has."""
    for name, what in (("suite", "Debian"), ("arch", "processor"), ("python", "Python")):
        if manifest[name] != machine[name]:
            raise Refused(
                f"this bundle is for {what} {manifest[name]}; this box has {machine[name]}"
            )


def this_machine() -> dict:
    """Suite, processor and Python of the machine this runs on, as a manifest names them."""
    release = dict(
        line.split("=", 1)
        for line in Path("/etc/os-release").read_text().splitlines()
        if "=" in line
    )
    told = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True)
    return {
        "suite": release.get("VERSION_CODENAME", "unknown").strip('"'),
        "arch": told.stdout.strip(),
        "python": sysconfig.get_python_version(),
    }


def insist_it_is_whole(bundle: Path, manifest: dict, without: str = "") -> None:
    """Every file that was listed and no other; those below `without` need not be there.

    Raises Refused, with the first that is wrong.
    """
    listed = dict(manifest["files"])
    if without and not (bundle / without).exists():
        listed = {name: each for name, each in listed.items() if not name.startswith(f"{without}/")}
    there = {str(path.relative_to(bundle)) for path in _everything(bundle)}
    for name in sorted(there - {*listed, MANIFEST, SIGNATURE}):
        raise Refused(f"{name} does not belong to this bundle; copy it again")
    for name, expected in sorted(listed.items()):
        if name not in there:
            raise Refused(f"{name} is missing: the bundle was copied in part; copy it again")
        if (bundle / name).is_symlink() or not _is_as_listed(bundle / name, expected):
            raise Refused(f"{name} is not what was built: the bundle is damaged; copy it again")


def check(bundle: Path, without: str = "") -> dict:
    """What a bundle says of itself. Raises Refused: not whole, or not for this machine."""
    manifest = read_manifest(bundle)
    insist_it_fits(manifest, this_machine())
    insist_it_is_whole(bundle, manifest, without)
    return manifest


def lay(bundle: Path, root: Path, without: str = "") -> str:
    """Make `releases/<version>` from a bundle; its version. What is there already is kept.

    The bundle's folder `without` may be missing as a whole, if a release does not need it.

    Raises:
        Refused: the bundle is not whole, not for this machine, or there is no room for it.
    """
    version = check(bundle, without)["version"]
    target = root / "releases" / version
    if target.exists():
        if (target / MANIFEST).read_bytes() != (bundle / MANIFEST).read_bytes():
            raise Refused(f"another release {version} is installed already; build a new version")
        return version
    (root / "releases").mkdir(parents=True, exist_ok=True)
    insist_on_room(root, bundle)
    _make(bundle, target)
    return version


def insist_on_room(root: Path, bundle: Path) -> None:
    """Raises Refused: the disk would be full before the release is laid."""
    needed, free = bytes_needed(bundle), shutil.disk_usage(root).free
    if free < needed:
        raise Refused(f"{root} has {free >> 20} MB free, the release needs {needed >> 20} MB")


def bytes_needed(bundle: Path) -> int:
    """What the release takes on the disk, at most, and some room beside."""
    unpacked = sum(
        member.file_size
        for wheel in (bundle / "wheels").glob("*.whl")
        for member in zipfile.ZipFile(wheel).infolist()
    )
    shared = sum(path.stat().st_size for path in _everything(bundle / "share"))
    return int(unpacked * GROWTH) + shared + SPARE_BYTES


def _make(bundle: Path, target: Path) -> None:
    """The release under another name, on the disk, then under its own."""
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        _fill(bundle, partial)
        _call_it(partial, target)
        sync(partial)
        partial.rename(target)
        sync(target.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _fill(bundle: Path, partial: Path) -> None:
    """A venv with all wheels of the bundle, and what is shared."""
    _run([sys.executable, "-I", "-m", "venv", "--without-pip", "--prompt", "rapfang", partial])
    # By itself: `venv` keeps to itself what went wrong in it, such as a full disk.
    _run([partial / "bin/python", "-I", "-m", "ensurepip", "--upgrade", "--default-pip"])
    wheels = sorted((bundle / "wheels").glob("*.whl"))
    options = (
        "--quiet",
        "--no-index",
        "--no-deps",
        "--disable-pip-version-check",
        "--no-cache-dir",
    )
    _run([partial / "bin/python", "-I", "-m", "pip", "install", *options, *wheels])
    shutil.copytree(bundle / "share", partial / "share", dirs_exist_ok=True)
    shutil.copyfile(bundle / MANIFEST, partial / MANIFEST)


def _call_it(partial: Path, target: Path) -> None:
    """Have the programs in it look for each other where they will be found."""
    before, after = os.fsencode(partial.absolute()), os.fsencode(target.absolute())
    for path in [*(partial / "bin").iterdir(), partial / "pyvenv.cfg"]:
        if path.is_file() and not path.is_symlink() and before in (text := path.read_bytes()):
            path.write_bytes(text.replace(before, after))


def activate(version: str, root: Path, system: Path = Path("/")) -> None:
    """Switch to a release that lies there, and give the system its units and rules.

    The link in force is changed in one step; whatever is cut short is done again by doing it
    again. Raises Refused: it does not lie there whole.
    """
    release = root / "releases" / version
    if not (release / MANIFEST).exists():
        raise Refused(f"release {version} is not installed")
    current = root / "current"
    before = current.resolve() if current.is_symlink() else None
    give_to_system(release, system, before)
    if before is not None and before != release.resolve() and before.exists():
        point(root / "previous", f"releases/{before.name}")
    point(current, f"releases/{version}")
    reload(system)


def point(link: Path, target: str) -> None:
    """Have `link` name `target`: on the disk it names the one before, or this."""
    sync(link.parent)
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)
    sync(link.parent)


def give_to_system(release: Path, system: Path, before: Path | None) -> None:
    """The release's units and rules to where the system reads them; none of `before` stays."""
    fresh = dict(_given(release))
    for place, source in fresh.items():
        _copy(source, system / place)
    for place in dict(_given(before)) if before else ():
        if place not in fresh:
            (system / place).unlink(missing_ok=True)


def _given(release: Path) -> Iterator[tuple[str, Path]]:
    """Each file that the system is given: where to, below its root, and which it is."""
    for folder, place in PLACES.items():
        for path in sorted((release / "share" / folder).glob("*")):
            if path.is_file() and path.suffix != ".md":
                yield f"{place}/{path.name}", path
            elif path.is_dir() and _DROP_INS.fullmatch(path.name):
                yield from ((f"{place}/{path.name}/{each.name}", each) for each in path.iterdir())


def _copy(source: Path, target: Path) -> None:
    """The whole new file or the whole old one."""
    content = source.read_bytes()
    if target.is_file() and not target.is_symlink() and target.read_bytes() == content:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.chmod(0o644)
    fresh.replace(target)


def reload(system: Path) -> None:
    """Have a running system read what it was given; a system that is only a folder does not run."""
    if system != Path("/") or not Path("/run/systemd/system").exists():
        return
    _run(["systemd-sysusers"])
    subprocess.run(["systemd-tmpfiles", "--create", "--prefix=/run/kiosk", "--prefix=/var/lib"])
    _run(["systemctl", "daemon-reload"])
    subprocess.run(["udevadm", "control", "--reload"], stderr=subprocess.DEVNULL)


def remove_old(root: Path) -> list[str]:
    """Remove all releases but those that the links name, and what was never finished."""
    links = (root / name for name in ("current", "previous", "guard"))
    kept = {link.resolve() for link in links if link.is_symlink()}
    gone = [path for path in (root / "releases").iterdir() if path.resolve() not in kept]
    for path in gone:
        shutil.rmtree(path)
    return sorted(path.name for path in gone)


def sync(path: Path) -> None:
    """Have all of the file system that `path` is on written to its disk."""
    _run(["sync", "--file-system", path])


def _everything(folder: Path) -> Iterator[Path]:
    """All that lies below `folder`, directories left out."""
    return (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def _is_as_listed(path: Path, expected: dict) -> bool:
    if path.stat().st_size != expected["bytes"]:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == expected["sha256"]


def _run(command: list) -> None:
    """Raises Refused: it failed, with the last that it said."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode and os.strerror(errno.ENOSPC) in done.stderr + done.stdout:
        raise Refused("the disk became full on the way; next: df -h")
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
        raise Refused(f"{Path(command[0]).name} ended with {done.returncode}: {said}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Lay a release from an unpacked bundle.")
    parser.add_argument("bundle", type=Path, nargs="?", help="the unpacked bundle")
    parser.add_argument("--release", metavar="VERSION", help="instead: one that lies there")
    parser.add_argument(
        "--check", action="store_true", help="only whether it is whole, for this box"
    )
    parser.add_argument("--without-debs", action="store_true", help="its debs/ was left out")
    parser.add_argument("--activate", action="store_true", help="and switch to it")
    parser.add_argument("--root", type=Path, default=ROOT, help="where releases lie")
    parser.add_argument("--system", type=Path, default=Path("/"), help="whose units are given")
    parser.add_argument(
        "--point", metavar="LINK", choices=["guard", "previous"], help="name it, nothing else"
    )
    parser.add_argument("--machine", action="store_true", help="tell what this machine is")
    parser.add_argument("--remove-old", action="store_true", help="releases that no link names")
    arguments = parser.parse_args()
    asks = (arguments.bundle, arguments.release, arguments.machine, arguments.remove_old)
    if sum(bool(asked) for asked in asks) != 1:
        parser.error("one of BUNDLE_DIR, --release, --machine and --remove-old")
    if arguments.check and (arguments.bundle is None or arguments.activate):
        parser.error("--check is for a BUNDLE_DIR, and changes nothing")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
