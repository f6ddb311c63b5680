"""What comes before a switch: checks that change nothing, then a release beside the others.

The switch itself is the guard's, a service of its own: whoever began it may lose the line.
"""

import fcntl
import logging
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from hardware.errors import HardwareError
from hardware.manager import Manager
from kiosk.errors import Busy, ReleaseRefused, Unfinished
from kiosk.updating import guard, record
from kiosk.updating.bundle import Manifest, read_manifest, unpack
from kiosk.updating.places import Places
from kiosk.updating.record import Trial
from kiosk.updating.shutter import Shutter
from kiosk.updating.trial import well
from sync.store import STORE_READING

log = logging.getLogger(__name__)

LOCK_FILE = "update.lock"
"""In the state folder of root's part."""
GUARD_UNIT = "rapfang-trial.service"
GROWTH, SPARE_BYTES = 5, 64 << 20
"""A release takes this many times its wheels; what stays free beside."""
_LOGS = "journalctl -u rapfang-trial"
_TELL = "next: tell whoever built it"
POLL_S = 0.5
PREFLIGHT_S = 120.0
SILENCE_S = 300.0
"""Longer than any phase takes on a slow card; who follows waits no longer for the next."""
LOOK_EVERY, GONE_LOOKS = 10, 3
"""A guard that does not run at so many looks has ended, and is not about to start; one look in
as many polls, for it costs a process."""
CLEARING_S = 600.0
"""What it may take a slow card to let go of old releases."""


def examine(where: Places, path: Path) -> Manifest:
    """What the bundle at `path` would install; nothing is changed.

    Raises:
        ReleaseRefused: not signed by whom this box believes, for another machine, here
            already, no room for it, or this release could not read what it makes of the store.
        Busy: an update is on its way.
    """
    insist_on_rest(where)
    manifest = read_manifest(path, where.keys)
    for name, machines in guard.machine_of(where).items():
        if (wanted := getattr(manifest, name)) != machines:
            raise ReleaseRefused(
                f"this bundle is for {name} {wanted}, this box has {machines}; next: the bundle "
                f"for {machines}"
            )
    if manifest.version == where.named("current"):
        raise ReleaseRefused(f"{manifest.version} is in force already; next: kiosk status")
    if manifest.store > STORE_READING:
        raise ReleaseRefused(
            f"{manifest.version} changes the store so that this release could not be returned "
            "to; next: a release in between"
        )
    insist_on_room(where, manifest)
    return manifest


def insist_on_rest(where: Places) -> None:
    """Raises Busy: an update is on its way."""
    if where.on_trial.exists() and (trial := record.read(where)):
        raise Busy(f"the {trial.kind} to {trial.target} is on its way; next: kiosk status")


def insist_on_room(where: Places, manifest: Manifest) -> None:
    """Raises ReleaseRefused: the disk would be full before the release is laid."""
    staged = sum(each.bytes for name, each in manifest.files.items() if not _is_left_out(name))
    wheels = sum(each.bytes for name, each in manifest.files.items() if name.endswith(".whl"))
    needed = staged + GROWTH * wheels + SPARE_BYTES
    free = shutil.disk_usage(where.root).free
    if free < needed:
        raise ReleaseRefused(
            f"{free >> 20} MB are free, the update needs {needed >> 20} MB; next: kiosk doctor"
        )


def lay(where: Places, path: Path, manifest: Manifest) -> str:
    """Lay the release beside the others; its version. The one in force is not touched.

    Raises:
        ReleaseRefused: the bundle is not whole, or the release would not run here.
        Busy: another update is on its way.
        OSError: the disk takes no more.
    """
    with _one_at_it(where):
        with _staging(where) as folder:
            unpack(path, manifest, folder, without="debs")
            _insist_on_packages(folder / "share")
            version = guard.lay(where, folder)
        try:
            _insist_it_runs(where.release(version))
        except ReleaseRefused:
            if version not in (where.named("current"), where.named("previous")):
                shutil.rmtree(where.release(version))
            raise
    return version


