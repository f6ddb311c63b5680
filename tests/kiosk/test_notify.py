import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import notify


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(1)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


def test_systemd_hears_ready_alive_and_stopping(systemd: socket.socket) -> None:
    notify.ready("central reachable")
    notify.alive()
    notify.alive("3 records wait")
    notify.stopping()
    assert [systemd.recv(200) for _ in range(4)] == [
        b"READY=1\nSTATUS=central reachable",
        b"WATCHDOG=1",
        b"WATCHDOG=1\nSTATUS=3 records wait",
        b"STOPPING=1",
    ]


def test_an_abstract_address_works_too(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"rapfang-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name)
        listening.settimeout(1)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name)
        notify.ready()
        assert listening.recv(200) == b"READY=1"


def test_where_no_systemd_is_nothing_happens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify.ready()
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    notify.alive()


@pytest.mark.parametrize(
    ("period", "watched", "expected"),
    [
        ("30000000", None, 30.0),
        pytest.param("30000000", str(os.getpid()), 30.0, id="ours"),
        ("30000000", "1", None),
        ("", None, None),
        ("soon", None, None),
    ],
)
def test_the_watchdog_is_ours_or_nobodys(
    period: str, watched: str | None, expected: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", period)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    if watched:
        monkeypatch.setenv("WATCHDOG_PID", watched)
    assert notify.watchdog_s() == expected
