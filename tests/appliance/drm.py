"""A machine with a panel: a display that Debian's kernel drives by DRM, and a finger on it.

Emulated as `machine.py` does it. The picture is what the display device was last told to
show.
"""

import json
import shutil
import socket
import uuid
from pathlib import Path
from typing import Any

from PIL import Image

from tests.appliance.guest import Guest
from tests.appliance.machine import Kernel, Machine

KERNEL_PACKAGE = "linux-image-amd64"
"""The cloud's kernel has no DRM."""
MEMORY_MB = 1024
"""The smallest Pi 4's."""
KERNEL_WORDS = (
    *("root=/dev/vda", "ro", "console=ttyS0", "console=tty1", "panic=-1", "mitigations=off"),
    *("quiet", "logo.nologo", "vt.global_cursor_default=0", "consoleblank=0"),
)
"""As `install` has them on a Pi; and everything that a Debian starts."""
_LISTEN = "usr/local/lib/listen"
_LISTENS = """#!/bin/bash
# Does what comes through the serial port; each answer ends with the asker's word.
stty -F /dev/ttyS1 raw -echo
exec </dev/ttyS1 >/dev/ttyS1
echo listening
while read -r word command; do
  eval "$command" </dev/null 2>&1
  printf '\\n%s %s\\n' "$word" $?
done
"""
_FINGER = "usr/local/lib/finger.py"
_UNITS = {
    "listen": f"""[Unit]
DefaultDependencies=no
[Service]
ExecStart=/{_LISTEN}
[Install]
WantedBy=multi-user.target
""",
    "finger": f"""[Unit]
DefaultDependencies=no
After=systemd-modules-load.service
Before=kiosk-ui.service
[Service]
ExecStartPre=/sbin/modprobe uinput
ExecStart=/usr/bin/python3 /{_FINGER} WIDTH HEIGHT
[Install]
WantedBy=multi-user.target
""",
}


def prepare(box: Guest, width: int, height: int) -> None:
    """From the next boot on it listens on its serial port, and a panel takes fingers."""
    (box.root / _LISTEN).write_text(_LISTENS)
    (box.root / _LISTEN).chmod(0o755)
    shutil.copyfile(Path(__file__).with_name("finger.py"), box.root / _FINGER)
    for name, unit in _UNITS.items():
        text = unit.replace("WIDTH HEIGHT", f"{width} {height}")
        (box.root / f"etc/systemd/system/{name}.service").write_text(text)
    box.run("systemctl", "enable", *_UNITS)


class PanelMachine(Machine):
    """A machine with a panel of `width` by `height` pixels, to look at and to touch."""

    kernel_words = KERNEL_WORDS
    memory_mb = MEMORY_MB
    shift = 0
    """About the speed of one core of a Pi 4, so that its units' patience is what it is there."""
    processor = "Nehalem"
    """Without AVX: what qemu 7.2 makes of it leaves textures out of llvmpipe's pictures."""

    def __init__(self, kernel: Kernel, disk: Path, tray: Path, size: tuple[int, int]) -> None:
        super().__init__(kernel, disk, tray)
        self.size = size
        self._monitor = disk.with_suffix(".monitor")

    def ask(self, command: str, wait_s: float = 600) -> str:
        """What a command says in the machine, run by root, whether it went well or not."""
        word = uuid.uuid4().hex
        assert self._process is not None
        assert self._process.stdin is not None
        self.wait_for(lambda line: line == "listening")
        before = len(self.heard)
        self._process.stdin.write(f"{word} {command}\n")
        self._process.stdin.flush()
        self.wait_for(lambda line: line.startswith(word), wait_s)
        lines = [heard.line for heard in self.heard[before:]]
        end = next(number for number, line in enumerate(lines) if line.startswith(word))
        return "\n".join(lines[:end]).strip()

    def picture(self) -> Image.Image:
        """What the panel shows now."""
        shown = self.disk.with_suffix(".ppm")
        self._tell("screendump", filename=str(shown))
        with Image.open(shown) as picture:
            picture.load()
        return picture

    def tap(self, x: int, y: int) -> None:
        """A finger on the panel, for a moment."""
        self.ask(f"echo {x} {y} >/run/finger")

    def _command(self) -> list[str]:
        width, height = self.size
        return [
            *super()._command(),
            *("-device", f"virtio-vga,xres={width},yres={height}"),
            *("-qmp", f"unix:{self._monitor},server=on,wait=off"),
        ]

    def _tell(self, command: str, **arguments: Any) -> None:
        """One command of qemu's own, by QMP; returns once it is done."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self._monitor))
            words = line.makefile("rw")
            asked = ("qmp_capabilities", {}), (command, arguments)
            for execute, its in asked:
                words.write(json.dumps({"execute": execute, "arguments": its}) + "\n")
            words.flush()
            answers = (json.loads(said) for said in words)
            returned = (answer for answer in answers if "return" in answer or "error" in answer)
            for _ in asked:
                if "error" in (answer := next(returned)):
                    raise RuntimeError(f"{command}: {answer['error']}")
