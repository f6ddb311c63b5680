from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kiosk.screens.box import Box


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path)
    yield box
    box.close()
