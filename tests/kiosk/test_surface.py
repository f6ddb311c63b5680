import os
import subprocess
import sys

SHOWN = """
import logging, sys
from kiosk import window
window.configure(800, 480, fullscreen=False)
from kivy.core.window import Window
from kivy.uix.widget import Widget
from kiosk.surface import Surface
logging.basicConfig(stream=sys.stdout, format="%(message)s", level=logging.INFO, force=True)
flip = Window.flip
def flip_and_tell():
    flip()
    print("shown")
Window.flip = flip_and_tell
surface = Surface(Widget())
while not surface._frames:
    surface.loop.turn()
"""


def test_a_frame_is_told_of_only_after_it_is_shown() -> None:
    environment = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SHOWN], env=environment, capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stdout.splitlines() if line in ("shown", "first frame")]
    assert lines[:2] == ["shown", "first frame"]
