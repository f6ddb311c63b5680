import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.demo.display import virtual_display
from deploy.demo.processes import Processes


@pytest.mark.parametrize(("rotation", "seen_at"), [(0, (40, 590)), (90, (590, 760))])
def test_on_a_panel_that_was_mounted_turned_touches_land_where_they_are_seen(
    rotation: int, seen_at: tuple[int, int], tmp_path: Path
) -> None:
    with Processes(tmp_path / "log") as processes:
        display = virtual_display(processes, 800, 600)
        seen = (600, 800) if rotation % 180 else (800, 600)
        with subprocess.Popen(
            [sys.executable, "-m", "tests.kiosk.turned_panel", *map(str, (*seen, rotation))],
            env={**os.environ, "DISPLAY": display, "SDL_VIDEODRIVER": "x11"},
            stdout=subprocess.PIPE,
            text=True,
        ) as panel:
            try:
                assert tuple(map(int, panel.stdout.readline().split())) == seen
                words = ["mousemove", "40", "10", "mousedown", "1", "mouseup", "1"]
                subprocess.run(["xdotool", *words], env={"DISPLAY": display}, check=True)
                touched = tuple(map(int, panel.stdout.readline().split()))
            finally:
                panel.kill()
        assert touched == pytest.approx(seen_at, abs=2)


def test_a_glass_that_is_told_to_end_while_it_starts_ends() -> None:
    """SDL would take the signal for the window's, which stays; systemd would wait and kill it."""
    code = (
        "import os, signal; from kiosk import window; "
        "window.configure(800, 480, fullscreen=False); from kivy.core.window import Window; "
        "os.kill(os.getpid(), signal.SIGTERM); signal.pause()"
    )
    environment = os.environ | {"SDL_VIDEODRIVER": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, timeout=60, capture_output=True
    )
    assert done.returncode == -signal.SIGTERM
