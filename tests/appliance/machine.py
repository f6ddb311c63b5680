"""A whole PC of qemu's, emulated in software: its disk is a file, and its power can be cut.

What `guest.py` cannot show: what a disk holds when the power fails. The Debian is that of a
guest in which `install` has run; here it has a kernel of its own, ext4, and no network.
The printer's tray lies outside, on this machine, as paper does.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from tests.appliance.aftermath import begun

NEEDED = ("qemu-system-x86_64", "mke2fs", "e2fsck", "debugfs")
KERNEL_PACKAGE = "linux-image-cloud-amd64"
"""What a guest lacks to be booted as a machine; it brings initramfs-tools."""
DISK_BYTES = 2 << 30
MEMORY_MB = 512
_TRAY_SERVERS = (Path("/usr/libexec/virtiofsd"), Path("/usr/lib/qemu/virtiofsd"))
"""Debian 13's, which is a package of its own, and 12's, which comes with qemu."""
BOOT_S = 600
"""Emulated, beside whatever else runs here."""
_MODULES = ("virtio_pci", "virtio_blk", "ext4", "crc32c_generic")
_KERNEL_WORDS = (
    *("root=/dev/vda", "ro", "console=ttyS0", "quiet", "panic=-1", "mitigations=off"),
    *("systemd.unit=kiosk.target", "systemd.wants=load.service", "systemd.getty_auto=0"),
)
"""The kiosk and what it needs, and a load. Logins and the rest of a Debian stay out: emulated,
each second of a boot is ten."""
_FSTAB = """/dev/vda / ext4 errors=remount-ro 0 1
tray /var/lib/kiosk/tray virtiofs nofail 0 0
"""


def hindrance() -> str:
    """Why no machine can run here; empty where one can."""
    if os.uname().machine != "x86_64":
        return "the machine is an x86_64 one, and made on one"
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if not any(path.exists() for path in _TRAY_SERVERS):
        lacking.append("virtiofsd")
    return f"there is no {', '.join(lacking)} (Debian: qemu-system-x86)" if lacking else ""


class Kernel(msgspec.Struct, frozen=True):
    """What qemu starts, without a boot loader."""

    image: Path
    initrd: Path


def kernel_of(root: Path, target: Path) -> Kernel:
    """A guest's kernel, with an initial RAM disk of what this machine needs alone."""
    (version,) = (path.name.removeprefix("vmlinuz-") for path in (root / "boot").glob("vmlinuz-*"))
    modules = root / "etc/initramfs-tools"
    (modules / "conf.d/machine").write_text("MODULES=list\n")
    (modules / "modules").write_text("\n".join(_MODULES) + "\n")
    (root / "etc/fstab").write_text(_FSTAB)
    made = ["mkinitramfs", "-o", "/boot/initrd.machine", version]
    subprocess.run(["chroot", root, *made], check=True, capture_output=True)
    kernel = Kernel(target / "vmlinuz", target / "initrd")
    shutil.copyfile(root / f"boot/vmlinuz-{version}", kernel.image)
    shutil.copyfile(root / "boot/initrd.machine", kernel.initrd)
    return kernel


def disk_of(root: Path, disk: Path, label: str = "") -> None:
    """A disk with one ext4, as Debian makes it, that holds a guest's files."""
    disk.unlink(missing_ok=True)
    with disk.open("wb") as file:
        file.truncate(DISK_BYTES)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", label, "-d", root, disk], check=True)


class Heard(msgspec.Struct, frozen=True):
    """A line of the guest's, and when it came.

    With it, how many slips were on paper, and then how long the log of writes was: what
    was told before is in that much of the log.
    """

    line: str
    at_s: float
    begun: int
    logged_bytes: int


