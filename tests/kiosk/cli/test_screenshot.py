from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from deploy.demo.display import virtual_display
from deploy.demo.processes import Processes
from kiosk.cli import main
from kiosk.config import Config
from tests.kiosk.cli.doorkeeper import Doorkeeper
from tests.kiosk.test_app import Ui


def test_a_panel_that_was_mounted_turned_is_shown_upright(box: Config, tmp_path: Path) -> None:
    picture = tmp_path / "glass.png"
    with Doorkeeper(box.runtime_dir, in_use=False):
        assert main(["screenshot", str(picture)]) == 0
    image = Image.open(picture)
    dots = [image.getpixel((x, y))[0] for y in range(2) for x in range(2)]
    assert dots == [1, 3, 2, 4]
    assert picture.stat().st_mode & 0o777 == 0o600


def test_without_a_glass_the_next_command_is_said(
    box: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["screenshot", str(tmp_path / "glass.png")]) == 1
    assert capsys.readouterr().err == "no glass runs; next: systemctl start kiosk-ui\n"
    assert not (tmp_path / "glass.png").exists()


@pytest.fixture
def ui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ui]:
    with Processes(tmp_path / "log") as processes:
        ui = Ui(tmp_path, processes, virtual_display(processes, 1024, 600))
        monkeypatch.setenv("KIOSK_CONFIG", str(ui.settings))
        yield ui


def test_the_running_glass_shows_itself_and_no_word_of_a_resident(ui: Ui, tmp_path: Path) -> None:
    home, one, other = (tmp_path / f"{name}.png" for name in ("home", "one", "other"))
    ui.start()
    ui.hand.wait_for("home")
    assert main(["screenshot", str(home)]) == 0
    assert len(Image.open(home).getcolors(1 << 24)) > 100
    for target in ("kind:complaint", "topic:road"):
        ui.hand.touch(target)
    ui.hand.wait_for("words")
    assert main(["screenshot", str(one)]) == 1
    ui.hand.touch("key:ก")
    assert main(["screenshot", str(one), "--now"]) == 0
    ui.hand.touch("key:ด")
    assert main(["screenshot", str(other), "--now"]) == 0
    assert ImageChops.difference(Image.open(one), Image.open(other)).getbbox() is None
