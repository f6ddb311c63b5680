"""Central on a real PostgreSQL: how it is reached, and that the way in works there too."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import requests

from tests.faults.ledger import IS_LONG
from tests.sync.central.conftest import PROFILE
from tests.sync.central.running import Central

HERE = Path(__file__).parent
ON_BOTH = (
    "test_ingest.py",
    "test_opinions.py",
    "test_satisfaction.py",
    "test_rows.py",
    "test_racing.py",
    "test_attachments.py",
    "test_boots.py",
    "test_tallying.py",
    "test_guarding.py",
)
"""The way in; with `FAULTS=long` all others too."""
ABOUT_SQLITE_OR_PROCESSES = (
    "test_postgresql.py",
    "test_database.py",
    "test_agent.py",
    "test_backup.py",
    "test_central_command.py",
    "test_described.py",
)
END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
"""As a restart of the server would."""


@pytest.fixture
def central(tmp_path, postgres):
    """A central on an empty database, not running yet."""
    return Central(tmp_path, PROFILE, postgres.create(f"central-{tmp_path.name}"))


def test_the_way_in_holds_on_postgresql_too(postgres):
    others = {name: value for name, value in os.environ.items() if "DJANGO" not in name}
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        + [str(path) for path in _on_both()],
        env={**others, "TESTS_CENTRAL_DATABASE": postgres.create("both")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout
    assert int(re.search(r"(\d+) passed", found.stdout)[1]) > 100


def _on_both():
    if not IS_LONG:
        return [HERE / name for name in ON_BOTH]
    everything = sorted(HERE.rglob("test_*.py"))
    return [path for path in everything if path.name not in ABOUT_SQLITE_OR_PROCESSES]


def test_central_runs_on_postgresql_alone_and_outlives_its_connections(central, postgres):
    slip = "T/A1-0001-V/0123456789ABCDEF"
    with central:
        assert central.command("join-file", "A1").returncode == 0
        known = requests.get(f"{central.url}/{slip}", timeout=5).status_code
        with psycopg.connect(postgres.url(), autocommit=True) as connection:
            ended = connection.execute(END_ALL, [f"central-{central.folder.name}"]).fetchall()
        again = requests.get(f"{central.url}/{slip}", timeout=5).status_code
    assert len(ended) >= 2
    assert known == again < 500
    assert not list(central.folder.rglob("*.db"))


def test_before_it_was_migrated_nothing_else_works(central):
    done = central.command("worker", "--once")
    assert done.returncode == 2
    assert done.stderr == "central: no database in CENTRAL_DATABASE; next: central migrate\n"


def test_the_password_comes_from_a_file_and_keys_are_never_replaced(central, postgres):
    address = postgres.loopback_url(central.folder.name)
    postgres.create(central.folder.name)
    path = central.folder / "password"
    path.write_text(f"{postgres.password}\n")
    central.environment |= {
        "CENTRAL_DATABASE": address,
        "CENTRAL_DATABASE_PASSWORD_FILE": str(path),
    }
    good = central.command("migrate")
    assert (good.returncode, good.stderr) == (0, "")
    path.write_text("not the right one")
    bad = central.command("migrate")
    assert bad.returncode == 2
    assert bad.stderr.startswith("central: CENTRAL_DATABASE: connection failed")
    assert bad.stderr.count("\n") == 1
    assert "right one" not in bad.stderr
    path.write_text(postgres.password)
    key = central.folder / "state/keys/tracking.key"
    key.unlink()
    done = central.command("migrate")
    assert (done.returncode, "restore it from the backup" in done.stderr) == (2, True)
    assert not key.exists()


def test_a_server_that_is_not_there_is_one_line(central):
    central.environment["CENTRAL_DATABASE"] = str(central.folder)
    done = central.command("migrate")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("central: CENTRAL_DATABASE: connection is bad")


def test_nothing_is_entrusted_to_a_database_that_may_lose_it(central, postgres):
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
        try:
            done = central.command("migrate")
        finally:
            connection.execute("ALTER SYSTEM RESET fsync")
            connection.execute("SELECT pg_reload_conf()")
    words = "central: CENTRAL_DATABASE: synchronous_commit is on, fsync is off; next: "
    assert (done.returncode, done.stderr.startswith(words)) == (2, True), done.stderr
