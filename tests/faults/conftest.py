"""What the modules share: one central for all of them, and the count of what was tried."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults.ledger import Ledger, ledger_of
from tests.faults.town import Town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A running central; each test makes boxes of its own."""
    with Town(tmp_path_factory.mktemp("town")) as running:
        yield running


@pytest.fixture(scope="session")
def ledger(pytestconfig: pytest.Config) -> Ledger:
    """Where tests count what they tried; it is told after the last of them."""
    return ledger_of(pytestconfig)


@pytest.fixture
def fast_folder(tmp_path: Path) -> Iterator[Path]:
    """In memory, where the machine has that: thousands of stores are written and synced."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield Path(folder)
