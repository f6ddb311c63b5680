"""The product as four processes with their state under one folder."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import msgspec

from deploy.demo.processes import Processes
from hardware.panel.parts import CABINET, PARTS

CHECKOUT = Path(__file__).resolve().parents[2]
PROFILE = CHECKOUT / "deploy/profiles/tha-kasem/profile.toml"
DEVICE_CODE = "A1"
WAIT_S = 60


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """Central, agent, spooler and glass of one demonstration box.

    `state` holds everything they write; `port` is central's on loopback; `size` is the
    window's in pixels. With `has_panel` a virtual one stands beside it.
    """

    state: Path
    port: int
    size: tuple[int, int] = (1280, 800)
    fullscreen: bool = False
    has_panel: bool = False

    @property
    def central_url(self) -> str:
        """Central's address, for devices and residents alike."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def kiosk_dir(self) -> Path:
        """The device's state: store, identity, tray."""
        return self.state / "kiosk"

    @property
    def tray(self) -> Path:
        """Where the virtual printer leaves its slips."""
        return self.kiosk_dir / "tray"

    @property
    def board(self) -> Path:
        """The virtual panel's socket; `hardware.fake.panel` presses its buttons."""
        return self.kiosk_dir / "board.sock"

    @property
    def settings(self) -> Path:
        """The device's `kiosk.toml`."""
        return self.kiosk_dir / "kiosk.toml"

    def environment(self) -> dict[str, str]:
        """What the product's programs need to find their state."""
        return {
            "KIOSK_CONFIG": str(self.settings),
            "KIOSK_FONTS": os.environ.get("KIOSK_FONTS", str(CHECKOUT / "var/fonts")),
            "CENTRAL_STATE_DIR": str(self.state / "central"),
            "CENTRAL_PORT": str(self.port),
            "CENTRAL_PUBLIC_URL": self.central_url,
            "CENTRAL_PROFILE": str(PROFILE),
            "CENTRAL_MAIL_TO": "complaints@municipality.invalid",
        }

    def prepare(self) -> str:
        """Set central up and join the device to it, once; what central had to say.

        Raises:
            subprocess.CalledProcessError: one of the commands failed; its words are shown.
        """
        (self.state / "central").mkdir(parents=True, exist_ok=True)
        self.kiosk_dir.mkdir(parents=True, exist_ok=True)
        self.settings.write_text(self._kiosk_toml())
        said = self.command("central", "migrate")
        if not (self.kiosk_dir / "identity.toml").exists():
            join_file = self.state / "kiosk-join.toml"
            self.command("central", "join-file", DEVICE_CODE, "--output", str(join_file))
            self.command("kiosk", "enrol", str(join_file))
            join_file.unlink(missing_ok=True)
        return said

    def start(self, processes: Processes) -> None:
        """Start central, agent and spooler, and wait until central answers."""
        environment = self.environment()
        if self.has_panel:
            serve = [Path(sys.executable), "-m", "hardware.fake.panel", "serve", str(self.board)]
            processes.start("panel", serve, environment)
        processes.start("central", [program("central"), "run"], environment)
        processes.start("sync", [program("kiosk"), "sync"], environment)
        processes.start("print", [program("kiosk"), "print"], environment)
        self._wait_for_central(processes)

    def start_glass(
        self, processes: Processes, display: str, *more: str
    ) -> subprocess.Popen[bytes]:
        """Open the kiosk's window on an X display."""
        environment = {**self.environment(), "DISPLAY": display, "SDL_VIDEODRIVER": "x11"}
        return processes.start("ui", [program("kiosk"), "ui", *more], environment)

    def command(self, name: str, *arguments: str) -> str:
        """Run one of the product's commands to its end and return what it printed."""
        done = subprocess.run(
            [program(name), *arguments],
            env={**os.environ, **self.environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.stderr.write(done.stdout + done.stderr)
            done.check_returncode()
        return done.stdout

    def _wait_for_central(self, processes: Processes) -> None:
        deadline = time.monotonic() + WAIT_S
        while not self._answers():
            if processes.ended() == "central" or time.monotonic() > deadline:
                raise RuntimeError(f"central does not answer: see {processes.log('central')}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.central_url}/healthz", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False

    def _kiosk_toml(self) -> str:
        width, height = self.size
        return "\n".join(
            [
                "[device]",
                f'state_dir = "{self.kiosk_dir}"',
                f'runtime_dir = "{self.kiosk_dir / "run"}"',
                f'profile = "{PROFILE}"',
                "[printer]",
                'driver = "virtual"',
                f'tray_dir = "{self.tray}"',
                "[glass]",
                f"width = {width}",
                f"height = {height}",
                f"fullscreen = {str(self.fullscreen).lower()}",
                "[clock]",
                'trust = "assume"  # this machine keeps its own time',
                *(self._panel() if self.has_panel else []),
                "",
            ]
        )

    def _panel(self) -> list[str]:
        """Every part; a virtual cabinet opens when its switch is pressed."""
        parts = [f"{part} = {{}}" for part in PARTS if part != CABINET]
        driver = ["[panel]", 'driver = "virtual"', f'device = "{self.board}"']
        return [*driver, *parts, f'{CABINET} = {{ active = "low" }}']


def program(name: str) -> Path:
    """One of the product's commands in the virtual environment in use."""
    return Path(sys.executable).parent / name
