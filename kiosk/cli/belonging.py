"""Whose the box is: enrolment, its key, the front desk, the municipality."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.deed import deed, may_disturb
from kiosk.cli.verb import (
    FINE,
    FOUND,
    NEXT,
    add_verb,
    as_json,
    done,
    for_programs,
    read_secret,
    say,
    tell,
)
from kiosk.config import Config
from kiosk.errors import ConfigError
from kiosk.putting import insist_on_entry, insist_on_folder, not_written
from sync.errors import StoreDamaged, StoreFull, SyncError

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs


def add_to(verbs: "Verbs") -> None:
    """List them."""
    enrol = add_verb(
        verbs, "enrol", _enrol, "import a join file made by central", "kiosk enrol kiosk-join.toml"
    )
    enrol.add_argument(
        "join_file", type=Path, help="made by `central join-file`; erased once imported"
    )
    enrol.add_argument("--keep", action="store_true", help="do not erase the join file")
    rotate = add_verb(
        verbs, "rotate-key", _rotate_key, "sign with a fresh key from now on", "kiosk rotate-key"
    )
    pin = add_verb(
        verbs,
        "front-desk-pin",
        _front_desk_pin,
        "set a new PIN for the front desk's page",
        "kiosk front-desk-pin",
    )
    pin.add_argument("--own", action="store_true", help="read it from standard input, one line")
    for changing in (enrol, rotate, pin):
        may_disturb(changing)
    profile = add_verb(
        verbs, "profile", _profile, "look at the municipality's profile", "kiosk profile check"
    )
    profile.add_argument("action", choices=["check"])
    profile.add_argument("path", type=Path, nargs="?", help="instead of the one in force")
    for_programs(profile)


def _enrol(config: Config, arguments: argparse.Namespace) -> int:
    from sync.identity import would_join

    path: Path = arguments.join_file
    with _join_file_errors(path):
        raw = path.read_bytes()
        code = would_join(raw, config.state_dir)
    changes = [f"make this box {code}, as {path} has it, with a key of its own"]
    if not arguments.keep:
        changes.append(f"erase {path}, which holds secrets")
    with deed(config, arguments, *changes):
        return _join(config, path, raw, keep=arguments.keep)


def _join(config: Config, path: Path, raw: bytes, *, keep: bool) -> int:
    from sync.identity import erase, join_with

    with _join_file_errors(path):
        identity = join_with(raw, config.state_dir)
    try:
        if not keep:
            erase(path)
    except OSError as error:
        reason = error.strerror
        tell(f"this box is {identity.device_code}, but {path} could not be erased: {reason}")
        tell(f"it holds secrets; next: remove it, as in shred -u {path}")
        return FOUND
    tell(f"this box is {identity.device_code}; next: kiosk status")
    _make_first_pin(config)
    return FINE


@contextmanager
def _join_file_errors(path: Path) -> Iterator[None]:
    """Say what is wrong with a join file, and where another comes from."""
    advice = "bring what `central join-file` made"
    try:
        yield
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such join file{NEXT}{advice}") from error
    except (StoreFull, StoreDamaged) as error:
        raise ConfigError(f"{error}{NEXT}kiosk doctor") from error
    except SyncError as error:
        words = str(error) if NEXT in str(error) else f"{error}{NEXT}{advice}"
        raise ConfigError(f"{path}: {words}") from error
    except OSError as error:
        name = error.filename or path
        raise ConfigError(f"{name}: {error.strerror}{NEXT}ls -l {path}") from error


def _make_first_pin(config: Config) -> None:
    """A box that has none gets one; another enrolment leaves it as it is."""
    from kiosk.pin import Pin

    pin = Pin(config.state_dir)
    if not pin.is_set:
        tell(f"front desk's PIN: {pin.make()} (told once; kiosk front-desk-pin sets another)")


def _front_desk_pin(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.pin import Pin, insist_on_pin

    if not config.state_dir.is_dir():
        raise ConfigError(f"{config.state_dir} is not there{NEXT}kiosk enrol JOIN-FILE")
    insist_on_folder(config.state_dir)
    own = read_secret("PIN, 6 to 12 digits: ") if arguments.own else ""
    if arguments.own:
        insist_on_pin(own)
    pin = Pin(config.state_dir)
    with deed(config, arguments, "put a new PIN in the place of the front desk's"):
        try:
            if own:
                pin.set(own)
            words = "the front desk has the new PIN" if own else _told_once(pin.make())
        except OSError as error:
            raise not_written(config.state_dir, error) from error
        tell(words)
    return FINE


def _told_once(pin: str) -> str:
    return f"front desk's PIN: {pin} (told once)"


def _rotate_key(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import syncing

    syncing.insist_on_line(config)
    with deed(config, arguments, "have central take a fresh key for this box, and sign with it"):
        return done("this box signs with a new key", syncing.rotate_key(config))


def _profile(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.profile import division_of, load_profile, profile_in_force
    from kiosk.prompts import Prompts
    from kiosk.proofreading import Checked, remarks_on

    path: Path | None = arguments.path
    if path is None:
        insist_on_entry(config.state_dir)
    profile = load_profile(path) if path else profile_in_force(config)
    division_of(config, profile)
    told = Checked(
        path=str(path or ""),
        municipality=profile.name.th,
        divisions=len(profile.divisions),
        topics=len(profile.topics),
        villages=len(profile.villages),
        reasons=len(profile.reasons),
        surveys=len(profile.surveys),
        remarks=[*remarks_on(profile), *Prompts(config.sound.prompts).remarks()],
    )
    if arguments.json:
        say(as_json(told))
    else:
        tell(told.text())
    return FINE
