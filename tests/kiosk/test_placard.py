import threading
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from hardware.errors import DeviceLost, DeviceMissing, DeviceMisuse
from hardware.framebuffer import FrameBuffer
from kiosk import placard
from kiosk.config import Config, Device, Glass
from kiosk.languages import NAMES
from kiosk.theme import HEX


def frame_buffer(folder: Path, width: int, height: int, depth: int, stride: int) -> FrameBuffer:
    """One as the kernel offers it, in files."""
    told = folder / "graphics" / "fb0"
    told.mkdir(parents=True)
    (told / "virtual_size").write_text(f"{width},{height}\n")
    (told / "stride").write_text(f"{stride}\n")
    (told / "bits_per_pixel").write_text(f"{depth}\n")
    (folder / "fb0").write_bytes(bytes(stride * height))
    return FrameBuffer(folder / "fb0", folder / "graphics")


def test_it_is_said_in_every_language_with_the_number_to_call() -> None:
    said = list(placard.words("037 123 456"))
    assert len(said) == len(NAMES)
    assert said[0][0] == "เครื่องนี้งดให้บริการชั่วคราว"
    assert all("037 123 456" in instead for _, instead in said)
    assert not any("{" in instead for _, instead in placard.words())


@pytest.mark.parametrize(("width", "height"), [(800, 480), (1080, 1920)])
def test_nothing_is_cut_off_on_any_panel(width: int, height: int) -> None:
    picture = placard.paint(width, height, "037 123 456")
    paper = Image.new("RGB", picture.size, HEX["paper"])
    box = _differing(picture, paper)
    assert min(box[0], box[1], width - box[2], height - box[3]) > 8


def _differing(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int]:
    found = ImageChops.difference(one, other).getbbox()
    assert found is not None
    return found


def test_a_turned_panel_gets_a_turned_picture() -> None:
    upright = placard.paint(480, 800)
    assert placard.paint(800, 480, rotation=90).rotate(-90, expand=True).tobytes() == (
        upright.tobytes()
    )


@pytest.mark.parametrize(("depth", "paper"), [(32, b"\xf3\xf8\xfb"), (16, b"\xde\xff")])
def test_rows_are_filled_up_to_the_stride(tmp_path: Path, depth: int, paper: bytes) -> None:
    stride = 100 * depth // 8 + 12
    panel = frame_buffer(tmp_path, 100, 20, depth, stride)
    panel.show(Image.new("RGB", (100, 20), HEX["paper"]))
    painted = (tmp_path / "fb0").read_bytes()
    assert len(painted) == stride * 20
    for row in range(20):
        assert painted[row * stride :].startswith(paper)
        assert painted[row * stride + stride - 12 :][:12] == bytes(12)


def test_a_panel_that_is_not_there_or_goes_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceMissing):
        FrameBuffer(tmp_path / "fb0", tmp_path)
    panel = frame_buffer(tmp_path, 100, 20, 32, 400)
    with pytest.raises(DeviceMisuse):
        panel.show(Image.new("RGB", (20, 100)))
    (tmp_path / "fb0").unlink()
    with pytest.raises(DeviceLost):
        panel.show(Image.new("RGB", (100, 20)))


def test_without_settings_or_profile_it_is_said_all_the_same(tmp_path: Path) -> None:
    panel = frame_buffer(tmp_path, 480, 800, 32, 1920)
    ended = threading.Event()
    ended.set()
    placard.run(None, panel, ended)
    plain = (tmp_path / "fb0").read_bytes()
    bare = Config(device=Device(state_dir=str(tmp_path), profile="/nowhere"))
    placard.run(bare, panel, ended)
    assert (tmp_path / "fb0").read_bytes() == plain != bytes(len(plain))
    placard.run(Config(device=bare.device, glass=Glass(rotation=180)), panel, ended)
    assert (tmp_path / "fb0").read_bytes() != plain
