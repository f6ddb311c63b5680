"""A printer that takes no more, for ever: the glass goes on, and says how it stands.

The real `kiosk ui` and `kiosk print`, on a virtual display.
"""

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen

import pytest

from deploy.demo.display import virtual_display
from deploy.demo.processes import Processes
from deploy.demo.product import program
from sync.doorbell import PRINT_BELL, is_answered
from sync.store import STORE_FILE, SlipState, Store
from tests.faults.services import wait_until
from tests.kiosk.test_app import Ui

CASE = {
    "kind:complaint": "topic",
    "topic:street_light": "words",
    "phrase:1": "place",
    "village:village-3": "contact",
}
"""What is touched, and the screen that it leads to."""
DOUBLE_TAP_S = 0.4
"""Sooner the same place is taken for a double tap."""


class Box(Ui):
    """A box whose spooler runs beside its glass."""

    def __init__(self, folder: Path, processes: Processes, display: str) -> None:
        super().__init__(folder, processes, display)
        self.tray = folder / "tray"
        self.tray.mkdir()

    def start_printing(self) -> Popen[bytes]:
        settings = self.settings.with_name("print.toml")
        printer = f'[printer]\ntray_dir = "{self.tray}"\nwrite_s = 5\n'
        settings.write_text(self.settings.read_text() + printer)
        command = [program("kiosk"), "print"]
        spooler = self._processes.start("print", command, {"KIOSK_CONFIG": str(settings)})
        wait_until(lambda: is_answered(self.run / PRINT_BELL), "the spooler")
        return spooler

    def control(self, **controls: object) -> None:
        fresh = self.tray / "control.new"
        fresh.write_text(json.dumps(controls))
        fresh.replace(self.tray / "control.json")

    def submit(self) -> None:
        """A resident's touches, from home to the thanks."""
        self.hand.wait_for("home")
        for target, screen in (*CASE.items(), ("next", "review"), ("next", "done")):
            self.hand.touch(target)
            self.hand.wait_for(screen)
            time.sleep(DOUBLE_TAP_S)

    def offers(self, name: str) -> Callable[[], bool]:
        return lambda: any(target["name"] == name for target in self.hand.look()["targets"])


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Processes(tmp_path / "log") as processes:
        yield Box(tmp_path, processes, virtual_display(processes, 1024, 600))


def test_a_wedged_printer_holds_up_nobody_and_each_is_told_the_truth(box: Box) -> None:
    box.start()
    box.control(stall_after_bytes=1024)
    spooler = box.start_printing()
    box.submit()
    with Store.open(box.state / STORE_FILE) as store:
        wait_until(lambda: store.slip_counts().get(SlipState.PRINTING) == 1, "a first byte")
        spooler.send_signal(signal.SIGSTOP)  # in the middle of a write, and for ever
        box.hand.touch("finish")
        box.submit()
        second, first = (job.job_id for job in store.slip_jobs(2))
        assert store.outbox_counts().waiting == 2
        assert store.slip_state(first)[0] is SlipState.PRINTING
        assert store.slip_state(second)[0] is SlipState.WAITING
        assert box.offers("finish")(), "who has photographed the screen may go"
        spooler.send_signal(signal.SIGCONT)
        wait_until(box.offers("slip:again"), "the question")
        assert store.slip_state(first) == (SlipState.UNKNOWN, "device_busy")
        assert store.slip_state(second) == (SlipState.UNKNOWN, "device_busy")
        box.control()
        box.hand.touch("slip:again")
        wait_until(lambda: store.slip_state(second)[0] is SlipState.PRINTED, "the copy")
        wait_until(box.offers("finish"), "the way home")
    assert len(list(box.tray.glob("slip-*.bin"))) == 1
