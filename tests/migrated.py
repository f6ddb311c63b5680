"""Central's database as its migrations leave it: made once, copied by whoever needs one.

It is kept under `var/` by what made it, so that processes of one run, and later runs, share it.
A central that lays it under itself still does the rest of its set-up, officers and keys.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from sync.central import keys

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDER = CHECKOUT / "var/migrated"
_MIGRATE = """
import django
from django.core.management import call_command
django.setup()
call_command("migrate", verbosity=0, interactive=False)
"""


def lay_database(state_dir: Path) -> None:
    """Give a central that has never run its keys and a database without anything in it."""
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.make_missing(state_dir, has_database=False)
    shutil.copyfile(_migrated(), state_dir / "central.db")


def _migrated() -> Path:
    """The one to copy; whoever comes first makes it, the others wait."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = FOLDER / f"{_made_of()}.db"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in FOLDER.glob("*.db"):
                old.unlink()
            _make(made)
    return made


def _make(made: Path) -> None:
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        keys.make_missing(Path(folder), has_database=False)
        environment = {
            **{name: value for name, value in os.environ.items() if "CENTRAL" not in name},
            "DJANGO_SETTINGS_MODULE": "sync.central.settings",
            "CENTRAL_STATE_DIR": folder,
            "CENTRAL_PROFILE": str(CHECKOUT / "deploy/profiles/tha-kasem/profile.toml"),
            "CENTRAL_MAIL_TO": "centre@municipality.invalid",
        }
        subprocess.run([sys.executable, "-c", _MIGRATE], env=environment, cwd=CHECKOUT, check=True)
        (Path(folder) / "central.db").rename(made)


def _made_of() -> str:
    """A name for the migrations and the packages, which bring some of their own."""
    central = CHECKOUT / "sync/central"
    files = [CHECKOUT / "constraints.txt", central / "settings.py"]
    files += sorted([*central.glob("*/migrations/*.py"), *central.glob("database/*.py")])
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]
