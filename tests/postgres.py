"""A real PostgreSQL for tests and benchmarks: its own folder, socket and port, ended by its PID.

`initdb` refuses to run as root; then it all runs as the user that Debian's package made.
"""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

import psycopg

USER = "central"
WAIT_S = 30
_PR_SET_PDEATHSIG = 1


def programs() -> Path:
    """The folder of the newest server's programs. Raises FileNotFoundError: none here."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if not found:
        raise FileNotFoundError("no PostgreSQL server: apt-get install postgresql")
    return found[-1].parent


class Postgres:
    """A running server; over its socket everybody is trusted, on loopback `password` counts.

    Its settings are Debian's own, so that what it commits is durable; tests put the folder
    `beside` into memory, where waiting for the disk costs nothing.
    """

    def __init__(self, beside: str = "/dev/shm", *options: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=beside))
        self.port = _free_port()
        self.password = secrets.token_urlsafe(12)
        self._options = options
        self._user = _owner()
        shutil.chown(self.folder, self._user or os.getuid())

    def __enter__(self) -> "Postgres":
        try:
            self._make()
            self._start()
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(WAIT_S)
        self._log.close()
        shutil.rmtree(self.folder)

    @property
    def pid(self) -> int:
        """The postmaster's."""
        return self._process.pid

    def url(self, database: str = "postgres") -> str:
        """As `CENTRAL_DATABASE` takes it, over the socket."""
        return f"postgresql://{USER}@/{database}?host={self.folder}&port={self.port}"

    def loopback_url(self, database: str = "postgres") -> str:
        """The same over TCP, where the password is asked for."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """A new empty database; its url."""
        with closing(psycopg.connect(self.url(), autocommit=True)) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def _make(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        shutil.chown(password_file, self._user or os.getuid())
        auth = ("--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password_file}")
        words = ("-D", self.folder / "data", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8")
        subprocess.run(
            [programs() / "initdb", *words, *auth, "--no-sync"],
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            cwd=self.folder,
            check=True,
            capture_output=True,
        )

    def _start(self) -> None:
        """The server itself, no daemon: it is our child and ends with us."""
        self._log = (self.folder / "log").open("wb")
        words = ["-D", self.folder / "data", "-k", self.folder, "-p", str(self.port)]
        words += ["-c", "listen_addresses=127.0.0.1", *self._options]
        self._process = subprocess.Popen(
            [programs() / "postgres", *words],
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            process_group=0,
            preexec_fn=_end_with_parent,
        )
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError((self.folder / "log").read_text())


def _owner() -> str | None:
    """Who the server runs as, where we may not be it ourselves."""
    if os.getuid() != 0:
        return None
    return pwd.getpwnam("postgres").pw_name


def _end_with_parent() -> None:
    """Even a killed parent leaves nothing behind (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
