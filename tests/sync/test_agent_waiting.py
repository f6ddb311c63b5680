"""When the agent sleeps, and what wakes it."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from sync.agent import Agent, AgentSettings, Surroundings
from sync.client import Client
from sync.doorbell import Doorbell, ring
from sync.identity import load_identity
from sync.store import Store
from tests.sync.agents import keep_ratings, read_clock, until
from tests.sync.fakecentral import FakeCentral


def test_a_ring_sends_a_fresh_record_at_once(
    running: Callable[[], None], store: Store, central: FakeCentral, agent_settings: AgentSettings
) -> None:
    running()
    assert until(lambda: bool(central.beats))
    keep_ratings(store, 1)
    ring(agent_settings.runtime_dir / "sync.sock")
    assert until(lambda: len(central.records) == 1)


def test_plain_rings_do_not_hammer_a_central_that_is_away(
    running: Callable[[], None], central: FakeCentral, agent_settings: AgentSettings
) -> None:
    central.fault = "fails inside"
    running()
    assert until(lambda: len(central.requests) == 1)
    for _ in range(20):
        ring(agent_settings.runtime_dir / "sync.sock")
        time.sleep(0.02)
    assert len(central.requests) == 1


@pytest.mark.parametrize("fault", ["fails inside", "asks for time"])
def test_an_urgent_ring_ends_the_waiting_even_where_central_asked_for_time(
    running: Callable[[], None],
    store: Store,
    central: FakeCentral,
    agent_settings: AgentSettings,
    fault: str,
) -> None:
    central.fault = fault
    keep_ratings(store, 1)
    running()
    assert until(lambda: len(central.requests) == 1)
    central.fault = ""
    time.sleep(0.1)
    ring(agent_settings.runtime_dir / "sync.sock", urgent=True)
    assert until(lambda: len(central.records) == 1, within_s=3)


@pytest.mark.parametrize("fault", ["asks for time", "has had too much"])
def test_a_central_that_asks_for_time_is_left_alone_and_nothing_is_parked(
    agent: Agent, store: Store, central: FakeCentral, fault: str
) -> None:
    assert agent.pass_once()
    keep_ratings(store, 3)
    central.fault = fault
    assert not agent.pass_once()
    assert agent._pause_s() >= 120
    assert store.outbox_counts().parked == 0
    central.fault = ""
    assert agent.pass_once()
    assert agent._pause_s() > 200  # until the next beat


def test_a_sleeping_agent_wakes_for_nothing_but_its_beat(
    store: Store, central: FakeCentral, agent_settings: AgentSettings, stop: threading.Event
) -> None:
    unwatched = replace(agent_settings, alive_every_s=None)
    asked: list[float | None] = []

    class Sleeper(Doorbell):
        def wait(self, timeout_s: float | None) -> bool:
            asked.append(timeout_s)
            stop.set()
            return False

    client = Client(load_identity(agent_settings.state_dir), read_clock, timeout_s=5)
    agent = Agent(store, client, unwatched, Surroundings(clock=read_clock, stop=stop))
    with Sleeper(agent_settings.runtime_dir / "sync.sock") as bell:
        agent.run(bell)
    [slept_s] = asked
    assert slept_s is not None
    assert slept_s > unwatched.beat_every_s - 10
