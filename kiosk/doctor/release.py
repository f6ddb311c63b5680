"""What became of the last update."""

from datetime import UTC, datetime, timedelta

from kiosk.config import Config
from kiosk.doctor.finding import Finding, bad, not_told, well, worth_a_look
from kiosk.updating import record
from kiosk.updating.places import places

UNIT = "rapfang-trial"
LONGEST = timedelta(minutes=15)
"""After that an update stands still: nobody waits for it in vain."""
LOGS = "journalctl -u rapfang-trial"


def release(_config: Config) -> Finding:
    """Which release is in force, and whether another was taken back."""
    where = places()
    version, trial = where.named("current"), record.read(where)
    if not version:
        return not_told("release", "this is none: a checkout")
    if trial is None or trial.phase == "kept":
        return well("release", f"{version} is in force")
    evidence = " ".join(trial.text().split()).partition("; next: ")[0]
    if trial.phase == "failed":
        return bad("release", evidence, f"{LOGS}; kiosk update BUNDLE.tar")
    if trial.phase == "returned":
        return worth_a_look("release", evidence, f"{LOGS}; tell whoever built it")
    if datetime.now(UTC) - trial.began_at > LONGEST:
        began = f"{evidence}, since {trial.began_at:%Y-%m-%d %H:%MZ}"
        return bad("release", began, f"systemctl start {UNIT}; {LOGS}")
    return worth_a_look("release", evidence, "wait a minute, then: kiosk status")
