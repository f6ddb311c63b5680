"""Whatever the network does between a box and central: nothing lost, nothing twice.

The state machine plays any order of submissions, faults, restarts and wrong clocks. At each
step what the box believes to be acknowledged must be in central's database; once the faults
end, central must hold exactly what was submitted, once, byte for byte.
"""

import itertools
import ssl
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sync.case import Kind
from sync.store import OutboxState
from sync.wire import PATHS
from tests.faults.faultproxy import Fault, FaultProxy
from tests.faults.ledger import IS_LONG, Ledger
from tests.faults.strangers import NO_NAME, deaf_port, stranger_tls
from tests.faults.town import Box, Town, assert_all_settled, assert_exactly_once

IMPATIENT_S = 0.3
"""How long the agent waits while the network misbehaves; a slow machine is one more fault."""

MOST_PASSES = 5
"""A pass that is cut short by a slow machine comes again."""
REQUESTS = ("enrol", "records", "beat", "tally")
FAULTS = [fault for fault in Fault if fault is not Fault.NONE]


@pytest.fixture(scope="module")
def no_centrals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Addresses by what is wrong with them."""
    tls: ssl.SSLContext = stranger_tls(tmp_path_factory.mktemp("tls"))
    with deaf_port() as deaf, FaultProxy(9) as plain, FaultProxy(9, tls) as stranger:
        yield {
            "refuses": f"http://127.0.0.1:{deaf.getsockname()[1]}",
            "speaks no TLS": f"https://127.0.0.1:{plain.port}",
            "has a stranger's certificate": f"https://127.0.0.1:{stranger.port}",
            "has no name": NO_NAME,
        }


@pytest.fixture
def proxy(town: Town) -> Iterator[FaultProxy]:
    with FaultProxy(town.port) as running:
        yield running


@pytest.fixture
def box(town: Town, proxy: FaultProxy, tmp_path: Path) -> Iterator[Box]:
    device = Box(town.join_file(), tmp_path / "box", proxy.url)
    yield device
    device.close()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.lower())
def test_one_fault_on_any_request_delays_and_neither_loses_nor_doubles(
    town: Town, proxy: FaultProxy, box: Box, fault: Fault, ledger: Ledger
) -> None:
    for request in REQUESTS:
        box.submit()
        box.rate()
        box.start_agent(timeout_s=IMPATIENT_S)
        proxy.on[PATHS[request]] = fault
        for _ in range(MOST_PASSES):
            box.agent.pass_once()
            if not proxy.on:
                break
        assert not proxy.on, f"no {request} was sent"
    assert box.start_agent().pass_once()
    assert_exactly_once(town, box)
    assert_all_settled(box)
    ledger.count("faults of the network, one by one", len(REQUESTS))


def test_where_no_central_answers_everything_waits(
    town: Town, box: Box, no_centrals: dict[str, str]
) -> None:
    box.submit()
    for wrong, address in no_centrals.items():
        assert not box.start_agent(at=address, timeout_s=5).pass_once(), wrong
        assert box.store.link_state(box.code).reason == "unreachable", wrong
    assert box.start_agent().pass_once()
    assert_exactly_once(town, box)


def test_what_comes_late_and_out_of_order_changes_nothing(
    town: Town, proxy: FaultProxy, box: Box
) -> None:
    assert box.agent.pass_once()
    for _ in range(3):
        box.submit()
        assert box.agent.pass_once()
    for index in reversed(range(len(proxy.delivered))):
        proxy.deliver_again(index)
    assert_exactly_once(town, box)
    assert_all_settled(box)


Visit = int | tuple[Kind, str]
SCORES = st.integers(1, 5)
CASES = st.tuples(
    st.sampled_from(Kind),
    st.text(st.characters(categories=["Lo", "Lu", "Nd", "So"]), max_size=200),
)
VISITS = st.lists(st.one_of(CASES, SCORES), min_size=1, max_size=4)
BAD_DAY = st.lists(st.sampled_from(Fault), min_size=1, max_size=6)


class Weather(RuleBasedStateMachine):
    """Any sequence of submissions, faults, restarts, wrong clocks; then calm."""

    town: Town
    no_centrals: dict[str, str]
    ledger: Ledger

    @initialize(is_enrolled=st.booleans(), visits=VISITS)
    def set_up_a_box(self, is_enrolled: bool, visits: list[Visit]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="faults-")
        self.proxy = FaultProxy(self.town.port)
        self.box = Box(self.town.join_file(), Path(self._folder.name), self.proxy.url)
        if is_enrolled:
            self.box.agent.pass_once()
        self.restart_the_agent()
        for visit in visits:
            self.take(visit)

    @rule(faults=BAD_DAY, visits=VISITS)
    def a_day_of_bad_weather(self, faults: list[Fault], visits: list[Visit]) -> None:
        """Residents come, and the agent passes until that weather is over."""
        for visit in visits:
            self.take(visit)
        self.proxy.will(faults)
        for _ in faults:
            self.box.agent.pass_once()
            if not self.proxy.plan:
                break
        self.ledger.count("faults of the network in any order", len(faults))
        self.proxy.will([])

    @rule(visit=st.one_of(CASES, SCORES))
    def take(self, visit: Visit) -> None:
        """One resident submits a case, or touches a face."""
        if isinstance(visit, int):
            self.box.rate(visit)
        else:
            kind, words = visit
            self.box.submit(kind=kind, words=f"ไฟดับ {words}")

    @rule()
    def a_pass_in_good_weather(self) -> None:
        self.box.agent.pass_once()

    @rule(wrong=st.sampled_from(["refuses", "speaks no TLS", "has no name"]))
    def pass_where_no_central_is(self, wrong: str) -> None:
        self.box.start_agent(at=self.no_centrals[wrong], timeout_s=IMPATIENT_S)
        assert not self.box.agent.pass_once()
        self.restart_the_agent()

    @rule()
    def restart_the_agent(self) -> None:
        self.box.restart()
        self.box.start_agent(timeout_s=IMPATIENT_S)

    @precondition(lambda self: self.proxy.delivered)
    @rule(index=st.integers(0, 50))
    def an_old_request_comes_again(self, index: int) -> None:
        self.proxy.deliver_again(index)

    @rule()
    def kill_central(self) -> None:
        self.town.kill_workers()

    @rule(days=st.sampled_from([-20_000, -1, 0, 1, 26_000]))
    def set_the_clock(self, days: int) -> None:
        self.box.clock.ahead = timedelta(days=days)

    @rule()
    def lose_power(self) -> None:
        self.box.clock.boot()
        self.restart_the_agent()

    @invariant()
    def nothing_is_given_up(self) -> None:
        assert self.box.store.outbox_counts().parked == 0

    @invariant()
    def what_is_acknowledged_is_at_central(self) -> None:
        held = self.town.holds_of(self.box.code)
        assert held.records.items() <= self.box.kept.items()
        assert held.revisions == 0
        for entry in self.box.entries():
            if entry.state is OutboxState.ACKNOWLEDGED:
                assert held.records[entry.record_id] == entry.record

    def teardown(self) -> None:
        if not hasattr(self, "box"):
            return
        try:
            self._calm()
        finally:
            self.box.close()
            self.proxy.close()
            self._folder.cleanup()

    def _calm(self) -> None:
        """The faults are over; a killed worker may take one more answer with it."""
        self.box.restart()
        passes = itertools.takewhile(lambda _: not self.box.agent.pass_once(), range(10))
        assert len(list(passes)) < 10
        assert_exactly_once(self.town, self.box)
        assert_all_settled(self.box)


def test_after_any_weather_central_holds_exactly_what_was_submitted(
    town: Town, no_centrals: dict[str, str], ledger: Ledger
) -> None:
    given = {"town": town, "no_centrals": no_centrals, "ledger": ledger}
    weather = type("AnyWeather", (Weather,), given)
    run_state_machine_as_test(
        weather,
        settings=settings(
            max_examples=300 if IS_LONG else 25,
            stateful_step_count=40 if IS_LONG else 10,
            derandomize=not IS_LONG,
            deadline=None,
            database=None,
            phases=list(Phase) if IS_LONG else [Phase.generate],  # to shrink takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
