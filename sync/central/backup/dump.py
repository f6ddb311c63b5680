"""The database as one file, of a single moment, while central goes on; and back again."""

import os
import subprocess
from pathlib import Path

from sync.central.database import choosing
from sync.central.environment import Environment
from sync.central.errors import BackupRefused
from sync.whole import whole

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def engine_of(found: Environment) -> str:
    """Which kind of database this central has."""
    return POSTGRESQL if found.database else SQLITE


def dump(found: Environment, to: Path) -> None:
    """Write the database to a file that is not there yet.

    Raises:
        BackupRefused: it cannot be read, or PostgreSQL's own program is missing or fails.
    """
    if found.database:
        _run(found, "pg_dump", "--format=custom", f"--file={to}")
        return
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(to)])


def load(found: Environment, source: Path) -> None:
    """Put what was dumped where there is no database yet.

    Raises:
        BackupRefused: as for `dump`; PostgreSQL then holds nothing of it.
    """
    if found.database:
        options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
        _run(found, "pg_restore", *options, str(source))
        return
    with source.open("rb") as file, whole(found.embedded_database) as out:
        while piece := file.read(1024 * 1024):
            out.write(piece)


def _run(found: Environment, program: str, *arguments: str) -> None:
    """A program of PostgreSQL's; the password goes by its environment, where nobody reads it."""
    conninfo, password = choosing.conninfo(found)
    variables = {**os.environ, "PGPASSWORD": password} if password else dict(os.environ)
    try:
        done = subprocess.run(
            [program, f"--dbname={conninfo}", *arguments],
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise BackupRefused(
            f"{program} is missing; next: apt-get install postgresql-client"
        ) from error
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[0]
        raise BackupRefused(f"{program}: {reason}")
