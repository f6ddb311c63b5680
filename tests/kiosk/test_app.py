"""`kiosk ui` as a process of its own, on a virtual display, in its own sleeping loop."""

import base64
import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen

import pytest

from deploy.demo.display import virtual_display
from deploy.demo.processes import Processes
from deploy.demo.product import program
from hardware.fake.panel import VirtualPanel
from hardware.fake.scanner import VirtualScanner
from hardware.panel.parts import USUAL
from kiosk import heartbeat, occupied, switching_off
from kiosk.config import load
from kiosk.panel.cabinet import CABINET_FILE
from sync.doorbell import UI_BELL, ring
from sync.store import STORE_FILE, Store
from tests.journey.glass import Hand

PROFILE = Path(__file__).parents[2] / "deploy/profiles/tha-kasem/profile.toml"
IDLE_S, COUNTDOWN_S = 1.0, 1.0


class Ui:
    """A box in `folder` whose glass is not running yet."""

    def __init__(self, folder: Path, processes: Processes, display: str) -> None:
        self.state, self.run = folder / "state", folder / "run"
        self.map, self.settings = folder / "map.json", folder / "kiosk.toml"
        self.scanner, self.board = folder / "scanner", folder / "board.sock"
        self._processes, self._display = processes, display
        for directory in (self.state, self.run):
            directory.mkdir()
        self._write_identity()
        self.hand = Hand(display, self.map)

    def start(
        self, idle_s: float = 600, division: str = "", beside: str = "", **more: str
    ) -> Popen[bytes]:
        panel = f'[panel]\ndriver = "virtual"\ndevice = "{self.board}"\n{beside}'
        self.settings.write_text(
            f'[device]\ndivision = "{division}"\nstate_dir = "{self.state}"\n'
            f'runtime_dir = "{self.run}"\n'
            f'profile = "{PROFILE}"\n[glass]\nwidth = 1024\nheight = 600\nfullscreen = false\n'
            f"idle_s = {idle_s}\ncountdown_s = {COUNTDOWN_S}\n"
            f'[scanner]\ndriver = "virtual"\ndevice = "{self.scanner}"\n'
            f'[clock]\ntrust = "assume"\n{panel if beside else ""}'
        )
        command = [program("kiosk"), "ui", "--map", self.map]
        environment = {
            "DISPLAY": self._display,
            "SDL_VIDEODRIVER": "x11",
            "KIOSK_CONFIG": str(self.settings),
            **more,
        }
        return self._processes.start("ui", command, environment)

    def log(self) -> str:
        return self._processes.log("ui").read_text()

    def printer_says(self, state: str) -> None:
        (self.run / "printer.json").write_text(json.dumps({"state": state}))

    def _write_identity(self) -> None:
        key = base64.b64encode(b"k" * 32).decode()
        address = "https://rapfang.example.go.th"
        facts = {
            "device_code": "A1",
            "public_url": address,
            "central_url": address,
            "enrolment_code": "x",
            "slip_secret": key,
            "intake_key_id": "intake-1",
            "intake_key": key,
            "central_key_id": "central-1",
            "central_key": key,
        }
        lines = "".join(f'{name} = "{value}"\n' for name, value in facts.items())
        (self.state / "identity.toml").write_text(lines)
        (self.state / "device.key").write_bytes(b"d" * 32)


@pytest.fixture
def ui(tmp_path: Path) -> Iterator[Ui]:
    with Processes(tmp_path / "log") as processes:
        yield Ui(tmp_path, processes, virtual_display(processes, 1024, 600))


def test_a_visit_that_is_left_alone_ends_without_another_touch(ui: Ui) -> None:
    glass = ui.start(idle_s=IDLE_S)
    ui.hand.wait_for("home")
    ui.hand.touch("kind:complaint")
    ui.hand.wait_for("still_there")
    ui.hand.wait_for("home")
    glass.terminate()
    assert glass.wait(10) == 0


