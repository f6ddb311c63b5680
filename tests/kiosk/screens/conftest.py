from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kiosk.screens.box import Box
from tests.kiosk.screens.moments import moments


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path)
    yield box
    box.close()


@pytest.fixture
def held() -> Iterator[None]:
    """Nothing comes or goes because a test was slow: Kivy's clock is the test's."""
    with moments.held():
        yield
