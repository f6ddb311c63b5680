"""What becomes of the store: backed up, brought back, mended, or carried away on a stick."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli.deed import deed, may_disturb
from kiosk.cli.verb import FINE, FOUND, add_verb, as_json, for_programs, say, tell
from kiosk.config import Config
from kiosk.errors import ConfigError

if TYPE_CHECKING:
    from kiosk.cli.verb import Verbs


def add_to(verbs: "Verbs") -> None:
    """List them."""
    _add_backup(verbs)
    _add_restore(verbs)
    export = add_verb(
        verbs,
        "export-usb",
        _export_usb,
        "the outbox on a stick, for a box without a network",
        "kiosk export-usb /media/stick",
    )
    export.add_argument("directory", type=Path, help="where the stick is mounted")
    export.add_argument("--anywhere", action="store_true", help="a directory on the card will do")
    for_programs(export)
    may_disturb(export)


def _add_backup(verbs: "Verbs") -> None:
    backup = add_verb(
        verbs,
        "backup",
        _backup,
        "all that is kept, sealed to the operator's key",
        "kiosk backup --to /media/stick",
    )
    what = backup.add_mutually_exclusive_group(required=True)
    what.add_argument("--to", type=Path, metavar="PATH", help="a directory, or the file's name")
    words = "instead, make the operator's pair: FILE for the safe, FILE.pub for every box"
    what.add_argument("--new-key", type=Path, metavar="FILE", help=words)
    words = "the operator's public key; else /etc/kiosk/backup.pub"
    backup.add_argument("--key", type=Path, metavar="FILE", help=words)
    words = "let go of older ones in that directory but for the newest N"
    backup.add_argument("--keep", type=_at_least_one, metavar="N", help=words)
    for_programs(backup)
    may_disturb(backup)


def _add_restore(verbs: "Verbs") -> None:
    restore = add_verb(
        verbs,
        "restore",
        _restore,
        "a sound store again, from a backup or from a damaged one",
        "kiosk restore rapfang-A1.backup --key backup.key",
    )
    source = restore.add_mutually_exclusive_group(required=True)
    source.add_argument("file", type=Path, nargs="?", metavar="FILE", help="a backup")
    words = "from what the damaged store still tells"
    source.add_argument("--salvage", action="store_true", help=words)
    words = "the operator's private key; `-` reads it from standard input"
    restore.add_argument("--key", type=Path, metavar="PRIVATE", help=words)
    words = "even where the store here holds what central lacks"
    restore.add_argument("--set-aside", action="store_true", help=words)
    for_programs(restore)


def _backup(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import backing_up
    from sync.strongbox import PUBLIC

    if arguments.new_key:
        return _make_keys(arguments.new_key, for_program=arguments.json)
    to: Path = arguments.to
    key_file = arguments.key or backing_up.PUBLIC_KEY
    key = backing_up.read_key(key_file, PUBLIC)
    backing_up.insist_on_something(config, to)
    changes = [f"write a backup to {to}, sealed to {key_file}"]
    if arguments.keep:
        changes.append(f"let go of older ones there but for {arguments.keep}")
    with deed(config, arguments, *changes):
        told = backing_up.back_up(config, to, key, arguments.keep)
        say(as_json(told) if arguments.json else told.text())
    return FINE


def _make_keys(path: Path, *, for_program: bool) -> int:
    from kiosk import backing_up

    backing_up.make_keys(path)
    public = backing_up.public_of(path)
    if for_program:
        say(as_json({"private": str(path), "public": str(public)}))
        return FINE
    tell(f"{path}: the private half. It opens every backup: into the safe, never onto a box")
    tell(f"{public}: the public half; next: install it as {backing_up.PUBLIC_KEY} on every box")
    return FINE


def _restore(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import restoring

    restoring.insist_on_stopped(config)
    if arguments.file:
        return _bring_back(config, arguments)
    restoring.insist_on_damage(config)
    with deed(
        config,
        arguments,
        "put the damaged store aside, under damaged/",
        "put a sound one in its place, with all that can be read",
        "take no case until a new join file is enrolled",
    ):
        told = restoring.salvage_store(config)
        say(as_json(told) if arguments.json else restoring.in_words(told))
    return FINE


def _bring_back(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import backing_up
    from sync.strongbox import PRIVATE

    if arguments.key is None:
        raise ConfigError("a backup opens with the operator's private key; next: add --key FILE")
    key = backing_up.read_key(arguments.key, PRIVATE)
    backing_up.insist_it_opens(arguments.file, key)
    unsent = backing_up.unsent(config)
    if unsent and not arguments.set_aside:
        raise ConfigError(
            f"the store here has {unsent} that central lacks; next: kiosk sync-now, or "
            "kiosk export-usb, or add --set-aside"
        )
    with deed(
        config,
        arguments,
        f"put the store of {arguments.file} in place of the one here",
        "keep the one here aside, under damaged/",
        "take no case until a new join file is enrolled",
    ):
        told = backing_up.restore(config, arguments.file, key)
        say(as_json(told) if arguments.json else backing_up.in_words(told))
    return FINE


def _at_least_one(text: str) -> int:
    """Raises ArgumentTypeError: not a number, or none."""
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError("a number of backups, 1 or more")
    return int(text)


def _export_usb(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.exporting import export, in_words, insist_on_stick

    insist_on_stick(config, arguments.directory, anywhere=arguments.anywhere)
    with deed(
        config,
        arguments,
        f"write what waits into {arguments.directory}",
        "let go of what central acknowledged there",
    ):
        told = export(config, arguments.directory, anywhere=arguments.anywhere)
        if arguments.json:
            say(as_json(told))
        else:
            tell(in_words(told))
    return FOUND if any(exported.refused or exported.ignored for exported in told) else FINE
