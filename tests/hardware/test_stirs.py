import os
import select
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.stirs import Stirs

UEVENTS, FROM_UDEV = 15, 2


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[dict[str, int]]:
    """Two devices as pipes: an end of ours writes what the kernel would."""
    ends = {}
    for name in ("event0", "event1"):
        os.mkfifo(tmp_path / name)
        ends[name] = os.open(tmp_path / name, os.O_RDWR | os.O_NONBLOCK)
    yield ends
    for end in ends.values():
        os.close(end)


def is_readable(stirs: Stirs) -> bool:
    return bool(select.select([stirs], [], [], 0)[0])


def test_it_wakes_once_for_what_stirs_at_any_device(nodes: dict[str, int], tmp_path: Path) -> None:
    with Stirs(tmp_path) as stirs:
        for end in nodes.values():
            assert not is_readable(stirs)
            os.write(end, b"\x01" * 24 * 40)
            assert is_readable(stirs)
            stirs.drain()
        assert not is_readable(stirs)


def test_a_device_that_is_pulled_out_wakes_once_and_no_more(
    nodes: dict[str, int], tmp_path: Path
) -> None:
    with Stirs(tmp_path) as stirs:
        (tmp_path / "event1").unlink()
        os.close(nodes.pop("event1"))
        assert is_readable(stirs)
        stirs.drain()
        assert not is_readable(stirs)
        os.write(nodes["event0"], b"\x01" * 24)
        assert is_readable(stirs), "the other goes on"


def test_a_device_that_is_plugged_in_is_heard_after_a_look(
    nodes: dict[str, int], tmp_path: Path
) -> None:
    with Stirs(tmp_path) as stirs:
        os.mkfifo(tmp_path / "event2")
        nodes["event2"] = os.open(tmp_path / "event2", os.O_RDWR | os.O_NONBLOCK)
        stirs.look()
        os.write(nodes["event2"], b"\x01")
        assert is_readable(stirs)


def test_a_device_is_opened_once_udev_has_let_us_read_it(
    nodes: dict[str, int], tmp_path: Path
) -> None:
    """The kernel tells of it before: then its node is root's alone."""
    with (
        socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, UEVENTS) as udev,
        Stirs(tmp_path) as it,
    ):
        os.mkfifo(tmp_path / "event2")
        nodes["event2"] = os.open(tmp_path / "event2", os.O_RDWR | os.O_NONBLOCK)
        try:
            udev.sendto(b"add@/devices/virtual/input/event2", (0, FROM_UDEV))
        except PermissionError:
            pytest.skip("UDEV IS NOT PLAYED: only root may")
        assert is_readable(it)
        it.drain()
        os.write(nodes["event2"], b"\x01")
        assert is_readable(it)


def test_without_a_device_nobody_relies_on_it(tmp_path: Path) -> None:
    with Stirs(tmp_path) as stirs:
        assert not stirs.hears
