"""Whose the box is: enrolment, its key, the front desk, the municipality."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.deed import deed, may_disturb
from kiosk.cli.verb import FINE, FOUND, add_verb, done, say
from kiosk.config import Config
from kiosk.errors import ConfigError
from sync.errors import SyncError

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


def _enrol(config: Config, arguments: argparse.Namespace) -> int:
    path: Path = arguments.join_file
    changes = [f"make this box the one that {path} names, with a key of its own"]
    if not arguments.keep:
        changes.append(f"erase {path}, which holds secrets")
    with deed(config, arguments, *changes):
        return _join(config, path, keep=arguments.keep)


def _join(config: Config, path: Path, *, keep: bool) -> int:
    from sync.identity import erase, join

    try:
        identity = join(path, config.state_dir)
    except FileNotFoundError as error:
        advice = "bring what `central join-file` made"
        raise ConfigError(f"{path}: no such join file; next: {advice}") from error
    except (OSError, SyncError) as error:
        raise ConfigError(f"{path}: {error}") from error
    try:
        if not keep:
            erase(path)
    except OSError as error:
        say(f"this box is {identity.device_code}, but {path} could not be erased: {error}")
        say(f"it holds secrets; next: remove it, as in shred -u {path}")
        return FOUND
    say(f"this box is {identity.device_code}; next: kiosk status")
    _make_first_pin(config)
    return FINE


def _make_first_pin(config: Config) -> None:
    """A box that has none gets one; another enrolment leaves it as it is."""
    from kiosk.pin import Pin

    pin = Pin(config.state_dir)
    if not pin.is_set:
        say(f"front desk's PIN: {pin.make()} (told once; kiosk front-desk-pin sets another)")


def _front_desk_pin(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.pin import Pin

    pin = Pin(config.state_dir)
    try:
        with deed(config, arguments, "put a new PIN in the place of the front desk's"):
            if arguments.own:
                pin.set(sys.stdin.readline().strip())
                say("the front desk has the new PIN")
            else:
                say(f"front desk's PIN: {pin.make()} (told once)")
    except OSError as error:
        raise ConfigError(f"{config.state_dir}: {error.strerror}") from error
    return FINE


def _rotate_key(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import syncing

    with deed(config, arguments, "have central take a fresh key for this box, and sign with it"):
        return done("this box signs with a new key", syncing.rotate_key(config))


def _profile(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.profile import division_of, load_profile, profile_in_force
    from kiosk.prompts import Prompts
    from kiosk.proofreading import remarks_on

    path: Path | None = arguments.path
    profile = load_profile(path) if path else profile_in_force(config)
    division_of(config, profile)
    say(
        f"{path or 'the profile in force'}: fine. {profile.name.th}: "
        f"{len(profile.divisions)} divisions, {len(profile.topics)} topics, "
        f"{len(profile.villages)} villages, {len(profile.reasons)} reasons, "
        f"{len(profile.surveys)} questionnaires"
    )
    for remark in (*remarks_on(profile), *Prompts(config.sound.prompts).remarks()):
        say(f"  {remark}")
    return FINE
