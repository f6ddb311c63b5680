"""The suite runs in a process a core; the one that prints gathers what the others counted."""

import os
from typing import Any

import pytest
from hypothesis import settings

from tests.faults.ledger import ledger_of

_TOLD = "faults"

settings.register_profile("suite", deadline=None)  # machines are never quiet
settings.load_profile("suite")


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
