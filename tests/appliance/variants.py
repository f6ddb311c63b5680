"""Other releases of the same bundle: good ones, and such as crash, hang or never draw.

A variant shares its files with the bundle it is made of, but for our wheel, in which a
module is changed, its manifest and its signature.
"""

import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

from deploy import bundling, lay_release, signing

GOOD = "\n"
CRASHES = """
import os, threading
from kiosk import surface
_run = surface.Surface.run
def _crash(self, *last):
    threading.Timer(4.0, os.abort).start()
    _run(self, *last)
surface.Surface.run = _crash
"""
"""The glass ends by itself, some seconds after its first frame."""
HANGS = """
import time
from kiosk import surface
surface.Surface.run = lambda self, *_: (self.loop.turn(), self.loop.turn(), time.sleep(600))
"""
"""The glass draws its first frame and then nothing any more."""
NEVER_DRAWS = """
import time
from kiosk import surface
surface.Surface.run = lambda self, *_: time.sleep(600)
"""
_MODULE = "kiosk/app.py"


BROKEN_GUARD = {
    "share/systemd/rapfang-trial.service": "[Service]\nExecStart=/bin/false\n",
    "share/systemd/rapfang-.service.d/broken.conf": "[Service]\nExecStartPre=/bin/false\n",
}
"""What should go on with a trial at boot does not, nor would anything of such a name."""


def make(
    bundle: Path, version: str, fault: str, key: Path, files: Mapping[str, str] | None = None
) -> Path:
    """A signed bundle of another version, as one file; `fault` is code behind `kiosk.app`, and
    `files` are texts in the place of others."""
    other = bundle.with_name(bundle.name.replace(_version_of(bundle), version))
    shutil.rmtree(other, ignore_errors=True)
    subprocess.run(["cp", "--archive", "--link", bundle, other], check=True)
    [wheel] = (other / "wheels").glob("rapfang-*.whl")
    _change(wheel, fault)
    for name, text in (files or {}).items():
        (other / name).unlink(missing_ok=True)
        (other / name).write_text(text)
    facts = lay_release.read_manifest(bundle)
    for name in ("manifest.json", "manifest.sig"):
        (other / name).unlink(missing_ok=True)
    kept = {name: facts[name] for name in ("suite", "arch", "python")}
    bundling.write_manifest(other, {"version": version, **kept})
    signing.sign(key, other)
    return bundling.pack(other)


def _change(wheel: Path, fault: str) -> None:
    """Write it anew, so that the bundle's own stays as it is."""
    with zipfile.ZipFile(wheel) as old:
        members = [(info, old.read(info)) for info in old.infolist()]
    wheel.unlink()
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as new:
        for info, content in members:
            more = fault.encode() if info.filename == _MODULE else b""
            new.writestr(info, content + more)


def _version_of(bundle: Path) -> str:
    return str(lay_release.read_manifest(bundle)["version"])
