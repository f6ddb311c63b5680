"""What most tests of the device's side need: a store, an identity, a central."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.agent import Agent, AgentSettings, Surroundings, run
from sync.client import Client
from sync.doorbell import ring
from sync.identity import Identity, join, load_identity
from sync.store import Store
from tests.sync.agents import read_clock
from tests.sync.fakecentral import FakeCentral
from tests.sync.samples import (
    CENTRAL_PRIVATE_KEY,
    join_file_text,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "state" / "store.db") as opened:
        yield opened


@pytest.fixture
def join_file(tmp_path: Path) -> Path:
    path = tmp_path / "A1.toml"
    path.write_text(join_file_text())
    return path


@pytest.fixture
def identity(join_file: Path, tmp_path: Path) -> Identity:
    return join(join_file, tmp_path / "state")


@pytest.fixture
def central(join_file: Path, tmp_path: Path) -> Iterator[FakeCentral]:
    """A running fake, and in the state directory an identity that points at it."""
    identity = join(join_file, tmp_path / "state")
    with FakeCentral(identity, CENTRAL_PRIVATE_KEY) as running:
        join_file.write_text(join_file_text(central_url=running.url))
        running.identity = join(join_file, tmp_path / "state")
        yield running


@pytest.fixture
def agent_settings(tmp_path: Path) -> AgentSettings:
    return AgentSettings(
        state_dir=tmp_path / "state",
        runtime_dir=tmp_path / "run",
        timeout_s=5,
        alive_every_s=0.2,
    )


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def agent(
    store: Store, central: FakeCentral, agent_settings: AgentSettings, stop: threading.Event
) -> Iterator[Agent]:
    client = Client(load_identity(agent_settings.state_dir), read_clock, timeout_s=5)
    yield Agent(
        store, client, agent_settings, Surroundings(clock=read_clock, stop=stop, version="1")
    )
    client.close()


@pytest.fixture
def running(
    central: FakeCentral, agent_settings: AgentSettings, stop: threading.Event
) -> Iterator[Callable[[], None]]:
    """Starts the whole agent as `kiosk sync` does; stops it at the end."""
    around = Surroundings(clock=read_clock, stop=stop, jitter=lambda: 0.5)
    thread = threading.Thread(target=run, args=(agent_settings, around))
    yield thread.start
    stop.set()
    ring(agent_settings.runtime_dir / "sync.sock")
    if thread.ident:
        thread.join(timeout=10)
        assert not thread.is_alive()
