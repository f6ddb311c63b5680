"""The guard of an update: switches, watches, keeps the new release or returns to the old.

`python -I -m kiosk.updating.guard` is what rapfang-trial.service runs: of the release that
was in force before (the link `guard`), so that a new one that runs at all or not is judged
by one that does. A power cut or a reboot ends it anywhere; at the next boot it goes on from
what is noted on the disk.
"""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from hardware.errors import HardwareError
from hardware.manager import Manager, Systemd
from kiosk import heartbeat
from kiosk import log as logs
from kiosk.config import config_path, load
from kiosk.errors import ConfigError, ReleaseRefused
from kiosk.heartbeat import Pulse
from kiosk.updating import record, resuming
from kiosk.updating.places import Places, places
from kiosk.updating.record import Trial
from kiosk.updating.trial import (
    GLASS,
    MOST_STARTS,
    START_S,
    Fault,
    Look,
    Watch,
    is_starting,
    judge,
    well,
)

log = logging.getLogger(__name__)

TARGET = "kiosk.target"
SERVICES = (GLASS, "kiosk-print.service", "kiosk-sync.service")
OUT_OF_SERVICE = "kiosk-out-of-service.service"
LOOK_EVERY_S = 0.5


class Guard:
    """One box's: `pulse` is the glass's, `clock` and `sleep` the boot's."""

    def __init__(
        self,
        where: Places,
        manager: Manager,
        pulse: Callable[[], Pulse | None],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._where, self._manager, self._pulse = where, manager, pulse
        self._clock, self._sleep = clock, sleep

    def carry_on(self) -> Trial | None:
        """Bring what is on its way to an end; None where nothing is.

        Raises:
            ReleaseRefused, OSError, HardwareError: not even the old release can be switched
                to; it is tried again at the next start.
        """
        trial = record.read(self._where)
        if trial is None or trial.is_over:
            self._where.on_trial.unlink(missing_ok=True)
            resuming.release(self._where)
            return trial
        if trial.phase == "switching":
            trial = self._switch(trial)
        elif trial.phase == "watching":
            trial = self._resume(trial)
        return self._return(trial) if trial.phase == "returning" else trial

    def _switch(self, trial: Trial) -> Trial:
        try:
            former = {name: unit.run for name, unit in self._manager.units(SERVICES).items()}
            resuming.insure(self._where, trial.origin)
            activate(self._where, trial.target)
            self._manager.restart(TARGET, SERVICES)
        except (ReleaseRefused, OSError, HardwareError) as error:
            return self._note(trial, phase="returning", reason=str(error))
        trial = self._note(trial, phase="watching", starts=1)
        return self._watch(trial, former)

    def _resume(self, trial: Trial) -> Trial:
        """The box was restarted in the middle of the watch: its services start, or have."""
        if trial.starts >= MOST_STARTS:
            reason = f"the box restarted {trial.starts} times while it was tried"
            return self._note(trial, phase="returning", reason=reason)
        return self._watch(self._note(trial, starts=trial.starts + 1), {})

    def _watch(self, trial: Trial, former: dict[str, str]) -> Trial:
        verdict, took_s = self._outcome(trial.demanded, former)
        if isinstance(verdict, Fault):
            phase: record.Phase = "returning" if trial.kind == "update" else "failed"
            return self._note(trial, phase=phase, reason=verdict.reason)
        kept = self._note(trial, phase="kept", took_s=took_s)
        forget_old(self._where)
        return kept

    def _return(self, trial: Trial) -> Trial:
        log.warning("%s is taken back: %s", trial.target, trial.reason)
        former = {name: unit.run for name, unit in self._manager.units(SERVICES).items()}
        activate(self._where, trial.origin)
        point_back(self._where, trial.former)
        self._manager.restart(TARGET, SERVICES)
        watch = Watch(demanded=trial.demanded, began_s=self._clock(), former=former)
        while watch.well_since_s is None:
            watch, verdict = judge(watch, self._look())
            if isinstance(verdict, Fault):
                reason = f"{trial.reason}; then, back at {trial.origin}: {verdict.reason}"
                return self._note(trial, phase="returned", reason=reason)
            self._sleep(LOOK_EVERY_S)
        took_s = watch.well_since_s - watch.began_s
        returned = self._note(trial, phase="returned", took_s=took_s)
        forget_old(self._where)
        return returned

    def _outcome(
        self, demanded: tuple[str, ...], former: dict[str, str]
    ) -> tuple[Fault | None, float]:
        """What the watch came to, and after how many seconds all was well."""
        watch = Watch(demanded=demanded, began_s=self._clock(), former=former)
        while True:
            watch, verdict = judge(watch, self._look())
            if isinstance(verdict, Fault):
                return verdict, 0.0
            if verdict == "keep":
                return None, (watch.well_since_s or watch.began_s) - watch.began_s
            self._sleep(LOOK_EVERY_S)

    def _look(self) -> Look:
        pulse = self._pulse()
        return Look(
            at_s=self._clock(),
            units=self._manager.units(SERVICES),
            frame_at_s=pulse.at_s if pulse else None,
            frame_every_s=pulse.every_s if pulse else 0.0,
        )

    def _note(self, trial: Trial, **changes: object) -> Trial:
        noted = replace(trial, **changes)
        if noted.is_over:
            noted = replace(noted, ended_at=datetime.now(UTC))
        record.keep(self._where, noted)
        if noted.is_over:
            resuming.release(self._where)
        log.info("%s of %s: %s %s", noted.kind, noted.target, noted.phase, noted.reason)
        return noted


def activate(where: Places, version: str) -> None:
    """Switch to a release, by its own knowledge. Raises ReleaseRefused: it says why not."""
    script = where.release(version) / "share/lay_release.py"
    if not script.exists():
        raise ReleaseRefused(f"release {version} is not whole: there is no {script.name}")
    run_script(script, "--release", version, "--activate", *_roots(where))


def point_back(where: Places, version: str) -> None:
    """Have `previous` name what it did before the release that was taken back."""
    if version:
        script = where.root / "current/share/lay_release.py"
        run_script(script, "--release", version, "--point", "previous", "--root", where.root)
    else:
        (where.root / "previous").unlink(missing_ok=True)


def forget_old(where: Places) -> None:
    """Remove releases that nothing names any more; a failure waits for the next time."""
    script = where.root / "current/share/lay_release.py"
    try:
        gone = run_script(script, "--remove-old", "--root", where.root).split()
    except ReleaseRefused as error:
        log.warning("old releases stay: %s", error)
    else:
        log.info("removed: %s", ", ".join(gone) or "nothing")


def lay(where: Places, bundle: Path) -> str:
    """Lay a release from a bundle that was unpacked without its Debian packages; its version.

    Raises ReleaseRefused: it says why not.
    """
    script = bundle / "lay_release.py"
    return run_script(script, bundle, "--without-debs", *_roots(where)).strip()


def machine_of(where: Places) -> dict[str, str]:
    """Suite, processor and Python of this box, as a manifest names them."""
    script = where.root / "current/share/lay_release.py"
    told: dict[str, str] = json.loads(run_script(script, "--machine"))
    return told


def run_script(script: Path, *arguments: str | Path) -> str:
    """Run a release's `lay_release.py` with the system's own Python; what it prints.

    Raises:
        ReleaseRefused: it refused, or is not there; with its last line.
    """
    python = Path(sys.base_prefix) / "bin/python3"
    done = subprocess.run([python, "-I", "-B", script, *arguments], capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"{script} ended with {done.returncode}"]
        raise ReleaseRefused(said[-1])
    return done.stdout


def _roots(where: Places) -> Sequence[str | Path]:
    return ("--root", where.root, "--system", where.system)


def units_well(manager: Manager, sleep: Callable[[float], None] = time.sleep) -> tuple[str, ...]:
    """The services that are well, and have to be so after a switch; one that starts just now is
    waited for. Raises HardwareError."""
    for _ in range(round(START_S / LOOK_EVERY_S)):
        units = manager.units(SERVICES)
        if not any(is_starting(unit) for unit in units.values()):
            break
        sleep(LOOK_EVERY_S)
    return well(units)


def main() -> int:
    """0 where nothing is on its way any more; 1 where it has to be gone on with."""
    logs.to_stderr()
    where = places()
    try:
        runtime_dir = load(config_path()).runtime_dir
    except ConfigError as error:
        log.warning("watched without the glass's pulse: %s", error)
        runtime_dir = Path("/run/kiosk")
    manager = Systemd()
    return see_to_it(where, Guard(where, manager, lambda: heartbeat.read(runtime_dir)), manager)


def see_to_it(where: Places, guard: Guard, manager: Manager) -> int:
    """0 where it is at its end; 1 where it has to be tried again, and the panel says so."""
    try:
        with resuming.one_guard(where):
            guard.carry_on()
    except (ReleaseRefused, OSError, HardwareError) as error:
        log.error("the update is not at its end: %s", error)  # noqa: TRY400
        _say_out_of_service(manager)
        return 1
    return 0


def _say_out_of_service(manager: Manager) -> None:
    """On trial the ladder climbs no rung: who cannot go back says it for a glass that gave up."""
    try:
        if manager.units([GLASS])[GLASS].state == "failed":
            manager.start(OUT_OF_SERVICE)
    except HardwareError as error:
        log.error("the panel says nothing: %s", error)  # noqa: TRY400


if __name__ == "__main__":
    sys.exit(main())
