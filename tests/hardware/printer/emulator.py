"""Printers to print on that share no code with what prints: `emupos`, and our own virtual one.

Our own is there everywhere. `emupos` (PyPI) runs where a Python 3.13 is, from an environment
of its own that `deploy/setup dev` makes; or somewhere else, where EMUPOS_CONTROL names the
address of its control API (`http://127.0.0.1:8765`).
"""

import contextlib
import io
import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import requests
from PIL import Image

from hardware.fake.line import LinePrinter
from hardware.fake.network import NetworkPrinter
from hardware.printer.link import Link, Waits
from hardware.printer.network import NetworkLink
from hardware.printer.paper import PAPERS
from hardware.printer.serial import SerialLink

PROGRAM = Path(".venv-emupos/bin/emupos")
CONTROL = "EMUPOS_CONTROL"
MISSING = (
    "NOT RUN: the slips were printed on our own virtual printer only, no independent one.",
    "emupos is not installed: it needs Python 3.13 or later. Install one and say deploy/setup dev,",
    f"or let {CONTROL} name an emulator that runs elsewhere (tests/README.md).",
)
"""Said at the end of a run that had no emulator, so that nobody takes it for proof."""
_WAITS = Waits(write_s=5, close_s=0.2)
_START_S = 60
_FAULTS = {
    "paper-near-end": "near_end",
    "cover-open": "cover_open",
    "offline": "off_line",
}


class Rig(Protocol):
    """A printer for one width of paper, on the network and on a line."""

    def link(self, cable: str) -> Link: ...

    def fault(self, name: str) -> contextlib.AbstractContextManager[None]: ...

    def picture(self) -> Image.Image:
        """The newest slip, as that printer put it on paper."""


class Own:
    """Our own virtual printer, at the end of a real socket and a real terminal."""

    def __init__(self, folder: Path, width_mm: int) -> None:
        self._tray = folder / "tray"
        self._tray.mkdir()
        self._device = folder / "line"
        self._network = NetworkPrinter(self._tray, PAPERS[width_mm])
        self._line = LinePrinter(self._tray, PAPERS[width_mm], self._device)

    def link(self, cable: str) -> Link:
        if cable == "network":
            return NetworkLink(*self._network.address, _WAITS)
        return SerialLink(self._device, waits=_WAITS)

    @contextlib.contextmanager
    def fault(self, name: str) -> Iterator[None]:
        broken = {"paper": False} if name == "paper-out" else {_FAULTS[name]: True}
        self._control(broken)
        yield
        self._control({})

    def picture(self) -> Image.Image:
        *_, newest = sorted(self._tray.glob("slip-*.png"))
        with Image.open(newest) as picture:
            return picture.convert("1")

    def _control(self, controls: dict[str, bool]) -> None:
        fresh = self._tray / "control.new"
        fresh.write_text(json.dumps(controls))
        fresh.replace(self._tray / "control.json")

    def __enter__(self) -> "Own":
        self._network.plug_in()
        self._line.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        self._line.unplug()
        self._network.unplug()


class Emulated:
    """A printer of emupos', over its control API."""

    def __init__(self, control: str, device: dict[str, Any]) -> None:
        self._url = f"{control}/api/v1/devices/{device['id']}"
        self._ends = {end["kind"]: end for end in device["connections"]}

    def link(self, cable: str) -> Link:
        if cable == "network":
            host, _, port = self._ends["tcp"]["endpoint"].rpartition(":")
            return NetworkLink(host, int(port), _WAITS)
        return SerialLink(Path(self._ends["serial"]["device_path"]), waits=_WAITS)

    @contextlib.contextmanager
    def fault(self, name: str) -> Iterator[None]:
        requests.put(f"{self._url}/faults/{name}", timeout=5).raise_for_status()
        try:
            yield
        finally:
            requests.delete(f"{self._url}/faults/{name}", timeout=5).raise_for_status()

    def picture(self) -> Image.Image:
        answer = requests.get(f"{self._url}/receipts/latest/image", timeout=5)
        answer.raise_for_status()
        return Image.open(io.BytesIO(answer.content)).convert("1")


def is_there() -> bool:
    """Whether there is an emulator to print on."""
    return bool(os.environ.get(CONTROL)) or PROGRAM.exists()


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """The control address of an emulator that runs: the one named, else one of our own."""
    if named := os.environ.get(CONTROL):
        yield named.rstrip("/")
        return
    settings, control = _settings(folder)
    with (folder / "log").open("wb") as log:
        emulator = subprocess.Popen([PROGRAM, "run", "--config", settings], stdout=log, stderr=log)
    try:
        _await(control, emulator)
        yield control
    finally:
        _end(emulator)


def printer_of(control: str, width_mm: int) -> Emulated:
    """The printer whose id ends in the width of its paper; else the first, a wide one."""
    devices = requests.get(f"{control}/api/v1/devices", timeout=5).json()
    printers = [device for device in devices if device["type"] == "printer"]
    fitting = [device for device in printers if device["id"].endswith(str(width_mm))]
    return Emulated(control, (fitting or printers)[0])


def _settings(folder: Path) -> tuple[Path, str]:
    """An emulator's settings: a wide and a narrow printer, each on both cables."""
    control, wide, narrow = _free_ports(3)
    profile = folder / "narrow.yaml"
    profile.write_text(
        "type: printer\nname: 58 mm\ndpi: 203\nwidth_dots: 384\n"
        "font_a: { width: 12, height: 24 }\nfont_b: { width: 9, height: 17 }\n"
        "code_pages: { 0: PC437 }\ndefault_code_page: 0\ndrawer_sensor_open_level: high\n"
        "serial: { baud: 115200, data_bits: 8, parity: none, stop_bits: 1 }\n"
    )
    devices = "".join(
        f"  - id: paper-{width}\n    type: printer\n    profile: {kind}\n    connections:\n"
        f"      - tcp: {{ port: {port} }}\n      - serial: {{ pty: true }}\n"
        f"    receipts_dir: {folder}\n"
        for width, kind, port in ((80, "epson-tm-t20iii", wide), (58, profile, narrow))
    )
    settings = folder / "emupos.yaml"
    api = f"api: {{ host: 127.0.0.1, port: {control} }}\n"
    settings.write_text(f"schema: 1\n{api}devices:\n{devices}")
    return settings, f"http://127.0.0.1:{control}"


def _await(control: str, emulator: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + _START_S
    while emulator.poll() is None and time.monotonic() < give_up_at:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(f"{control}/api/v1/health", timeout=5).raise_for_status()
            return
        time.sleep(0.1)
    raise AssertionError("emupos did not start")


def _end(emulator: subprocess.Popen[bytes]) -> None:
    emulator.terminate()
    try:
        emulator.wait(timeout=10)
    except subprocess.TimeoutExpired:
        emulator.kill()
        emulator.wait()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]
