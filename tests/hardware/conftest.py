import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hardware.fake.printer import VirtualPrinter
from hardware.printer.paper import PAPER_80
from hardware.printer.printer import Printer


@pytest.fixture
def tray(tmp_path: Path) -> Path:
    return tmp_path / "tray"


@pytest.fixture
def link(tray: Path) -> VirtualPrinter:
    return VirtualPrinter(tray, PAPER_80, patience_s=0.2)


@pytest.fixture
def printer(link: VirtualPrinter) -> Printer:
    return Printer(link, done_s=0.2)


@pytest.fixture
def control(tray: Path) -> Callable[..., None]:
    """Make the virtual printer behave, from outside."""

    def write(**controls: object) -> None:
        tray.mkdir(exist_ok=True)
        fresh = tray / "control.new"
        fresh.write_text(json.dumps(controls))
        fresh.replace(tray / "control.json")

    return write
