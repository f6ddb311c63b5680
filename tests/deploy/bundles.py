"""Small bundles, made in a moment: a real wheel with a real command, a unit, a rule.

The wheel's `kiosk` says its version; everything else about it is a bundle like any other.
"""

import json
import shutil
import zipfile
from pathlib import Path

from deploy import bundling, lay_release

MACHINE = lay_release.this_machine()
_CODE = '''"""A release in miniature."""
import sys


def main():
    sys.stdout.write("kiosk {version}\\n")
'''
_PREFLIGHT = '''"""Does not run where its version ends with .13."""
import sys

if "{version}".endswith(".13"):
    sys.exit("ImportError: libunlucky.so.13: cannot open shared object file")
'''


def make_bundle(folder: Path, version: str = "1.0.0", **facts: object) -> Path:
    """A bundle for this machine, or for what `facts` say, in a folder of its name."""
    bundle = folder / f"rapfang-{version}-test-amd64"
    shutil.rmtree(bundle, ignore_errors=True)
    _wheel(bundle / "wheels", version)
    for name, text in {
        "systemd/kiosk-ui.service": f"# the glass of {version}\n[Service]\nExecStart=/bin/true\n",
        f"systemd/kiosk-only-in-{version}.timer": "[Timer]\nOnCalendar=daily\n",
        "systemd/rapfang-trial.service": f"# the guard of {version}\n[Service]\n",
        "systemd/rapfang-.service.d/sandbox.conf": "[Service]\nUMask=0077\n",
        "systemd/kiosk-.service.d/sandbox.conf": "[Service]\nNoNewPrivileges=yes\n",
        "systemd/tmpfiles.d/kiosk.conf": "d /run/kiosk 0750 kiosk kiosk -\n",
        "systemd/README.md": "# not a unit\n",
        "udev/60-rapfang.rules": "# rules\n",
        "apt.txt": "# nothing\ndpkg\n",
        "fonts/Rapfang-Regular.ttf": "a font\n",
    }.items():
        path = bundle / "share" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (bundle / "debs").mkdir()
    (bundle / "debs/Packages").write_text("")
    for place in ("share/lay_release.py", "lay_release.py"):
        shutil.copyfile(lay_release.__file__, bundle / place)
    bundling.write_manifest(bundle, {"version": version, **MACHINE, **facts})
    return bundle


def change_manifest(bundle: Path, **facts: object) -> None:
    """Another word in the manifest."""
    path = bundle / lay_release.MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **facts}))


def _wheel(folder: Path, version: str) -> None:
    folder.mkdir(parents=True)
    info = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(folder / f"tiny-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in {
            "tiny.py": _CODE.format(version=version),
            "kiosk/__init__.py": "",
            "kiosk/preflight.py": _PREFLIGHT.format(version=version),
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/entry_points.txt": "[console_scripts]\nkiosk = tiny:main\n",
            f"{info}/RECORD": "",
        }.items():
            wheel.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
