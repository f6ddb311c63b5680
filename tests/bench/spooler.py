"""The real `kiosk print` with nothing to do: how often it wakes, and what it keeps in memory."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from deploy.demo.product import program
from kiosk import slip
from kiosk.clock import instant
from kiosk.config import Config, load
from sync.doorbell import PRINT_BELL, is_answered, ring
from sync.store import STORE_FILE, Store
from tests.bench.paper import WORDS
from tests.bench.processes import rss_mb, wake_ups
from tests.bench.row import Row, row
from tests.sync.samples import submission

SLIPS = 20
"""Printed before anything is counted: a spooler that has never printed keeps less."""
IDLE_S = 60.0
WAIT_S = 120.0


def spooler_idle() -> Iterator[Row]:
    """Wake-ups in ten seconds, and resident memory, after a morning's slips."""
    with tempfile.TemporaryDirectory(dir="var") as folder, _spooler(Path(folder)) as (pid, config):
        _print_some(config)
        before = wake_ups(pid)
        time.sleep(IDLE_S)
        woken, resident = wake_ups(pid) - before, rss_mb(pid)
    peer = "the most we allow ourselves"
    yield row("spooler_wakeups", "/10 s", [woken * 10 / IDLE_S], peer, [1.0])
    yield row("spooler_rss", "MB", [resident], peer, [60.0])


@contextmanager
def _spooler(folder: Path) -> Iterator[tuple[int, Config]]:
    settings = folder.absolute() / "kiosk.toml"
    state, run, tray = (settings.with_name(name) for name in ("state", "run", "tray"))
    for place in (state, run):
        place.mkdir()
    settings.write_text(
        f'[device]\nstate_dir = "{state}"\nruntime_dir = "{run}"\n'
        f'[printer]\ntray_dir = "{tray}"\n[clock]\ntrust = "assume"\n'
    )
    Store.open(state / STORE_FILE).close()  # a store is made once in a box's life, not here
    environment = {**os.environ, "KIOSK_CONFIG": str(settings)}
    command, quiet = [program("kiosk"), "print"], subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stderr=quiet) as spooler:
        try:
            _wait_until(lambda: is_answered(run / PRINT_BELL))
            yield spooler.pid, load(settings)
        finally:
            spooler.terminate()


def _print_some(config: Config) -> None:
    words = bytes(slip.encode(WORDS))
    with Store.open(config.state_dir / STORE_FILE) as store:
        for _ in range(SLIPS):
            case_id = uuid4()
            store.submit(
                case_id, instant(config), lambda n, case=case_id: submission(case, n, words)
            )
        ring(config.runtime_dir / PRINT_BELL)
        _wait_until(lambda: store.slip_counts() == {"printed": SLIPS})


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("the spooler did not do its work")
        time.sleep(0.1)
