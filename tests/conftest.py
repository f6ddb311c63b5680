"""The suite runs in a process a core; the one that prints gathers what the others counted.

A module's tests stay together, and what takes longest begins first, or one core would wait at
the end for the other.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.faults.ledger import ledger_of
from tests.hardware.printer import emulator

_TOLD = "faults"
SLOWEST = (
    "kiosk/screens/test_layout.py",
    "kiosk/screens/test_monkey.py",
    "sync/central/test_losing_a_key.py",
    "journey/test_journey.py",
    "kiosk/test_forgetting.py",
    "journey/test_fleet.py",
    "sync/central/test_central_command.py",
    "sync/central/test_postgresql.py",
    "kiosk/screens/test_soak.py",
    "faults/test_network.py",
    "journey/test_stick.py",
    "faults/test_killed.py",
    "journey/test_bad_days.py",
    "kiosk/screens/test_idle_show.py",
    "journey/test_voice.py",
    "kiosk/screens/test_idle.py",
    "faults/test_clock.py",
    "sync/central/test_stolen_copy.py",
    "kiosk/screens/test_visit.py",
    "kiosk/screens/test_readying.py",
    "faults/test_power_cuts.py",
    "faults/test_privacy.py",
    "kiosk/widgets/test_field.py",
)
"""Modules by what they take, the longest first (`--durations=60`); the others follow."""
APART = ("kiosk/screens/test_layout.py",)
"""Modules whose tests share nothing and are long: each may run anywhere."""

settings.register_profile("suite", deadline=None)  # machines are never quiet
settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes run, say what stays together, and in which order it begins."""
    if not hasattr(config, "workerinput"):
        return
    rank = {name: place for place, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: rank.get(_module(item), len(rank)))
    for item in items:
        if _module(item) not in APART:
            item.add_marker(pytest.mark.xdist_group(_module(item)))


def _module(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).as_posix()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each process sets Django up by itself, once it meets a test of central's."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process that only tests hands over its counts."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_TOLD] = ledger_of(session.config).told()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """The one that prints adds them; a process that crashed has told nothing."""
    told = getattr(node, "workeroutput", {}).get(_TOLD)
    if told:
        ledger_of(node.config).add(told)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """The table at the end of a run."""
    failures = sum(len(terminalreporter.stats.get(how, [])) for how in ("failed", "error"))
    for line in ledger_of(config).lines(failures):
        terminalreporter.write_line(line)
    skipped = terminalreporter.stats.get("skipped", [])
    if not emulator.is_there() and any("test_emulator" in report.nodeid for report in skipped):
        terminalreporter.write_sep("!", "no independent printer", yellow=True, bold=True)
        for line in emulator.MISSING:
            terminalreporter.write_line(line, yellow=True, bold=True)