def test_a_rating_is_in_the_store_once_the_glass_gives_thanks(ui: Ui) -> None:
    glass = ui.start()
    for target in ("division:works", "face:5"):
        ui.hand.touch(target)
    ui.hand.wait_for("thanks")
    glass.terminate()
    assert glass.wait(10) == 0
    with Store.open(ui.state / STORE_FILE) as store:
        assert store.outbox_counts().waiting == 1


def test_a_glass_that_ends_searches_nothing_for_garbage_any_more(ui: Ui, tmp_path: Path) -> None:
    """The next release's glass would wait for that, and the panel be dark."""
    (tmp_path / "sitecustomize.py").write_text("import gc\ngc.set_debug(gc.DEBUG_STATS)\n")
    glass = ui.start(PYTHONPATH=str(tmp_path))
    ui.hand.wait_for("home")
    glass.terminate()
    assert glass.wait(10) == 0
    searched = re.findall(r"gc: objects in each generation: (\d+) (\d+) (\d+)", ui.log())[-1]
    assert sum(map(int, searched)) < 1000


def test_a_ring_makes_the_glass_look_at_the_printer_again(ui: Ui) -> None:
    ui.start()
    ui.hand.wait_for("home")
    whole = ui.hand.look()["targets"]
    ui.printer_says("paper_out")
    ring(ui.run / UI_BELL)
    ui.hand._until(lambda: ui.hand.look()["targets"] != whole, "the banner")
    ui.printer_says("ok")
    ring(ui.run / UI_BELL)
    ui.hand._until(lambda: ui.hand.look()["targets"] == whole, "the banner to go")


def test_a_scanner_is_heard_and_found_again_once_it_is_put_back_in(ui: Ui) -> None:
    with VirtualScanner(ui.scanner) as scanner:
        ui.start()
        ui.hand.wait_for("home")
        scanner.unplug()
        ui.hand._until(lambda: "no scanner: device_lost" in ui.log(), "the loss to be noted")
        scanner.plug_in()
        ui.hand._until(lambda: ui.log().count("the scanner is heard") == 2, "it to be heard")
        scanner.scan("8850999220017")
        ui.hand.wait_for("track")
    assert "8850999220017" not in ui.log()


def fill_with_rubbish(store: Path) -> None:
    store.write_bytes(b"this is no database " * 400)


def put_a_folder_there(store: Path) -> None:
    store.mkdir()


@pytest.mark.parametrize("damage", [fill_with_rubbish, put_a_folder_there])
def test_a_damaged_store_is_out_of_service_and_stays_as_it_is(
    ui: Ui, damage: Callable[[Path], None]
) -> None:
    store = ui.state / STORE_FILE
    damage(store)
    before = store.read_bytes() if store.is_file() else None
    glass = ui.start()
    ui.hand.wait_for("out_of_service")
    assert ui.hand.look()["targets"] == []
    assert "store_damaged" in ui.log()
    glass.terminate()
    assert glass.wait(10) == 0
    assert (store.read_bytes() if store.is_file() else None) == before


def test_a_box_that_was_out_of_service_comes_back_by_itself(ui: Ui) -> None:
    fill_with_rubbish(ui.state / STORE_FILE)
    ui.start()
    ui.hand.wait_for("out_of_service")
    (ui.state / STORE_FILE).unlink()
    ring(ui.run / UI_BELL)
    for target in ("division:works", "face:5"):
        ui.hand.touch(target)
    ui.hand.wait_for("thanks")
    with Store.open(ui.state / STORE_FILE) as store:
        assert store.outbox_counts().waiting == 1


def test_a_box_whose_code_is_spent_takes_nothing(ui: Ui) -> None:
    with Store.open(ui.state / STORE_FILE) as store:
        store.mark_spent("A1", "salvaged", datetime.now(UTC))
    ui.start()
    ui.hand.wait_for("out_of_service")
    assert ui.hand.look()["targets"] == []
    assert "kiosk doctor" in ui.log()


