"""What is known of an update across power cuts: `update.json`, and a mark while it is on its way.

The mark is made before the first step and removed after the last, so whatever a power cut
breaks off is gone on with at boot.
"""

import textwrap
from datetime import datetime
from typing import Literal

import msgspec

from kiosk.updating.places import Places
from sync.whole import put, sync_folder

Phase = Literal["switching", "watching", "returning", "kept", "returned", "failed"]
COLUMNS = 60
OVER: tuple[Phase, ...] = ("kept", "returned", "failed")


class Trial(msgspec.Struct, frozen=True, kw_only=True, rename={"origin": "from", "target": "to"}):
    """A switch from one release to another, and how it stands.

    `demanded` are the units that were well before, `former` the release that could have been
    returned to then; `starts` counts how often the watch began;
    `took_s` is how long the last switch took until those units were well again.
    """

    kind: Literal["update", "rollback"]
    origin: str
    target: str
    phase: Phase
    began_at: datetime
    demanded: tuple[str, ...] = ()
    former: str = ""
    reason: str = ""
    starts: int = 0
    took_s: float | None = None
    ended_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing remains to be done."""
        return self.phase in OVER

    def text(self) -> str:
        """Where it stands, in a line or two for a terminal of 60 columns."""
        words = {
            "switching": f"switching from {self.origin} to {self.target}",
            "watching": f"{self.target} is watched for a minute",
            "returning": f"{self.target}: {self.reason}; going back to {self.origin}",
            "kept": f"{self.target} is in force",
            "returned": f"back at {self.origin}; {self.target} was taken back: {self.reason}",
            "failed": f"{self.target} is in force, and not well: {self.reason}; next: kiosk doctor",
        }
        return textwrap.fill(words[self.phase], COLUMNS, subsequent_indent="  ")


READABLE = 0o644
"""For all who may enter the folder."""


def read(places: Places) -> Trial | None:
    """The last one; None where there was none, or its file cannot be read."""
    try:
        return msgspec.json.decode(places.record.read_bytes(), type=Trial)
    except (OSError, msgspec.MsgspecError):
        return None


def begin(places: Places, trial: Trial) -> None:
    """Note that an update is on its way. Raises OSError."""
    places.state.mkdir(parents=True, exist_ok=True)
    keep(places, trial)
    put(places.on_trial, b"", READABLE)


def keep(places: Places, trial: Trial) -> None:
    """Note how it stands; what is over needs nobody at boot. Raises OSError."""
    put(places.record, msgspec.json.format(msgspec.json.encode(trial)) + b"\n", READABLE)
    if trial.is_over:
        places.on_trial.unlink(missing_ok=True)
        sync_folder(places.state)
