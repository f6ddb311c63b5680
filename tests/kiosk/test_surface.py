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


HEARD = """
from kiosk import window
window.configure(800, 480, fullscreen=False)
from kivy.core.window import Window
from kivy.uix.widget import Widget
from kiosk.surface import Surface
class Touched:
    events = [("fingerdown", 1, 0.5, 0.5, 1.0)]
    def __init__(self, sdl):
        self.sdl = sdl
    def __getattr__(self, name):
        return getattr(self.sdl, name)
    def poll(self):
        return self.events.pop() if self.events else False
Window._win = Touched(Window._win)
Surface(Widget())
Window.bind(on_mouse_down=lambda *_: print("pressed"))
Window.mainloop()
print("heard")
"""


def test_a_finger_that_a_display_server_makes_a_mouse_of_is_not_felt_twice() -> None:
    environment = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        [sys.executable, "-c", HEARD], env=environment, capture_output=True, text=True, check=True
    )
    said = [line for line in done.stdout.splitlines() if line in ("pressed", "heard")]
    assert said == ["heard"]


def test_a_frame_is_told_of_only_after_it_is_shown() -> None:
    environment = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SHOWN], env=environment, capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stdout.splitlines() if line in ("shown", "first frame")]
    assert lines[:2] == ["shown", "first frame"]
