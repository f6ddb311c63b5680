"""Where releases lie, and where it is kept how an update stands."""

import os
from pathlib import Path
from typing import Self

import msgspec


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Root's part of a box. `system` is `/`, or a folder that stands for it."""

    system: Path
    root: Path
    state: Path
    keys: Path

    @classmethod
    def below(cls, system: Path) -> Self:
        """As every box has them."""
        return cls(
            system=system,
            root=system / "opt/rapfang",
            state=system / "var/lib/rapfang",
            keys=system / "etc/kiosk/release.pub",
        )

    @property
    def record(self) -> Path:
        """What became of the last update, or how the one on its way stands."""
        return self.state / "update.json"

    @property
    def on_trial(self) -> Path:
        """Is there while an update is on its way; at boot the guard goes on with it."""
        return self.state / "on-trial"

    @property
    def inbox(self) -> Path:
        """Bundles that wait for the update window."""
        return self.state / "inbox"

    @property
    def staging(self) -> Path:
        """A bundle while a release is laid from it."""
        return self.root / "staging"

    def release(self, version: str) -> Path:
        """The folder of a release, be it there or not."""
        return self.root / "releases" / version

    def named(self, link: str) -> str:
        """The version that `current`, `previous` or `guard` names; empty where it names none."""
        try:
            return (self.root / link).readlink().name
        except OSError:
            return ""


def places() -> Places:
    """Of this box; `KIOSK_SYSTEM` names a folder that stands for `/`."""
    return Places.below(Path(os.environ.get("KIOSK_SYSTEM") or "/"))
