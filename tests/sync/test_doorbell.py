import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sync.doorbell import Doorbell, is_answered, ring


def test_rings_of_one_moment_become_one(tmp_path: Path) -> None:
    with Doorbell(tmp_path / "ui.sock") as bell:
        for _ in range(5):
            ring(bell.path)
        assert bell.wait(1)
        assert not bell.wait(0)


def test_waiting_ends_as_soon_as_somebody_rings(tmp_path: Path) -> None:
    with Doorbell(tmp_path / "ui.sock") as bell:
        threading.Timer(0.05, ring, [bell.path]).start()
        begun = time.monotonic()
        assert bell.wait(5)
        assert time.monotonic() - begun < 2


def test_nobody_ringing_is_told_by_false(tmp_path: Path) -> None:
    with Doorbell(tmp_path / "ui.sock") as bell:
        assert bell.wait(0.01) is False


def test_an_urgent_ring_is_known_until_the_next_wait(tmp_path: Path) -> None:
    with Doorbell(tmp_path / "ui.sock") as bell:
        ring(bell.path)
        ring(bell.path, urgent=True)
        ring(bell.path)
        assert bell.wait(1)
        assert bell.urgent
        ring(bell.path)
        assert bell.wait(1)
        assert not bell.urgent


def test_ringing_where_nobody_listens_does_nothing(tmp_path: Path) -> None:
    ring(tmp_path / "nobody.sock")
    ring(tmp_path / "no" / "such" / "place.sock")
    ring(tmp_path / ("far" * 60))
    Doorbell(tmp_path / "gone.sock").close()
    ring(tmp_path / "gone.sock")


def test_ringing_a_sleeper_a_thousand_times_never_waits(tmp_path: Path) -> None:
    with Doorbell(tmp_path / "ui.sock") as bell:
        begun = time.monotonic()
        for _ in range(1000):
            ring(bell.path)
        assert time.monotonic() - begun < 2
        assert bell.wait(0)


def test_a_restarted_process_listens_at_the_same_place(tmp_path: Path) -> None:
    first = Doorbell(tmp_path / "ui.sock")
    with Doorbell(tmp_path / "ui.sock") as second:
        first.close()
        ring(second.path)
        assert second.wait(1)


def test_one_can_see_whether_somebody_listens(tmp_path: Path) -> None:
    assert not is_answered(tmp_path / "ui.sock")
    with Doorbell(tmp_path / "ui.sock") as bell:
        assert is_answered(bell.path)
        assert not bell.wait(0)
    assert not is_answered(tmp_path / "ui.sock")


NETWORK_COMES_UP = """
import subprocess, sys
from pathlib import Path
from sync.doorbell import Doorbell
address = [*sys.argv[2:], "dev", "lo"]
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
with Doorbell(Path(sys.argv[1]), network=True) as bell:
    assert not bell.wait(0.05)
    subprocess.run(["ip", "address", "add", *address], check=True)
    assert bell.wait(2) and bell.urgent
    bell.wait(0.2)
    subprocess.run(["ip", "address", "delete", *address], check=True)
    assert not bell.wait(0.2)
"""


@pytest.mark.parametrize("address", [["127.9.9.9/8"], ["fd00::9/64", "nodad"]])
def test_the_network_coming_up_is_an_urgent_ring(tmp_path: Path, address: list[str]) -> None:
    if os.geteuid() or not shutil.which("unshare") or not shutil.which("ip"):
        pytest.skip("a network of one's own is for root")
    alone = ["unshare", "--net", sys.executable, "-c", NETWORK_COMES_UP, str(tmp_path / "b")]
    subprocess.run([*alone, *address], check=True)
