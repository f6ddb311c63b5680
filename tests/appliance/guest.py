"""A Debian that boots: systemd as PID 1 in a name space of its own, and no network at all.

Made by mmdebstrap, booted by systemd-nspawn; needs root. What is done in it is done by
`nsenter` on its first process, since nothing of it is registered anywhere.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("APPLIANCE_DIR") or CHECKOUT / "var/appliance")
"""Guests as they were made, a folder for each suite; and where they run."""
PACKAGES = (
    *("systemd", "systemd-sysv", "udev", "dbus", "libpam-systemd", "python3", "ca-certificates"),
    *("openssh-server", "iproute2", "netbase", "procps", "openssl", "sudo"),
)
"""What Raspberry Pi OS Lite has anyway, of what matters here."""
NEEDED = ("mmdebstrap", "systemd-nspawn", "nsenter", "unshare")
BOOT_S = 60
_CLEAN = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


def hindrance() -> str:
    """Why no guest can run here; empty where one can."""
    if os.geteuid() != 0:
        return "it needs root"
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    return f"there is no {', '.join(lacking)}" if lacking else ""


def prepared(suite: str, more: str = "") -> Path:
    """A Debian as `suite` has it now; made once, from the mirror this machine uses.

    `more` is one package beside the usual ones.
    """
    target = FOLDER / "-".join(filter(None, (suite, more)))
    if target.exists():
        return target
    FOLDER.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    wanted = ",".join(filter(None, (*PACKAGES, more)))
    command = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={wanted}"]
    subprocess.run([*command, suite, draft], check=True)
    draft.rename(target)
    return target


class Guest:
    """A copy of a prepared Debian, under `root`, that runs until it is stopped.

    `shared` are folders of this machine that it sees read-only, by their place in it;
    `target` is what its systemd starts, instead of everything.
    """

    def __init__(self, root: Path, shared: dict[str, Path] | None = None, target: str = "") -> None:
        self.root = root
        self._shared = shared or {}
        self._told = ["--", f"--unit={target}"] if target else []
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def fresh(
        cls, suite: str, name: str, shared: dict[str, Path] | None = None, more: str = ""
    ) -> Self:
        """A new copy of `suite` called `name`; an old one of that name is gone."""
        root = FOLDER / f"guest-{name}"
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run(
            ["cp", "--archive", "--reflink=auto", prepared(suite, more), root], check=True
        )
        (root / "etc/hostname").write_text("rapfang-guest\n")
        return cls(root, shared)

    @property
    def console(self) -> Path:
        """What the guest writes to its console, over all boots."""
        return self.root.with_name(f"{self.root.name}.console")

    def boot(self) -> None:
        """Start it, and wait until its systemd answers and has nothing more to start."""
        binds = [f"--bind-ro={path}:{place}" for place, path in self._shared.items()]
        with self.console.open("ab") as console:
            self._process = subprocess.Popen(
                [Path(__file__).with_name("boot"), self.root, *binds, *self._told],
                stdout=console,
                stderr=console,
                start_new_session=True,
            )
        self.wait_until_up()

    def wait_until_up(self, wait_s: float = BOOT_S) -> str:
        """Wait for the end of the boot; how it is then, `running` or `degraded`.

        Raises:
            TimeoutError: it did not come up; its console tells more.
        """
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            with contextlib.suppress(LookupError):
                state = self.run("systemctl", "is-system-running", "--wait", check=False).stdout
                if state.strip() in ("running", "degraded"):
                    return state.strip()
            time.sleep(0.2)
        said = self.console.read_text(errors="replace").strip().splitlines()[-1:]
        raise TimeoutError(f"the guest did not boot: {''.join(said)} ({self.console})")

    def leader(self) -> int:
        """Its first process, by the number that this machine has for it.

        Raises:
            LookupError: it does not run now.
        """
        if self._process is not None:
            for pid in _descendants(self._process.pid):
                if _is_first(pid):
                    return pid
        raise LookupError("the guest does not run")

    def run(
        self, *command: str | Path, check: bool = True, text: str = "", timeout_s: float = 600
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it as root, and wait for its end."""
        return subprocess.run(
            [*self.entering(), *command],
            input=text,
            capture_output=True,
            text=True,
            check=check,
            timeout=timeout_s,
        )

    def entering(self) -> list[str]:
        """The beginning of a command that is to run in it."""
        inside = [
            "nsenter",
            f"--target={self.leader()}",
            "--mount",
            "--uts",
            "--ipc",
            "--net",
            "--pid",
        ]
        return [*inside, "env", "-i", *(f"{name}={value}" for name, value in _CLEAN.items())]

    def cut(self) -> None:
        """End it as a power cut does: at once, and nobody is told."""
        with contextlib.suppress(LookupError):
            os.kill(self.leader(), signal.SIGKILL)
        self._ended()

    def stop(self) -> None:
        """Switch it off in order."""
        with contextlib.suppress(LookupError):
            self.run("systemctl", "poweroff", check=False)
        self._ended()

    def _ended(self) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        _remove_groups(self._process.pid)
        self._process = None


def _is_first(pid: int) -> bool:
    """Whether it is number 1 in a name space of its own."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    [numbers] = [line.split()[1:] for line in status.splitlines() if line.startswith("NSpid:")]
    return numbers[1:] == ["1"]


def _remove_groups(pid: int) -> None:
    """The control groups that `boot` made, now that nothing runs in them."""
    for made in Path("/sys/fs/cgroup").glob(f"**/rapfang.{pid}"):
        for group in sorted(made.glob("**/"), reverse=True):
            with contextlib.suppress(OSError):
                group.rmdir()


def _descendants(pid: int) -> Iterator[int]:
    """A process's children, theirs, and so on."""
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                yield child
                yield from _descendants(child)
