"""`kiosk sync` and `kiosk sync-now`: the agent, given what of the device it needs."""

import signal
import threading
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from types import FrameType

from kiosk import notify
from kiosk.clock import floor_of, instant
from kiosk.config import Config
from kiosk.errors import ConfigError
from kiosk.putting import not_written
from kiosk.report import box_identity, box_store
from kiosk.shown import read_shown
from kiosk.watching import Watch
from sync.agent import Agent, AgentSettings, Surroundings
from sync.agent import run as run_agent
from sync.client import Client
from sync.doorbell import SYNC_BELL, is_answered, ring
from sync.errors import BadReference, Refused, StoreDamaged, StoreFull, Unreachable
from sync.identity import Identity
from sync.reference import parse_reference
from sync.rekeying import change_key
from sync.store import STORE_FILE, Store
from sync.tls import Certificates


def run(config: Config) -> None:
    """The agent's service: send the outbox until told to stop.

    Raises:
        ConfigError: not enrolled, or the store does not open.
    """
    box_identity(config)
    stop = threading.Event()
    bell = config.runtime_dir / SYNC_BELL

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        ring(bell, urgent=True)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    notify.ready()
    try:
        with Store.open(config.state_dir / STORE_FILE) as store:
            settings, around = _settings(config, store), _surroundings(config, store, stop)
        run_agent(settings, around)
    except (StoreFull, StoreDamaged) as error:
        raise ConfigError(f"{error}; next: kiosk doctor") from error
    notify.stopping()


def send_now(config: Config) -> str | None:
    """Have the outbox sent at once: by the service, or here where it does not run.

    Returns None when that was set going, else what stands in the way.
    """
    bell = config.runtime_dir / SYNC_BELL
    if is_answered(bell):
        ring(bell, urgent=True)
        return None
    identity = box_identity(config)
    with box_store(config) as store:
        around = _surroundings(config, store, threading.Event())
        settings = _settings(config, store)
        client = Client(identity, around.clock, settings.timeout_s, settings.certificates)
        if Agent(store, client, settings, around).pass_once():
            return None
        return f"central not reached: {store.link_state(identity.device_code).reason}"


def insist_on_line(config: Config) -> None:
    """Look whether this box has what it takes to speak with central.

    Raises:
        ConfigError: not enrolled, or the store does not open.
    """
    box_identity(config)
    with box_store(config):
        pass


def parked_called(which: str) -> str:
    """The reference that was typed; empty for `all`. Raises ConfigError: it is neither."""
    try:
        return "" if which == "all" else str(parse_reference(which))
    except BadReference as error:
        raise ConfigError(f"{which}: no reference, nor `all`; next: kiosk outbox") from error


def insist_it_can_retry(config: Config, which: str) -> None:
    """Look, without changing anything. Raises ConfigError: no reference, or no store."""
    parked_called(which)
    with box_store(config):
        pass


def retry(config: Config, which: str) -> int:
    """Let parked records wait again: a case's by its reference, or `all`; says how many.

    Raises:
        ConfigError: not a reference, or the store does not open.
    """
    reference = parked_called(which)
    with box_store(config) as store:
        count = store.retry(reference)
    ring(config.runtime_dir / SYNC_BELL, urgent=True)
    return count


def rotate_key(config: Config) -> str | None:
    """Have this box sign with a fresh key; a running agent goes on with it by itself.

    Returns None when central took it, else what stands in the way.

    Raises:
        ConfigError: not enrolled, or the key cannot be kept.
    """
    box_identity(config)
    with box_store(config) as store:
        around = _surroundings(config, store, threading.Event())
        settings = _settings(config, store)

    def connect(identity: Identity) -> Client:
        return Client(identity, around.clock, settings.timeout_s, settings.certificates)

    try:
        change_key(config.state_dir, connect)
    except (Unreachable, Refused) as failure:
        return f"the key is as it was: {failure}"
    except OSError as error:
        raise not_written(config.state_dir, error) from error
    ring(config.runtime_dir / SYNC_BELL, urgent=True)
    return None


def _settings(config: Config, store: Store) -> AgentSettings:
    watched_s = notify.watchdog_s()
    return AgentSettings(
        state_dir=config.state_dir,
        runtime_dir=config.runtime_dir,
        beat_every_s=config.sync.beat_every_s,
        timeout_s=config.sync.timeout_s,
        alive_every_s=watched_s / 2 if watched_s else None,
        grace=timedelta(days=config.sync.grace_days),
        slips_expire_after=timedelta(seconds=config.printer.slip_expires_s),
        certificates=Certificates(ca_file=config.sync.ca_file, floor=floor_of(store)),
    )


def _surroundings(config: Config, store: Store, stop: threading.Event) -> Surroundings:
    watch = Watch(config)

    def alive(status: str) -> None:
        notify.alive(status)
        watch.look()

    return Surroundings(
        clock=partial(instant, config, floor_of(store)),
        stop=stop,
        shown=partial(read_shown, config.state_dir),
        vitals=watch.numbers,
        alive=alive,
        version=version("rapfang"),
    )
