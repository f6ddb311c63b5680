"""Another release, and back."""

import argparse
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.deed import deed, may_disturb
from kiosk.cli.verb import FINE, FOUND, add_verb, announce, as_json, for_programs, say
from kiosk.config import Config
from kiosk.errors import ConfigError, ReleaseRefused

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs
    from kiosk.updating.places import Places
    from kiosk.updating.record import Trial


def add_to(verbs: "Verbs") -> None:
    """List them."""
    update = add_verb(
        verbs,
        "update",
        _update,
        "the release in a signed bundle; what fails is taken back",
        "kiosk update rapfang-1.2.0-bookworm-arm64.tar",
    )
    which = update.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "bundle", type=Path, nargs="?", metavar="BUNDLE.tar", help="signed; needs root"
    )
    which.add_argument(
        "--inbox", action="store_true", help="what waits in the inbox, outside opening hours"
    )
    rollback = add_verb(
        verbs, "rollback", _rollback, "the release that was before", "kiosk rollback"
    )
    may_disturb(update, ", and in opening hours")
    may_disturb(rollback)
    for verb in (update, rollback):
        for_programs(verb)


def _update(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.updating.places import places

    where = places()
    _insist_on_root(where, arguments)
    if arguments.inbox:
        return _update_from_inbox(config, arguments, where)
    return _ended(arguments, partial(_install, config, arguments, where, arguments.bundle))


def _update_from_inbox(config: Config, arguments: argparse.Namespace, where: "Places") -> int:
    """The newest that can be installed; one that is refused holds no other up."""
    from kiosk.updating import record, window

    local, is_trusted = _now(config)
    if not window.may_unasked(local, config.backlight.open, is_trusted=is_trusted):
        return FINE
    refused: ReleaseRefused | None = None
    for path in window.waiting(where, record.read(where), time.time()):
        try:
            return _ended(arguments, partial(_install, config, arguments, where, path))
        except ReleaseRefused as error:
            window.note_refusal(path, error)
            refused = error
    if refused is not None:
        raise refused
    return FINE


def _install(config: Config, arguments: argparse.Namespace, where: "Places", path: Path) -> "Trial":
    from hardware.manager import Systemd
    from kiosk.updating import deed as steps
    from kiosk.updating import window
    from kiosk.updating.shutter import Shutter

    _insist_on_closed(config, arguments)
    manifest = steps.examine(where, path)
    origin = where.named("current")
    with deed(
        config,
        arguments,
        f"lay release {manifest.version} beside {origin}, a minute or two",
        "then start glass, spooler and agent anew, once nobody is there",
        f"go back to {origin} if they are not well for a minute",
    ):
        steps.lay(where, path, manifest)
        shutter = Shutter(config, now=arguments.now)
        steps.begin(where, Systemd(), "update", manifest.version, shutter=shutter)
        trial = steps.follow(where, Systemd(), lambda trial: _tell(trial, as_json=arguments.json))
    if arguments.inbox and trial.phase == "kept":
        with suppress(OSError):  # the next look into the inbox does it
            window.settle(where, path)
    return trial


def _rollback(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.updating.places import places

    where = places()
    _insist_on_root(where, arguments)
    return _ended(arguments, partial(_go_back, config, arguments, where))


def _go_back(config: Config, arguments: argparse.Namespace, where: "Places") -> "Trial":
    from hardware.manager import Systemd
    from kiosk.updating import deed as steps
    from kiosk.updating.shutter import Shutter

    version = steps.former(where)
    with deed(
        config,
        arguments,
        f"switch from release {where.named('current')} back to {version}",
        "start glass, spooler and agent anew, once nobody is there",
    ):
        shutter = Shutter(config, now=arguments.now)
        steps.begin(where, Systemd(), "rollback", version, shutter=shutter)
        return steps.follow(where, Systemd(), lambda trial: _tell(trial, as_json=arguments.json))


def _ended(arguments: argparse.Namespace, begun: "Callable[[], Trial]") -> int:
    """Do it, and say what came of it."""
    try:
        trial = begun()
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        words = f"nothing was switched: {name}{error.strerror or error}"
        raise ReleaseRefused(f"{words}; next: kiosk doctor") from error
    if arguments.json:
        say(as_json(trial))
    return FINE if trial.phase == "kept" else FOUND


def _tell(trial: "Trial", *, as_json: bool) -> None:
    announce(trial.text(), as_json=as_json)


def _insist_on_closed(config: Config, arguments: argparse.Namespace) -> None:
    from kiosk.updating import window

    if not arguments.now:
        local, is_trusted = _now(config)
        window.insist_on_closed(local, config.backlight.open, is_trusted=is_trusted)


def _now(config: Config) -> tuple[datetime, bool]:
    """The time in Thailand, and whether it can be trusted."""
    from kiosk.clock import instant
    from sync.deadline import THAILAND

    now = instant(config, datetime.min.replace(tzinfo=UTC))
    return now.wall.astimezone(THAILAND), now.trusted


def _insist_on_root(where: "Places", arguments: argparse.Namespace) -> None:
    """Raises ConfigError: somebody else's doing."""
    if os.geteuid() and where.system == Path("/"):
        raise ConfigError(f"it needs root; next: sudo kiosk {arguments.verb}")
