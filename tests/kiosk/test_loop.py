import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.demo.display import virtual_display
from deploy.demo.processes import Processes
from sync.doorbell import ring


class Live:
    """The glass in a process of its own, on a virtual display or, with `inputs`, on none."""

    def __init__(self, display: str, folder: Path, *inputs: Path) -> None:
        self.display, self.bell = display, folder / "bell"
        words = ["-m", "tests.kiosk.live_glass", folder, self.bell, *inputs]
        driver = {"SDL_VIDEODRIVER": "offscreen" if inputs else "x11"}
        self.process = subprocess.Popen(
            [sys.executable, *map(str, words)],
            env={**os.environ, "DISPLAY": display, **driver},
            stdout=subprocess.PIPE,
            text=True,
        )

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

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
        live.end()


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[tuple[Live, int]]:
    """A glass without a display server, and the end of a pipe that is its one input device."""
    inputs = tmp_path / "input"
    inputs.mkdir()
    os.mkfifo(inputs / "event0")
    device = os.open(inputs / "event0", os.O_RDWR | os.O_NONBLOCK)
    live = Live("", tmp_path, inputs)
    yield live, device
    live.end()
    os.close(device)


def test_the_loop_sleeps_wakes_and_ends(live: Live) -> None:
    settled, rested = live.hears("settled"), live.hears("rested")
    assert rested["frames"] == settled["frames"], "idle: nothing is drawn"
    assert rested["turns"] - settled["turns"] <= 5, "idle: hardly a wake in two seconds"
    ring(live.bell)
    assert live.hears("rung")["screen"] == "home"
    live.touch(200, 200)  # the card to report a problem
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


def test_without_a_display_server_it_sleeps_until_an_input_device_stirs(
    panel: tuple[Live, int],
) -> None:
    live, device = panel
    settled, rested = live.hears("settled"), live.hears("rested")
    assert rested["turns"] - settled["turns"] <= 5, "idle: hardly a wake in two seconds"
    stirs, turns = 0, rested["turns"]
    for rings in range(1, 51):
        os.write(device, b"\x01" * 24)
        time.sleep(0.05)
        ring(live.bell)
        stirs = live.hears("rung")["turns"] - turns - rings
        if stirs > 20:
            break
    assert stirs > 20, "each stir wakes it, beside the bell"
