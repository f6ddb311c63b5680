"""`central run` in a process of its own, as an operator starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import requests

WAIT_S = 120
"""Far more than it takes: other work on the same machine must not look like a failure."""


class Central:
    """A running central. What it prints and logs goes to `log`."""

    def __init__(self, folder, profile, database=""):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "central.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if "CENTRAL" not in name},
            "CENTRAL_STATE_DIR": str(folder / "state"),
            "CENTRAL_PORT": str(self.port),
            "CENTRAL_PROFILE": str(profile),
            "CENTRAL_MAIL_TO": "centre@municipality.invalid",
            "CENTRAL_DATABASE": database,
        }
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.words = [sys.executable, "-m", "sync.central", "run"]

    def __enter__(self):
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.words,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_):
        self.end()

    def end(self, number=signal.SIGTERM):
        """Its exit code."""
        self.process.send_signal(number)
        return self.process.wait(WAIT_S)

    def command(self, *words):
        return subprocess.run(
            [sys.executable, "-m", "sync.central", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def password(self):
        return re.search(r"password (\S+)", self.log.read_text())[1]

    def _wait(self):
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if requests.get(f"{self.url}/healthz", timeout=2).ok:
                    return
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.05)
        self.end(signal.SIGKILL)
        raise TimeoutError(self.log.read_text())


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
