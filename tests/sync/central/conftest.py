"""Django for the tests of this folder only: a state folder of their own, no variables left.

They run on SQLite, or on the PostgreSQL that `TESTS_CENTRAL_DATABASE` names.

`DJANGO_SETTINGS_MODULE` stays set, because pytest-django looks for it; nothing outside
this folder reads it.
"""

import atexit
import logging
import os
import shutil
import tempfile
from pathlib import Path

import django
import pytest

from sync.central import keys
from sync.central.keys import changing
from sync.keyring import PublicKey
from sync.seal import public_key_of
from tests.postgres import Postgres
from tests.sync.central.kiosk import CORRUPTION_KEY, Kiosk
from tests.sync.central.running import Central

CHECKOUT = Path(__file__).resolve().parents[3]
PROFILE = CHECKOUT / "deploy/profiles/tha-kasem/profile.toml"
STATE = Path(tempfile.mkdtemp(prefix="central-tests-"))
VARIABLES = {
    "CENTRAL_STATE_DIR": str(STATE),
    "CENTRAL_PROFILE": str(PROFILE),
    "CENTRAL_MAIL_TO": "centre@municipality.invalid",
    "CENTRAL_DATABASE": os.environ.get("TESTS_CENTRAL_DATABASE", ""),
}


def _set_up_django() -> None:
    """Start Django; environment and logging of the other tests stay as they were."""
    before = {name: value for name, value in os.environ.items() if name.startswith("CENTRAL_")}
    root, handlers, level = logging.root, logging.root.handlers[:], logging.root.level
    for name in before:
        del os.environ[name]
    os.environ.update(VARIABLES)
    try:
        keys.make_missing(STATE, has_database=False)
        key = PublicKey(id="corruption-1", key=public_key_of(CORRUPTION_KEY))
        changing.use_corruption_key(STATE, changing.find_root(STATE, None), key)
        os.environ["DJANGO_SETTINGS_MODULE"] = "sync.central.settings"
        django.setup()
    finally:
        for name in VARIABLES:
            del os.environ[name]
        os.environ.update(before)
        root.handlers[:] = handlers
        root.setLevel(level)


_set_up_django()
atexit.register(shutil.rmtree, STATE, ignore_errors=True)


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """A second of hashing for every sign-in would be the slowest part of the suite."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def kiosk(db, client):
    """An enrolled kiosk A1 that speaks to central through Django's test client."""
    joined = Kiosk.create("A1", client)
    assert joined.enrol().status_code == 201
    return joined


@pytest.fixture(scope="session")
def running_central(tmp_path_factory):
    """`central run` as it really runs: its own state, a free port, real sockets."""
    with Central(tmp_path_factory.mktemp("central"), PROFILE) as central:
        yield central


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server of our own."""
    with Postgres() as server:
        yield server
