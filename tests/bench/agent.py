"""The real agent against the real central: months of backlog, and nothing to do."""

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from uuid6 import uuid7

from deploy.demo.display import free_port
from deploy.demo.processes import Processes
from deploy.demo.product import Product, program
from sync import statements as sql
from sync.agent import AgentSettings
from sync.identity import load_identity
from sync.store import STORE_FILE, Store
from sync.wire import digest_of
from tests.bench import mix
from tests.bench.processes import rss_mb, wake_ups
from tests.bench.row import Row, row

DRAINS = 2
RATINGS, CASES = 50_000, 2_000
"""Ninety days of a busy box without a network."""
IDLE_S = 30.0
SETTLE_S = 5.0
WAIT_S = 300.0


def drain_backlog() -> Iterator[Row]:
    """Seconds from the agent's start to central's word on the last record."""
    spent_s = []
    for _ in range(DRAINS):
        with _box() as (product, run):
            _fill(product)
            began = time.monotonic()
            _start_agent(product, run)
            _wait_until_sent(product)
            spent_s.append(time.monotonic() - began)
    yield row("drain_backlog", "s", spent_s, "the most we allow ourselves", [60.0])


def agent_idle() -> Iterator[Row]:
    """Wake-ups of an agent with nothing to send, and what it keeps in memory."""
    with _box() as (product, run):
        with Store.open(product.kiosk_dir / STORE_FILE):
            pid = _start_agent(product, run)
        _wait_until_reached(product)
        time.sleep(SETTLE_S)
        before = wake_ups(pid)
        time.sleep(IDLE_S)
        woken, resident = wake_ups(pid) - before, rss_mb(pid)
    beats = IDLE_S / AgentSettings(state_dir=Path(), runtime_dir=Path()).beat_every_s
    yield row("agent_idle", "wakes", [float(woken)], "its heartbeats in that time", [beats])
    yield row("agent_memory", "MB", [resident], "the most we allow ourselves", [60.0])


@contextmanager
def _box() -> Iterator[tuple[Product, Processes]]:
    """A running central and a box that has joined it; its agent is not running."""
    with tempfile.TemporaryDirectory(dir="var") as folder, Processes(Path(folder, "log")) as run:
        product = Product(state=Path(folder).absolute(), port=free_port(), size=(1280, 800))
        product.prepare()
        run.start("central", [program("central"), "run"], product.environment())
        product._wait_for_central(run)
        yield product, run


def _start_agent(product: Product, run: Processes) -> int:
    return run.start("sync", [program("kiosk"), "sync"], product.environment()).pid


def _fill(product: Product) -> None:
    """The backlog, by the store's own statements, in one transaction (a disk is not measured)."""
    identity = load_identity(product.kiosk_dir)
    path = product.kiosk_dir / STORE_FILE
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as store, store:
        for place in range(RATINGS + CASES):
            if place % ((RATINGS + CASES) // CASES):
                key, record = str(uuid7()), mix.rating()
                _keep(store, key, "", record)
            else:
                ((number,),) = store.execute(sql.NEXT_NUMBER).fetchall()
                record, reference = mix.case(identity, number)
                key = str(uuid7())
                at = (key, reference, mix.now().wall.isoformat(), digest_of(record))
                store.execute(sql.KEEP_CASE, at)
                _keep(store, key, identity.device_code, record)


def _keep(store: sqlite3.Connection, key: str, code: str, record: bytes) -> None:
    at = mix.now().wall.isoformat()
    store.execute(sql.KEEP_OUTBOX_ENTRY, (key, digest_of(record), at, code, record))


def _wait_until_sent(product: Product) -> None:
    deadline = time.monotonic() + WAIT_S
    with Store.open(product.kiosk_dir / STORE_FILE) as store:
        while (counts := store.outbox_counts()).waiting:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{counts.waiting} records still wait")
            time.sleep(0.1)
    if counts.acknowledged != RATINGS + CASES:
        raise ValueError(f"only {counts.acknowledged} records were acknowledged")


def _wait_until_reached(product: Product) -> None:
    code, deadline = load_identity(product.kiosk_dir).device_code, time.monotonic() + WAIT_S
    with Store.open(product.kiosk_dir / STORE_FILE) as store:
        while store.link_state(code).reached_at is None:
            if time.monotonic() > deadline:
                raise TimeoutError("the agent did not reach central")
            time.sleep(0.1)