def test_a_division_that_the_profile_lacks_is_one_line_and_no_window(ui: Ui) -> None:
    glass = ui.start(division="wroks")
    assert glass.wait(10) == 2
    assert "'wroks' is not one of clerk, finance, works" in ui.log()


def test_a_box_that_is_nobody_says_what_to_do_and_opens_no_window(ui: Ui) -> None:
    (ui.state / "identity.toml").unlink()
    glass = ui.start()
    assert glass.wait(10) == 2
    assert "kiosk enrol" in ui.log()


def test_the_glass_says_that_it_is_switched_off_and_comes_back_if_it_was_not(ui: Ui) -> None:
    (ui.run / switching_off.MARK).touch()  # an earlier run's: a box that starts is not leaving
    ui.start()
    ui.hand.wait_for("home")
    for switch_off, name in ((True, "switching_off"), (False, "home")):
        switching_off._tell(load(ui.settings), leaving=switch_off)
        ui.hand.wait_for(name)


def test_a_closed_glass_takes_nobody_and_opens_again(ui: Ui) -> None:
    ui.start()
    ui.hand.wait_for("home")
    config = load(ui.settings)
    face = ui.hand.box_of("kind:complaint")
    assert occupied.close(config, 60.0) == "free"
    ui.hand.wait_for("one_moment")
    assert ui.hand.look()["targets"] == []
    x, y = round(face[0] + face[2] / 2), round(face[1] + face[3] / 2)
    ui.hand._xdotool("mousemove", str(x), str(y), "mousedown", "1", "mouseup", "1")
    if folder := os.environ.get("SHOW"):
        ui.hand.picture().save(Path(folder) / "one_moment.png")
    assert occupied.use_of(config) == "free"
    assert occupied.close(config, 0.0) == "free"
    ui.hand.wait_for("home")
    assert occupied.close(config, 0.5) == "free"
    ui.hand.wait_for("one_moment")
    ui.hand.wait_for("home")  # it was asked for half a second only


def test_the_buttons_beside_a_closed_glass_take_nobody_either(ui: Ui) -> None:
    """The cabinet's door, which is pressed after the face, is noted all the same."""
    board = VirtualPanel(ui.board)
    ui.start(division="works", beside="face_2 = {}\nface_5 = {}\ncabinet = {}\n")
    ui.hand._until((ui.state / CABINET_FILE).exists, "the pins")
    config = load(ui.settings)
    assert occupied.close(config, 60.0) == "free"
    ui.hand.wait_for("one_moment")
    for part in ("face_2", "cabinet"):
        bcm = USUAL[part].bcm
        board.drive(bcm, level=not board.level(bcm))
    with Store.open(ui.state / STORE_FILE) as store:
        ui.hand._until(lambda: store.outbox_counts().waiting == 1, "the cabinet")
        assert occupied.close(config, 0.0) == "free"
        board.press(USUAL["face_5"].bcm)
        ui.hand.wait_for("thanks")
        assert store.outbox_counts().waiting == 2
    board.unplug()


def test_a_glass_that_somebody_is_at_is_not_closed(ui: Ui) -> None:
    ui.start()
    ui.hand.touch("kind:complaint")
    ui.hand._until(lambda: ui.hand.look()["screen"] != "home", "the form")
    screen = ui.hand.look()["screen"]
    assert occupied.close(load(ui.settings), 60.0) == "in_use"
    assert ui.hand.look()["screen"] == screen


def test_systemd_hears_of_an_idle_glass_because_it_draws(ui: Ui, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(20)
        ui.start(NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="2000000")
        words = [systemd.recv(200) for _ in range(6)]
    assert words.count(b"READY=1") == 1
    assert words.count(b"WATCHDOG=1") == 5
    first = heartbeat.read(ui.run)
    assert first is not None
    assert first.every_s == 1.0


def test_a_glass_that_nobody_watches_leaves_no_pulse(ui: Ui) -> None:
    (ui.run / heartbeat.FILE).write_text("1.0 12.0")
    ui.start()
    ui.hand.wait_for("home")
    assert heartbeat.read(ui.run) is None