def begin(
    where: Places,
    manager: Manager,
    kind: Literal["update", "rollback"],
    version: str,
    sleep: Callable[[float], None] = time.sleep,
    shutter: Shutter | None = None,
) -> Trial:
    """Have the guard switch to a release that lies here, the glass closed to everybody by then.

    Raises:
        ReleaseRefused: systemd does not answer, or the release lies here no more.
        Busy: another update is on its way.
        Occupied: a resident stays at the glass, or nobody knows.
        OSError: it cannot be noted.
        Unfinished: it is noted, but the guard did not start.
    """
    insist_on_rest(where)
    with ExitStack() as undone:
        try:
            _wait_for_guard(manager, sleep)
            with _one_at_it(where):
                _insist_it_lies_here(where, kind, version)
                guard.units_well(manager, sleep)
                if shutter is not None:
                    undone.callback(shutter.open)
                    shutter.close(sleep)
                trial = _noted(where, manager, kind, version)
        except HardwareError as error:
            raise ReleaseRefused(f"nothing was switched: {error}; next: kiosk doctor") from error
        try:
            manager.start(GUARD_UNIT)
        except HardwareError as error:  # the next boot starts it
            raise Unfinished(_standing(where, f"{GUARD_UNIT} did not start: {error}")) from error
        undone.pop_all()
    return trial


def _insist_it_lies_here(where: Places, kind: str, version: str) -> None:
    if not (where.release(version) / "manifest.json").exists():
        raise ReleaseRefused(f"release {version} lies here no more; next: kiosk {kind} once more")


def _noted(
    where: Places, manager: Manager, kind: Literal["update", "rollback"], version: str
) -> Trial:
    """Note what the guard shall do; it is on its way from then on."""
    origin = where.named("current")
    script = where.release(origin) / "share/lay_release.py"
    guard.run_script(script, "--release", origin, "--point", "guard", "--root", where.root)
    trial = Trial(
        kind=kind,
        origin=origin,
        target=version,
        phase="switching",
        began_at=datetime.now(UTC),
        demanded=well(manager.units(guard.SERVICES)),
        former=where.named("previous"),
    )
    record.begin(where, trial)
    return trial


def follow(
    where: Places,
    manager: Manager,
    say: Callable[[Trial], None],
    sleep: Callable[[float], None] = time.sleep,
) -> Trial:
    """Tell each phase as the guard notes it, until it is over.

    Raises:
        Unfinished: the guard ended without an end, or noted nothing for long; says how it stands.
    """
    told, silent_s, polls, gone = "", 0.0, 0, 0
    while silent_s < SILENCE_S and gone < GONE_LOOKS:
        trial = record.read(where)
        if trial is not None and trial.phase != told:
            told, silent_s = trial.phase, 0.0
            say(trial)
        if trial is not None and trial.is_over:
            return trial
        sleep(POLL_S)
        silent_s, polls = silent_s + POLL_S, polls + 1
        if polls % LOOK_EVERY == 0:
            gone = gone + 1 if _guard_is_gone(manager) else 0
    is_gone = gone >= GONE_LOOKS
    raise Unfinished(_standing(where, f"{GUARD_UNIT} has ended" if is_gone else ""))


def _guard_is_gone(manager: Manager) -> bool:
    """Whether nobody goes on with it; a manager that does not answer tells nothing."""
    try:
        return manager.units([GUARD_UNIT])[GUARD_UNIT].state in ("inactive", "failed")
    except HardwareError:
        return False


def _standing(where: Places, lack: str = "") -> str:
    """What is known of an update of which no end is told, and what comes next. `lack` says
    why nobody goes on with it."""
    trial = record.read(where)
    known = " ".join(trial.text().split()) if trial else f"{where.record} cannot be read"
    if lack:
        return f"{known}, but {lack}; next: systemctl start {GUARD_UNIT}"
    return f"{known}, and nothing was heard for {SILENCE_S:.0f} s; next: kiosk status; {_LOGS}"


