"""Residents without a glass: hands in cases until the power fails.

Runs in the machine, as the user kiosk, with the release's Python. Each line it says is true
on the disk already: `store ok|BAD EVIDENCE`, `held NUMBER` of cases, `serving` once spooler and
agent answer, then `kept CASE-ID` for each case.
"""

import os
import time
import uuid
from functools import partial
from pathlib import Path

from kiosk.clock import instant
from kiosk.config import Config, config_path, load
from kiosk.doctor.store import disk as doctors_disk
from kiosk.doctor.store import store as doctors_store
from kiosk.form.model import CHANCE_BYTES, Draft
from kiosk.intake import Intake
from kiosk.profile import load_profile
from sync.doorbell import PRINT_BELL, SYNC_BELL, is_answered, ring
from sync.identity import load_identity
from sync.store import STORE_FILE, SlipState, Store

BELLS = (PRINT_BELL, SYNC_BELL)
MOST_WAITING = 6
"""Slips: the spooler is never idle, and never for ever behind."""
_GLANCE_S = 0.1


def say(*words: object) -> None:
    """A line on the serial port, out of this machine at once."""
    print(*words, flush=True)


def complaint() -> Draft:
    """What a resident wrote."""
    return Draft(
        case_id=uuid.uuid4(),
        chance=os.urandom(CHANCE_BYTES),
        topic_code="street_light",
        words="ไฟดับที่ปากซอย",
        village_code="village-3",
    )


def main() -> None:
    """Look, as the doctor does; wait for the services; then work."""
    config = load(config_path())
    for look in (doctors_store, doctors_disk):
        finding = look(config)
        say(finding.name, "ok" if finding.is_well else "BAD", finding.evidence)
    with Store.open(config.state_dir / STORE_FILE) as store:
        say("held", len(store.slip_jobs(1_000_000)))
        while not all(is_answered(config.runtime_dir / bell) for bell in BELLS):
            time.sleep(_GLANCE_S)
        say("serving")
        work(config, store)


def work(config: Config, store: Store) -> None:
    """Hand in one case after another."""

    def ring_both() -> None:
        for bell in BELLS:
            ring(config.runtime_dir / bell)

    profile = load_profile(Path(config.device.profile))
    identity = load_identity(config.state_dir)
    intake = Intake(identity, profile, store, partial(instant, config), ring_both)
    while True:
        if store.slip_counts().get(SlipState.WAITING, 0) < MOST_WAITING:
            say("kept", intake.submit(complaint(), "th").case_id)
        else:
            time.sleep(_GLANCE_S)


if __name__ == "__main__":
    main()
