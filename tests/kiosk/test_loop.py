import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.display import virtual_display
from deploy.demo.processes import Processes
from sync.doorbell import ring


class Live:
    """The glass in a process of its own, on a virtual display."""

    def __init__(self, display: str, folder: Path) -> None:
        self.display, self.bell = display, folder / "bell"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kiosk.live_glass", str(folder), str(self.bell)],
            env={**os.environ, "DISPLAY": display, "SDL_VIDEODRIVER": "x11"},
            stdout=subprocess.PIPE,
            text=True,
        )

    def hears(self, what: str) -> dict[str, object]:
        """The next line about `what`."""
        for line in self.process.stdout:
            if line.startswith("{") and (told := json.loads(line))["what"] == what:
                return told
        raise AssertionError(f"the glass ended without a word about {what}")

    def touch(self, x: int, y: int) -> None:
        words = ["mousemove", str(x), str(y), "mousedown", "1", "mouseup", "1"]
        subprocess.run(["xdotool", *words], env={"DISPLAY": self.display}, check=True)


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with Processes(tmp_path / "log") as processes:
        live = Live(virtual_display(processes, 1024, 600), tmp_path)
        yield live
        live.process.kill()
        live.process.wait()
        live.process.stdout.close()


def test_the_loop_sleeps_wakes_and_ends(live: Live) -> None:
    settled, rested = live.hears("settled"), live.hears("rested")
    assert rested["frames"] == settled["frames"], "idle: nothing is drawn"
    assert rested["turns"] - settled["turns"] <= 5, "idle: hardly a wake in two seconds"
    ring(live.bell)
    assert live.hears("rung")["screen"] == "home"
    live.touch(250, 350)
    ring(live.bell)
    touched = live.hears("rung")
    while touched["screen"] == "home":
        ring(live.bell)
        touched = live.hears("rung")
    assert touched["screen"] == "topic"
    assert touched["frames"] > rested["frames"]
    live.process.terminate()
    assert live.hears("ended")
    assert live.process.wait(10) == 0
