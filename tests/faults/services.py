"""A box whose services are processes that may be killed: `kiosk ui`, `print` and `sync`."""

import os
import time
import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from subprocess import Popen

from deploy.demo.processes import Processes
from deploy.demo.product import program
from kiosk.clock import instant
from kiosk.config import load
from kiosk.form.model import CHANCE_BYTES, Draft
from kiosk.intake import Intake, Receipt
from kiosk.profile import load_profile
from sync.case import Kind
from sync.doorbell import PRINT_BELL, SYNC_BELL, is_answered, ring
from sync.identity import join
from sync.store import STORE_FILE, OutboxEntry, SlipState, Store
from tests.faults.town import PROFILE, Town

WAIT_S = 60
IMPATIENT_S = 2.0
"""After this the agent takes central for gone; it also bounds its wait after a kill."""


class Services:
    """A box in `folder` that has joined a town; nothing of it runs yet.

    Cases may also be handed in here, by the real intake in this process: with those the
    box is kept busy while a service is killed again and again.
    """

    def __init__(self, folder: Path, town: Town, processes: Processes) -> None:
        self.state, self.run, self.tray = folder / "state", folder / "run", folder / "tray"
        self.settings, self._processes = folder / "kiosk.toml", processes
        self.run.mkdir(parents=True)
        join_file = folder / "join.toml"
        join_file.write_text(town.join_file())
        self.identity = join(join_file, self.state)
        self.settings.write_text(
            f'[device]\nstate_dir = "{self.state}"\nruntime_dir = "{self.run}"\n'
            f'profile = "{PROFILE}"\n[printer]\ntray_dir = "{self.tray}"\n'
            f"[sync]\nbeat_every_s = 1\ntimeout_s = {IMPATIENT_S}\n"
            "[glass]\nwidth = 1024\nheight = 600\nfullscreen = false\nidle_s = 600\n"
        )
        self.config = load(self.settings)
        self.store = Store.open(self.state / STORE_FILE)
        clock = partial(instant, self.config)
        profile = load_profile(PROFILE)
        self._intake = Intake(self.identity, profile, self.store, clock, self.wake)

    def start(self, name: str, *words: str, **environment: str) -> Popen[bytes]:
        """Start a service; its log goes on where that of an earlier run ended."""
        found = {"KIOSK_CONFIG": str(self.settings), **environment}
        return self._processes.start(name, [program("kiosk"), name, *words], found)

    def start_printing(self) -> Popen[bytes]:
        """Put in a new roll and start the spooler."""
        (self.tray / "roll.json").unlink(missing_ok=True)
        return self.start("print")

    def log(self, name: str) -> str:
        """All that the runs of a service said."""
        return self._processes.log(name).read_text()

    def submit(self) -> str:
        """A resident hands in a case; the reference of what was kept."""
        return self.hand_in().reference

    def hand_in(self, words: str = "ไฟดับที่ปากซอย", name: str = "", phone: str = "") -> Receipt:
        """The same, with the resident's own words."""
        complaint = Draft(
            case_id=uuid.uuid4(),
            chance=os.urandom(CHANCE_BYTES),
            kind=Kind.COMPLAINT,
            topic_code="street_light",
            words=words,
            village_code="village-3",
            name=name,
            phone=phone,
        )
        return self._intake.submit(complaint, "th")

    def wake(self) -> None:
        """Ring at the spooler's and the agent's."""
        ring(self.run / PRINT_BELL)
        ring(self.run / SYNC_BELL)

    def serves(self, bell: str) -> bool:
        """Whether a service listens at its bell."""
        return is_answered(self.run / bell)

    def entries(self) -> list[OutboxEntry]:
        """The whole outbox."""
        return self.store.outbox_entries(1_000_000)

    def slips(self) -> Counter[SlipState]:
        """How many slips are in which state."""
        return Counter(job.state for job in self.store.slip_jobs(1_000_000))

    def close(self) -> None:
        """Close the store; the processes end with whoever holds them."""
        self.store.close()


def kill_again_and_again(
    start: Callable[[], Popen[bytes]],
    serves: Callable[[], bool],
    work: Callable[[], object],
    kills: int,
    chance: Random,
) -> None:
    """Start a process and kill it; meanwhile work is done.

    Some kills fall into its start, others after it, however slow the machine is.
    """
    took_s = _time_to_serve(start, serves)
    for _ in range(kills):
        process = start()
        ends_s = time.monotonic() + chance.uniform(0, took_s + 0.8)
        while time.monotonic() < ends_s:
            work()
            time.sleep(0.01)
        process.kill()
        process.wait()


def _time_to_serve(start: Callable[[], Popen[bytes]], serves: Callable[[], bool]) -> float:
    """Seconds from its start until a process serves, here and now; it is killed then."""
    began_s = time.monotonic()
    process = start()
    wait_until(serves, "a first start")
    took_s = time.monotonic() - began_s
    process.kill()
    process.wait()
    return took_s


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Raises TimeoutError after a minute."""
    ends_s = time.monotonic() + WAIT_S
    while not is_so():
        if time.monotonic() > ends_s:
            raise TimeoutError(f"waited {WAIT_S} s for {what}")
        time.sleep(0.05)
