"""What most tests of the device's side need: a store, an identity, a central."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.identity import Identity, join
from sync.store import Store
from tests.sync.fakecentral import FakeCentral
from tests.sync.samples import CENTRAL_PRIVATE_KEY, join_file_text


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
