"""`deploy/image` on a stand-in for Raspberry Pi OS: a Debian on two partitions, FAT and ext4."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import bundling
from tests.appliance.conftest import SUITE
from tests.appliance.guest import CHECKOUT, FOLDER, prepared

TABLE = "label: dos\nstart=8192, size=131072, type=c\nstart=139264, type=83\n"
TOOLS = ("sfdisk", "mkfs.vfat", "mkfs.ext4", "losetup")


def boot_file_system() -> str:
    """FAT, as on a Pi's card; where this machine's kernel has none, another does for this."""
    return "mkfs.vfat" if "vfat" in Path("/proc/filesystems").read_text() else "mkfs.ext4"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A card's image with a kernel's command line, on which nothing of ours is."""
    for tool in TOOLS:
        if shutil.which(tool) is None:
            pytest.skip(f"NO IMAGE WAS MADE: there is no {tool}")
    image = FOLDER / "base.img"
    image.unlink(missing_ok=True)
    with image.open("wb") as file:
        file.truncate(900 << 20)
    subprocess.run(["sfdisk", "--quiet", "--no-reread", image], input=TABLE, text=True, check=True)
    boot = tmp_path_factory.mktemp("boot") / "boot.img"
    with boot.open("wb") as file:
        file.truncate(64 << 20)
    subprocess.run([boot_file_system(), boot], check=True, capture_output=True)
    root = ["mkfs.ext4", "-q", "-d", prepared(SUITE), "-E", f"offset={139264 * 512}", image, "800M"]
    subprocess.run(root, check=True)
    write = ["dd", f"if={boot}", f"of={image}", "bs=512", "seek=8192", "conv=notrunc,sparse"]
    subprocess.run(write, check=True, capture_output=True)
    with mounted(image, 8192, tmp_path_factory.mktemp("mounted")) as there:
        (there / "cmdline.txt").write_text("console=tty1 root=/dev/mmcblk0p2 rootwait\n")
        (there / "config.txt").write_text("arm_64bit=1\n")
    return image


class mounted:  # noqa: N801 reads as a context
    """A partition of an image, by its first sector, in a folder while this lasts."""

    def __init__(self, image: Path, sector: int, folder: Path) -> None:
        self._image, self._sector, self._folder = image, sector, folder

    def __enter__(self) -> Path:
        loop = ["losetup", "--find", "--show", "--offset", str(self._sector * 512), self._image]
        self._loop = subprocess.run(loop, capture_output=True, text=True, check=True).stdout.strip()
        subprocess.run(["mount", self._loop, self._folder], check=True)
        return self._folder

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", self._folder], check=True)
        subprocess.run(["losetup", "--detach", self._loop], check=True)


@pytest.fixture(scope="module")
def image(base: Path, bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A card for one box, with its join file."""
    made = FOLDER / "kiosk.img"
    made.unlink(missing_ok=True)
    command = [CHECKOUT / "deploy/image", base, bundling.pack(bundle), made]
    given = tmp_path_factory.mktemp("given")
    (given / "B2.toml").write_text("as central made it\n")
    key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", given / "me"]
    subprocess.run(key, check=True)
    command += ["--ssh-key", given / "me.pub", "--ssh-user", "somchai", "--join", given / "B2.toml"]
    done = subprocess.run(
        [*command, "--release-key", FOLDER / "release.pub"],
        env={**os.environ, "GROW_MB": "1500"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "install: done" in done.stdout, done.stdout + done.stderr
    assert "next: write it to one card" in done.stdout
    assert made.stat().st_mode & 0o077 == 0  # it holds secrets
    yield made
    made.unlink()
    base.unlink()


def test_a_card_is_made_on_which_the_kiosk_starts_by_itself(image: Path, tmp_path: Path) -> None:
    with mounted(image, 139264, tmp_path) as root:
        assert (root / "opt/rapfang/current/bin/kiosk").exists()
        wanted = root / "etc/systemd/system/multi-user.target.wants"
        assert (wanted / "kiosk.target").is_symlink()
        assert (root / "etc/kiosk/release.pub").exists()
        assert (root / "etc/machine-id").read_text() == ""
        assert (root / "etc/systemd/system/userconfig.service").readlink() == Path("/dev/null")
        assert shutil.disk_usage(root).total > 2_000_000_000


def test_its_kernel_has_the_words_a_box_needs(image: Path, tmp_path: Path) -> None:
    with mounted(image, 8192, tmp_path) as boot:
        assert "rootwait cgroup_enable=memory" in (boot / "cmdline.txt").read_text()
        assert "dtparam=watchdog=on" in (boot / "config.txt").read_text()
        assert (boot / "kiosk-join.toml").read_text() == "as central made it\n"


def test_the_technician_logs_in_with_the_key_that_was_given(image: Path, tmp_path: Path) -> None:
    with mounted(image, 139264, tmp_path) as root:
        assert (root / "home/somchai/.ssh/authorized_keys").read_text().startswith("ssh-ed25519 ")
        owner = (root / "home/somchai").stat().st_uid
        assert (root / "home/somchai/.ssh/authorized_keys").stat().st_uid == owner != 0
        assert "NOPASSWD" in (root / "etc/sudoers.d/rapfang-somchai").read_text()
        assert (root / "etc/ssh/sshd_config.d/10-rapfang.conf").exists()
        assert not (root / "root/.ssh/authorized_keys").exists()
