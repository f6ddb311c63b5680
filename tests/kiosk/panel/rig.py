"""A front panel with a virtual board, and whoever acts for its buttons."""

import select
import threading
import time
from collections.abc import Callable
from pathlib import Path

from hardware.fake.panel import VirtualPanel
from hardware.panel.parts import PARTS, USUAL
from kiosk.config import Config, Device, Fitted, HealthSettings, PanelSettings
from kiosk.panel.front import FrontPanel
from kiosk.panel.trial import TRIAL_SOCKET

BCM = {part: line.bcm for part, line in USUAL.items()}


class Acting:
    """What the glass would do, in a list."""

    def __init__(self) -> None:
        self.done: list[object] = []
        self.is_in_use = False
        self.keeps = True

    def press(self, scores: list[int]) -> bool:
        self.done += scores
        return self.keeps

    def call_staff(self) -> bool:
        self.done.append("call")
        return True

    def wake(self) -> None:
        self.done.append("wake")

    def switch_off(self) -> None:
        self.done.append("off")

    def keep_event(self, kind: str, found_at_start: bool) -> bool:
        if self.keeps:
            self.done.append((kind, found_at_start))
        return self.keeps


def config_of(folder: Path, **panel: object) -> Config:
    """A box with every part, or as `panel` says."""
    settings = {"driver": "virtual", "device": str(folder / "board.sock"), **panel}
    fitted = dict.fromkeys(PARTS, Fitted()) if not set(panel) & set(PARTS) else {}
    device = Device(
        state_dir=str(folder),
        runtime_dir=str(folder / "run"),
        profile=str(Path(__file__).parents[3] / "deploy/profiles/tha-kasem/profile.toml"),
    )
    health = HealthSettings(driver="virtual", machine_dir=str(folder / "machine"))
    return Config(device=device, health=health, panel=PanelSettings(**fitted, **settings))


class Looping:
    """A loop as the glass has one, on a thread: it sleeps until somebody wakes it."""

    def __init__(self, front: FrontPanel, folder: Path) -> None:
        self._front, self._watched = front, {}
        self._ended = threading.Event()
        (folder / "run").mkdir(exist_ok=True)
        front.look()
        assert front.panel is not None
        self.watch(front.panel, lambda: None)
        front.trial.listen(self, folder / "run" / TRIAL_SOCKET)
        self._thread = threading.Thread(target=self._run)

    def watch(self, what: object, callback: Callable[[], None]) -> None:
        self._watched[what.fileno()] = callback

    def unwatch(self, what: object) -> None:
        self._watched.pop(what.fileno(), None)

    def turn(self, most_s: float = 0.05) -> None:
        due_s = self._front.attend()
        until_s = most_s if due_s is None else min(due_s, most_s)
        ready, _, _ = select.select(list(self._watched), [], [], until_s)
        for number in ready:
            if number in self._watched:
                self._watched[number]()

    def until(self, is_so: Callable[[], bool]) -> None:
        end_s = time.monotonic() + 10
        while not is_so():
            assert time.monotonic() < end_s
            self.turn()

    def _run(self) -> None:
        while not self._ended.is_set():
            self.turn()

    def __enter__(self) -> "Looping":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


def closed_cabinet(board: VirtualPanel) -> None:
    board.drive(BCM["cabinet"], level=False)
