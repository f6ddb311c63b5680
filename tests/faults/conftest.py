"""What the network's modules share: one central for all of them."""

from collections.abc import Iterator

import pytest

from tests.faults.town import Town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A running central; each test makes boxes of its own."""
    with Town(tmp_path_factory.mktemp("town")) as running:
        yield running