class Machine:
    """One machine with its disk and its tray; off until `boot`.

    With a `log`, every write and flush goes there too, in order (`writelog.py`). Times are
    seconds since the power came on. `second_disk` is plugged in beside, where there is one.

    Its own clock counts what it has done (`-icount`, an instruction is 2 ** `shift` ns), so that no
    watchdog of its own goes off because this machine is busy.
    """

    kernel_words = _KERNEL_WORDS
    memory_mb = MEMORY_MB
    shift = 2
    processor = "max"

    def __init__(self, kernel: Kernel, disk: Path, tray: Path, log: Path | None = None) -> None:
        self.disk, self.tray, self._kernel, self._log = disk, tray, kernel, log
        self.second_disk: Path | None = None
        self.console = disk.with_suffix(".console")
        self._socket = disk.with_suffix(".socket")
        self._server: subprocess.Popen[bytes] | None = None
        self.heard: list[Heard] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._news = threading.Condition()
        self._began_s = 0.0

    def boot(self) -> None:
        """Give it power; what was heard before is forgotten."""
        self.heard = []
        if self._log:
            self._log.write_bytes(b"")
        self._serve_tray()
        self._began_s = time.monotonic()
        self._process = subprocess.Popen(
            self._command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._listen)
        self._reader.start()

    def wait_for(self, is_it: Callable[[str], bool], wait_s: float = BOOT_S) -> Heard:
        """The first line that is it, once it has come.

        Raises:
            TimeoutError: it did not come; the console tells more.
        """

        def found() -> Heard | None:
            return next((heard for heard in self.heard if is_it(heard.line)), None)

        with self._news:
            if heard := self._news.wait_for(found, wait_s):
                return heard
        raise TimeoutError(f"the machine did not say it: see {self.console}")

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Its disk is what a power cut at this moment would leave; then it goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WNOWAIT)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def wait_until_off(self, wait_s: float = BOOT_S) -> int:
        """Its exit code, once it has switched itself off or would boot again (0)."""
        assert self._process is not None
        return self._process.wait(wait_s)

    def cut(self) -> None:
        """End it as a power cut does. What it had said by then is heard."""
        if self._process is not None and self._reader is not None:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            for end in (self._process.stdin, self._process.stdout):
                if end is not None:
                    with contextlib.suppress(
                        BrokenPipeError
                    ):  # it did not read all that it was told
                        end.close()
            self._process = None
        if self._server is not None:
            self._server.terminate()  # it has ended by itself, once the machine was gone
            self._server.wait()
            self._server = None

    def _serve_tray(self) -> None:
        """Paper is no part of the machine: what is on it stays, at once."""
        self._socket.unlink(missing_ok=True)
        program = next(path for path in _TRAY_SERVERS if path.exists())
        options = ["-o", f"source={self.tray}", "-o", "cache=none", "-o", "sandbox=chroot"]
        with self.console.open("ab") as console:
            self._server = subprocess.Popen(
                [program, f"--socket-path={self._socket}", *options], stdout=console, stderr=console
            )
        while not self._socket.exists() and self._server.poll() is None:
            time.sleep(0.05)

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            at_s = time.monotonic() - self._began_s
            sheets = begun(self.tray)
            logged = self._log.stat().st_size if self._log else 0
            with self._news:
                self.heard.append(Heard(line.strip(), at_s, sheets, logged))
                self._news.notify_all()

    def _command(self) -> list[str]:
        words = {
            "object": [f"memory-backend-memfd,id=memory,size={self.memory_mb}M,share=on"],
            "machine": ["q35,accel=tcg,memory-backend=memory"],
            "cpu": [self.processor],
            "icount": [f"shift={self.shift}"],
            "m": [str(self.memory_mb)],
            "kernel": [str(self._kernel.image)],
            "initrd": [str(self._kernel.initrd)],
            "append": [" ".join(self.kernel_words)],
            "nic": ["none"],
            "display": ["none"],
            "serial": [f"file:{self.console}", "stdio"],
            "blockdev": self._disks(),
            "chardev": [f"socket,id=tray,path={self._socket}"],
            "device": [
                *("virtio-blk-pci,drive=disk", "virtio-rng-pci"),
                *(["virtio-blk-pci,drive=second"] if self.second_disk else []),
                "vhost-user-fs-pci,chardev=tray,tag=tray",
            ],
        }
        options = [
            word for name, values in words.items() for v in values for word in (f"-{name}", v)
        ]
        return ["qemu-system-x86_64", "-nodefaults", "-no-reboot", *options]

    def _disks(self) -> list[str]:
        second = f"driver=file,node-name=second,filename={self.second_disk}"
        more = [second] if self.second_disk else []
        if not self._log:
            return [f"driver=file,node-name=disk,filename={self.disk}", *more]
        return [
            *more,
            f"driver=file,node-name=file,filename={self.disk}",
            f"driver=file,node-name=log,filename={self._log}",
            "driver=blklogwrites,node-name=disk,file=file,log=log",
        ]
