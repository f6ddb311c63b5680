"""Between one release's glass and the next the panel says that it takes a moment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from hardware.framebuffer import FrameBuffer
from kiosk import curtain
from kiosk.config import Config, Glass
from kiosk.theme import HEX
from kiosk.updating.places import Places
from tests.kiosk.test_placard import frame_buffer


@pytest.fixture
def where(tmp_path: Path) -> Places:
    places = Places.below(tmp_path / "system")
    places.state.mkdir(parents=True)
    return places


def shown(folder: Path, width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), (folder / "fb0").read_bytes(), "raw", "BGRX")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (480, 800)])
def test_the_panel_says_one_moment_while_a_release_is_switched(
    where: Places, tmp_path: Path, width: int, height: int
) -> None:
    panel = frame_buffer(tmp_path, width, height, 32, 4 * width)
    where.on_trial.touch()
    assert curtain.come_down(Config(), where, lambda: panel)
    picture = shown(tmp_path, width, height)
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, HEX["paper"])).getbbox()
    assert box is not None
    assert min(box[0], box[1], width - box[2], height - box[3]) > 8, "nothing is cut off"
    if folder := os.environ.get("SHOW"):
        picture.save(Path(folder) / f"curtain-{width}.png")


def test_a_panel_that_was_mounted_turned_gets_a_turned_picture(
    where: Places, tmp_path: Path
) -> None:
    where.on_trial.touch()
    pictures = []
    for name, rotation, size in (("upright", 0, (480, 800)), ("lying", 90, (800, 480))):
        (tmp_path / name).mkdir()
        panel = frame_buffer(tmp_path / name, *size, 32, 4 * size[0])
        assert curtain.come_down(Config(glass=Glass(rotation=rotation)), where, lambda p=panel: p)
        pictures.append(shown(tmp_path / name, *size))
    assert pictures[1].rotate(-90, expand=True).tobytes() == pictures[0].tobytes()


def test_a_glass_that_ends_for_good_leaves_no_promise(where: Places, tmp_path: Path) -> None:
    panel = frame_buffer(tmp_path, 800, 480, 32, 3200)
    assert not curtain.come_down(Config(), where, lambda: panel)
    assert not any((tmp_path / "fb0").read_bytes())


def test_without_a_panel_to_paint_on_the_glass_ends_all_the_same(
    where: Places, tmp_path: Path
) -> None:
    where.on_trial.touch()
    assert not curtain.come_down(Config(), where, lambda: FrameBuffer(tmp_path / "fb0", tmp_path))


def test_the_last_thing_a_glass_does_is_done_while_its_frame_still_stands(tmp_path: Path) -> None:
    code = (
        "import os, signal; from kiosk import window; "
        "window.configure(800, 480, fullscreen=False); "
        "from kivy.uix.widget import Widget; from kivy.core.window import Window; "
        "from kivy.clock import Clock; from kiosk.surface import Surface; "
        "Clock.schedule_once(lambda _: os.kill(os.getpid(), signal.SIGTERM), 0); "
        "Surface(Widget()).run(lambda: print('stands', bool(Window.canvas), flush=True)); "
        "print('ended')"
    )
    environment = os.environ | {"SDL_VIDEODRIVER": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, timeout=60, capture_output=True, text=True
    )
    assert done.stdout == "stands True\nended\n", done.stderr
