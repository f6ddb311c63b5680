"""A counter without a glass: `python -m tests.faults.counter WORDS` submits one case and ends.

It reads the device's clock as the glass does, so that a faked clock reaches the record.
Prints the reference, and the tracking key.
"""

import os
import sys
import uuid
from functools import partial
from pathlib import Path

from kiosk.clock import instant
from kiosk.config import config_path, load
from kiosk.form.model import CHANCE_BYTES, Draft
from kiosk.intake import Intake
from kiosk.profile import load_profile
from sync.doorbell import PRINT_BELL, SYNC_BELL, ring
from sync.identity import load_identity
from sync.store import STORE_FILE, Store


def main(words: str) -> None:
    """Submit a complaint, ring the bells, tell what is on the slip."""
    config = load(config_path())
    complaint = Draft(
        case_id=uuid.uuid4(),
        chance=os.urandom(CHANCE_BYTES),
        topic_code="street_light",
        words=words,
        village_code="village-3",
    )

    def ring_both() -> None:
        for bell in (PRINT_BELL, SYNC_BELL):
            ring(config.runtime_dir / bell)

    with Store.open(config.state_dir / STORE_FILE) as store:
        intake = Intake(
            load_identity(config.state_dir),
            load_profile(Path(config.device.profile)),
            store,
            partial(instant, config),
            ring_both,
        )
        receipt = intake.submit(complaint, "th")
    print(receipt.reference, receipt.tracking_key)


if __name__ == "__main__":
    main(sys.argv[1])
