"""The panel's way: from a switch at the box, by glass, store and agent, to the officers' page."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.demo.display import free_port, virtual_display
from deploy.demo.processes import Processes
from deploy.demo.product import Product, program
from hardware.fake.panel import press
from hardware.panel.parts import USUAL
from kiosk.panel import state
from tests.journey.glass import Hand
from tests.journey.test_journey import Desk
from tests.migrated import lay_database

WAIT_S = 40


class Box:
    """The product with a virtual panel."""

    def __init__(self, folder: Path, processes: Processes) -> None:
        self.product = Product(
            state=folder / "state", port=free_port(), size=(1024, 600), has_panel=True
        )
        lay_database(self.product.state / "central")
        said = self.product.prepare()
        self.product.start(processes)
        self.desk = Desk(self.product.central_url, said)
        display = virtual_display(processes, 1024, 600)
        self.hand = Hand(display, folder / "map.json")
        self.product.start_glass(processes, display, "--map", str(folder / "map.json"))
        self.hand.wait_for("home")
        until(lambda: state.last(self.product.kiosk_dir / "run") is not None)  # pins are taken

    def move(self, part: str, *, is_down: bool) -> None:
        press(self.product.board, USUAL[part].bcm, is_down=is_down)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {**self.product.environment()}
        return subprocess.run(
            [program("kiosk"), *words],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Processes(tmp_path / "log") as processes:
        yield Box(tmp_path, processes)


def until(is_so: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < end_s
        time.sleep(0.1)


def test_an_opened_cabinet_reaches_the_officers_and_a_button_the_glass(box: Box) -> None:
    box.move("cabinet", is_down=True)
    until(lambda: "มีการเปิดตู้" in box.desk._get("/staff/devices"))
    box.move("cabinet", is_down=False)
    until(lambda: "ปิดตู้แล้ว" in box.desk._get("/staff/devices"))
    box.move("face_3", is_down=True)
    box.hand.wait_for("division")
    box.move("face_3", is_down=False)
    refused = box.command("test-panel", "--json", "--patience", "0.1")
    assert (refused.returncode, json.loads(refused.stdout)["hindrance"]) == (1, "in_use")
    tried = box.command("test-panel", "--json", "--patience", "0.1", "--now")
    outcomes = {each["part"]: each["outcome"] for each in json.loads(tried.stdout)["tried"]}
    assert (tried.returncode, outcomes["light_1"], outcomes["face_1"]) == (1, "shown", "silent")