def former(where: Places) -> str:
    """The release to go back to.

    Raises:
        ReleaseRefused: there is none.
        Busy: an update is on its way.
    """
    insist_on_rest(where)
    version = where.named("previous")
    if not version or not (where.release(version) / "manifest.json").exists():
        raise ReleaseRefused("there is no release before this one; next: kiosk update BUNDLE.tar")
    if version == where.named("current"):
        raise ReleaseRefused(f"{version} is in force already; next: kiosk status")
    return version


@contextmanager
def _one_at_it(where: Places) -> Iterator[None]:
    """Whoever comes second is told so at once, and finds nothing half done by them.

    Raises:
        Busy: another update is prepared, or on its way.
    """
    where.state.mkdir(parents=True, exist_ok=True)
    handle = os.open(where.state / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        insist_on_rest(where)
        yield
    except BlockingIOError as error:
        raise Busy("another update is prepared now; next: wait, then kiosk status") from error
    finally:
        os.close(handle)


@contextmanager
def _staging(where: Places) -> Iterator[Path]:
    """An empty folder on the releases' own disk, gone afterwards."""
    shutil.rmtree(where.staging, ignore_errors=True)
    where.staging.mkdir(mode=0o700, parents=True)
    try:
        yield where.staging
    finally:
        shutil.rmtree(where.staging, ignore_errors=True)


def _wait_for_guard(manager: Manager, sleep: Callable[[float], None]) -> None:
    """The last one may still remove old releases; to start it while it runs does nothing."""
    for _ in range(int(CLEARING_S / POLL_S)):
        if manager.units([GUARD_UNIT])[GUARD_UNIT].state in ("inactive", "failed"):
            return
        sleep(POLL_S)
    raise ReleaseRefused(f"{GUARD_UNIT} is still at the last update; next: kiosk status")


def _insist_on_packages(share: Path) -> None:
    """A release that wants other Debian packages is the installer's business: they stay when
    a release is returned to."""
    lists = [share / name for name in ("apt.txt", "apt-box.txt")]
    lines = (line for each in lists if each.exists() for line in each.read_text().splitlines())
    wanted = {word for line in lines if (word := line.partition("#")[0].strip())}
    if missing := sorted(wanted - _packages_there()):
        raise ReleaseRefused(
            f"it needs Debian packages that are not here ({', '.join(missing)}); "
            "next: unpack it, run its `install --packages-only`, then this again"
        )


def _packages_there() -> set[str]:
    """By their names and by what they stand for: Debian 13's libmtdev1t64 is 12's libmtdev1."""
    form = "${db:Status-Status} ${Package}, ${Provides}\n"
    told = subprocess.run(["dpkg-query", "--show", f"--showformat={form}"], capture_output=True)
    lines = [line.partition(" ") for line in told.stdout.decode().splitlines()]
    named = (
        each for status, _, names in lines if status == "installed" for each in names.split(",")
    )
    return {words[0] for each in named if (words := each.split())}


def _insist_it_runs(release: Path) -> None:
    """Have the new release load all that the glass needs, with this box's settings: a fault
    shows before anything is switched, and what was read once is read faster at the start."""
    command = [str(release / "bin/python"), "-I", "-m", "kiosk.preflight"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PREFLIGHT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ReleaseRefused(f"{release.name} does not run here: {error}; {_TELL}") from error
    if done.returncode < 0:
        raise ReleaseRefused(
            f"{release.name} does not run here: signal {-done.returncode}; {_TELL}"
        )
    if done.returncode:
        said = (done.stderr.strip() or "no word").splitlines()[-1]
        said += "" if "; next: " in said else f"; {_TELL}"
        raise ReleaseRefused(f"{release.name} does not run here: {said}")


def _is_left_out(name: str) -> bool:
    return name.startswith("debs/")
