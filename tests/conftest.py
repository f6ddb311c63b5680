"""The suite runs in a process a core; the one that prints gathers what the others counted.

`spreading.py` says which process gets which tests.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests import garbage
from tests.appliance import short
from tests.faults.ledger import ledger_of
from tests.hardware.printer import emulator
from tests.spreading import SLOWEST, ByModule

_TOLD = "faults"

settings.register_profile("suite", deadline=None)  # machines are never quiet
settings.load_profile("suite")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByModule:
    """However `--dist` would have them handed out."""
    return ByModule(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes run, what takes longest begins."""
    if hasattr(config, "workerinput"):
        rank = {name: place for place, name in enumerate(SLOWEST)}
        items.sort(key=lambda item: rank.get(_module(item), len(rank)))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end."""
    garbage.leave_out()


@pytest.fixture
def all_objects() -> Iterator[None]:
    """Python knows of every object, for a test that looks at all of them."""
    with garbage.with_everything():
        yield


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
    if any("appliance/test_short" in report.nodeid for report in skipped):
        terminalreporter.write_sep("!", "nothing was booted", yellow=True, bold=True)
        for line in short.SKIPPED:
            terminalreporter.write_line(line, yellow=True, bold=True)
