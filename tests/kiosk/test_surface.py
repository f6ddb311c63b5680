import os
import subprocess
import sys

import pytest

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


TURNED = """
import os, sys
from kiosk import window
window.configure(800, 480, fullscreen=False, rotation=int(sys.argv[1]))
from kivy.core.window import Window
from kivy.graphics import Color, Rectangle
from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels
from kivy.uix.widget import Widget
os.environ["SDL_VIDEODRIVER"] = "kmsdrm"  # what the glass goes by; SDL itself is open already
from kiosk.surface import Surface
class Touched:
    events = []
    def __init__(self, sdl):
        self.sdl = sdl
    def __getattr__(self, name):
        return getattr(self.sdl, name)
    def poll(self):
        return self.events.pop(0) if self.events else False
touched = Window._win = Touched(Window._win)
surface = Surface(Widget())
with surface.root.canvas:
    Color(1, 0, 0)
    mark = Rectangle(pos=(600, 100), size=(40, 40))
while not surface._frames:
    surface.loop.turn()
width, height = Window.system_size
Window.on_draw()
dots = glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE)
red = [i for i in range(width * height) if dots[4 * i : 4 * i + 3] == b"\\xff\\x00\\x00"]
x, y = red[len(red) // 2] % width, height - 1 - red[len(red) // 2] // width
touched.events = [
    ("fingerdown", 1, x / width, y / height, 1.0),
    ("fingerup", 1, x / width, y / height, 1.0),
    ("mousebuttondown", x, y, 0),
    ("mousebuttonup", x, y, 0),
]
places = []
surface.root.bind(on_touch_down=lambda _, touch: places.append(touch.pos))
while len(places) < 2:
    surface.loop.turn()
for x, y in places:
    print("felt" if 600 <= x <= 640 and 100 <= y <= 140 else (x, y))
"""


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_on_a_turned_panel_a_finger_and_a_mouse_reach_what_is_drawn_there(rotation: int) -> None:
    environment = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(
        [sys.executable, "-c", TURNED, str(rotation)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["felt", "felt"]


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
