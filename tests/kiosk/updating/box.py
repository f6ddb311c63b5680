"""A box in a folder: releases in miniature, keys, a virtual manager and a clock of its own."""

import itertools
import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from deploy import bundling, lay_release, signing
from hardware.fake.manager import WELL, FakeManager, Fate
from kiosk.heartbeat import Pulse
from kiosk.updating import deed, record
from kiosk.updating.guard import SERVICES, Guard
from kiosk.updating.places import Places
from kiosk.updating.record import Trial
from kiosk.updating.trial import GLASS
from tests.deploy.bundles import make_bundle

BEGAN_AT = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)


class PowerCut(BaseException):
    """What is under way ends here; nothing is tidied up."""


class Box:
    """Release 1.0.0 is in force and well; each release's services have the fate in `fates`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.where = Places.below(folder / "system")
        self.now_s = 100.0
        self.fates: dict[str, Fate] = {}
        self.manager = FakeManager(self._fate, lambda: self.now_s)
        self.during: Callable[[], None] = lambda: None
        self.has_pulse = True
        self.key = folder / "key"
        self.where.keys.parent.mkdir(parents=True)
        self.where.state.mkdir(parents=True)
        self.where.keys.write_text(f"# whoever builds\n{signing.new_key(self.key)}\n")
        self.lay("1.0.0")
        lay_release.activate("1.0.0", self.where.root, self.where.system)
        self.manager.restart("kiosk.target", SERVICES)
        self.now_s += 60

    def _fate(self, name: str) -> Fate:
        """A hang is the glass's alone."""
        fate = self.fates.get(self.where.named("current"), WELL)
        return WELL if fate.hangs_s is not None and name != GLASS else fate

    def lay(self, version: str) -> Path:
        """A release that lies there, its Python this one."""
        release = self.where.release(version)
        bundle = make_bundle(self.folder / "laid", version)
        shutil.copytree(bundle / "share", release / "share")
        (release / "bin").mkdir()
        (release / "bin/python").symlink_to(sys.executable)
        shutil.copyfile(bundle / "manifest.json", release / "manifest.json")
        return release

    def bring(self, version: str, *, key: Path | None = None, **facts: object) -> Path:
        """A signed bundle as one file."""
        bundle = make_bundle(self.folder / "brought", version, **facts)
        signing.sign(key or self.key, bundle)
        return bundling.pack(bundle)

    def guard(self) -> Guard:
        """The guard's service as it starts."""
        return Guard(self.where, self.manager, self.pulse, lambda: self.now_s, self._sleep)

    def begin(self, version: str, kind: str = "update") -> Trial:
        """Note a switch, as `kiosk update` does at its end; the guard has not begun."""
        self.lay(version)
        return deed.begin(self.where, self.manager, kind, version, self._sleep)

    def carry_on(self) -> Trial:
        """The guard, to its end."""
        trial = self.guard().carry_on()
        self.manager.stop(deed.GUARD_UNIT)
        assert trial is not None
        assert record.read(self.where) == trial
        return trial

    def pulse(self) -> Pulse | None:
        """The glass's, as its file tells it."""
        at_s = self.manager.last_frame_s(GLASS) if self.has_pulse else None
        return None if at_s is None else Pulse(every_s=10.0, at_s=at_s)

    def reboot(self) -> None:
        """The manager starts everything anew, of whatever is in force."""
        self.now_s += 20
        for name in SERVICES:
            self.manager.start(name)

    def is_whole(self) -> str:
        """The version in force, with its own units and a release below it that is whole."""
        version = self.where.named("current")
        assert (self.where.release(version) / "manifest.json").exists()
        unit = self.where.system / "etc/systemd/system/kiosk-ui.service"
        assert f"the glass of {version}\n" in unit.read_text()
        return version

    def _sleep(self, seconds: float) -> None:
        self.now_s += seconds
        self.during()


def cut_after(box: Box, looks: int) -> None:
    """The power goes while the guard watches, after so many looks."""
    counted = itertools.count(1)

    def during() -> None:
        if next(counted) == looks:
            box.during = lambda: None
            raise PowerCut

    box.during = during
