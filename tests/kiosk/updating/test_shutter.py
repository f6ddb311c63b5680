"""Before a switch the glass is closed: whoever was at it has ended by then, and nobody begins."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.manager import Unit
from kiosk.config import Config, Device
from kiosk.errors import Occupied, Unfinished
from kiosk.occupied import DOOR_SOCKET, close
from kiosk.updating import deed, shutter
from kiosk.updating.shutter import CLOSED_S, Shutter
from tests.kiosk.cli.doorkeeper import Doorkeeper
from tests.kiosk.updating.box import Box


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(device=Device(runtime_dir=str(tmp_path / "run")))


def begin(box: Box, config: Config, *, now: bool = False, kind: str = "update") -> None:
    box.lay("1.1.0")
    deed.begin(box.where, box.manager, kind, "1.1.0", box._sleep, shutter=Shutter(config, now=now))


@pytest.mark.parametrize("kind", ["update", "rollback"])
def test_who_came_while_services_were_waited_for_is_not_disturbed(
    box: Box, config: Config, kind: str
) -> None:
    seen: list[tuple[bool, float]] = []
    with Doorkeeper(config.runtime_dir, in_use=True) as keeper:

        def leave() -> None:
            seen.append((box.where.on_trial.exists(), keeper.closed_s))
            keeper.in_use = len(seen) < 3

        box.during = leave
        begin(box, config, kind=kind)
        assert keeper.closed_s == CLOSED_S
    assert seen == [(False, 0.0)] * 3
    assert box.manager.told[-1] == f"start {deed.GUARD_UNIT}"


def test_the_glass_is_closed_last_after_all_that_is_waited_for(box: Box, config: Config) -> None:
    """The last guard, and a service that starts: half a minute and more, with the glass open."""
    closed: list[float] = []
    box.manager.restart("kiosk.target", ["kiosk-print.service"])
    with Doorkeeper(config.runtime_dir, in_use=False) as keeper:
        box.during = lambda: closed.append(keeper.closed_s)
        begin(box, config)
    assert closed
    assert set(closed) == {0.0}


def test_where_somebody_stays_nothing_is_switched(box: Box, config: Config) -> None:
    began_s = box.now_s
    with (
        Doorkeeper(config.runtime_dir, in_use=True),
        pytest.raises(Occupied, match="next: wait, or add --now"),
    ):
        begin(box, config)
    assert box.now_s - began_s >= shutter.LONGEST_VISIT_S
    assert not box.where.on_trial.exists()
    assert box.manager.units([deed.GUARD_UNIT]) == {deed.GUARD_UNIT: Unit()}


def test_now_waits_for_nobody(box: Box, config: Config) -> None:
    began_s = box.now_s
    with Doorkeeper(config.runtime_dir, in_use=True):
        begin(box, config, now=True)
    assert box.now_s == began_s
    assert box.where.on_trial.exists()


def test_a_guard_that_does_not_start_leaves_the_glass_open(box: Box, config: Config) -> None:
    box.manager.masked.add(deed.GUARD_UNIT)
    with Doorkeeper(config.runtime_dir, in_use=False) as keeper:
        with pytest.raises(Unfinished):
            begin(box, config)
        assert keeper.closed_s == 0.0


def test_a_box_whose_glass_does_not_run_is_switched(box: Box, config: Config) -> None:
    begin(box, config)
    assert box.where.on_trial.exists()


@contextmanager
def former_glass(path: Path, *, in_use: bool) -> Iterator[None]:
    """One that knows a single question, and hangs up at every other."""
    path.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()

        def answer() -> None:
            for _ in range(2):
                guest, _ = door.accept()
                with guest:
                    if guest.recv(1000) == b'{"type":"use"}':
                        guest.sendall(b'{"in_use":%s}' % str(in_use).lower().encode())

        answering = threading.Thread(target=answer)
        answering.start()
        yield
        answering.join()


@pytest.mark.parametrize(("in_use", "use"), [(True, "in_use"), (False, "free")])
def test_a_former_releases_glass_is_looked_at_once_more(
    config: Config, in_use: bool, use: str
) -> None:
    with former_glass(config.runtime_dir / DOOR_SOCKET, in_use=in_use):
        assert close(config, CLOSED_S) == use
