"""The technician's command `kiosk`: readable in 60 columns over SSH.

Exit codes: 0 fine, 1 found something wrong (and said what to do next), 2 wrong usage or
configuration.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from kiosk import log
from kiosk.config import Config, config_path, load
from kiosk.errors import ConfigError
from sync.errors import SyncError

FINE, FOUND, USAGE = 0, 1, 2

Command = Callable[[Config, argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    arguments = _parser().parse_args(argv)
    log.to_stderr()
    try:
        command: Command = arguments.command
        return command(load(config_path()), arguments)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except PermissionError as error:
        sys.stderr.write(f"{error.filename}: not yours to read; next: sudo -u kiosk kiosk ...\n")
        return USAGE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kiosk", description="Look after a Rapfang kiosk.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _services(verbs)
    _reports(verbs)
    _deeds(verbs)
    return parser


def _services(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    glass = _verb(verbs, "ui", _ui, "the glass (a service)", "kiosk ui")
    glass.add_argument(
        "--map", type=Path, help="write what can be touched, and where, to this file"
    )
    _verb(verbs, "print", _print, "the slip spooler (a service)", "kiosk print")
    _verb(verbs, "sync", _sync, "the agent that sends the outbox (a service)", "kiosk sync")


def _reports(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for name, words in (
        ("status", "how this box is, on one screen"),
        ("doctor", "what is wrong, and the command that mends it"),
        ("outbox", "what waits to be sent, what is parked and why"),
        ("slips", "slip jobs and their states"),
    ):
        verb = _verb(verbs, name, _report, words, f"kiosk {name} --json")
        verb.add_argument("--json", action="store_true", help="for programs")
        if name == "outbox":
            words = "send what is parked once more: a case's reference, or `all`"
            verb.add_argument("--retry", metavar="REFERENCE", help=words)
            verb.set_defaults(command=_outbox)


def _deeds(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    _verb(verbs, "sync-now", _sync_now, "send the outbox at once", "kiosk sync-now")
    trial = _verb(
        verbs, "test-print", _test_print, "print a test slip", "kiosk test-print --report"
    ).add_mutually_exclusive_group()
    for paper, words in (
        ("anchor", "instead, the record of a box opening, to be signed"),
        ("report", "instead, what `kiosk status` says, for the cabinet's folder"),
    ):
        trial.add_argument(f"--{paper}", action="store_true", help=words)
    panel = _verb(
        verbs,
        "test-panel",
        _test_panel,
        "try every button, light and sensor beside the glass",
        "kiosk test-panel",
    )
    panel.add_argument("--now", action="store_true", help="even while a resident is at the glass")
    panel.add_argument("--json", action="store_true", help="for programs; nobody is asked")
    panel.add_argument(
        "--patience", type=float, default=60.0, metavar="S", help="seconds to wait for each part"
    )
    restore = _verb(
        verbs, "restore", _restore, "a sound store again", "kiosk restore --salvage --json"
    )
    restore.add_argument(
        "--salvage", action="store_true", required=True, help="from what a damaged one still tells"
    )
    restore.add_argument("--json", action="store_true", help="for programs")
    _verb(verbs, "rotate-key", _rotate_key, "sign with a fresh key from now on", "kiosk rotate-key")
    export = _verb(
        verbs,
        "export-usb",
        _export_usb,
        "the outbox on a stick, for a box without a network",
        "kiosk export-usb /media/stick",
    )
    export.add_argument("directory", type=Path, help="where the stick is mounted")
    export.add_argument("--anywhere", action="store_true", help="a directory on the card will do")
    enrol = _verb(
        verbs, "enrol", _enrol, "import a join file made by central", "kiosk enrol kiosk-join.toml"
    )
    enrol.add_argument(
        "join_file", type=Path, help="made by `central join-file`; erased once imported"
    )
    enrol.add_argument("--keep", action="store_true", help="do not erase the join file")
    pin = _verb(
        verbs,
        "front-desk-pin",
        _front_desk_pin,
        "set a new PIN for the front desk's page",
        "kiosk front-desk-pin",
    )
    pin.add_argument("--own", action="store_true", help="read it from standard input, one line")
    profile = _verb(
        verbs, "profile", _profile, "look at the municipality's profile", "kiosk profile check"
    )
    profile.add_argument("action", choices=["check"])
    profile.add_argument("path", type=Path, nargs="?", help="instead of the one in force")


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: Command,
    words: str,
    example: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(
        name, help=words, description=words.capitalize() + ".", epilog=f"Example: {example}"
    )
    parser.set_defaults(command=command)
    return parser


def _ui(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import app

    app.run(config, map_file=arguments.map)
    return FINE


def _print(config: Config, arguments: argparse.Namespace) -> int:  # noqa: ARG001
    from kiosk import printing

    printing.run(config)
    return FINE


def _sync(config: Config, arguments: argparse.Namespace) -> int:  # noqa: ARG001
    from kiosk import syncing

    syncing.run(config)
    return FINE


def _report(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.doctor import examine
    from kiosk.report import REPORTS, Report

    told: Report = {**REPORTS, "doctor": examine}[arguments.verb](config)
    _say(_as_json(told) if arguments.json else told.text())
    return FINE if told.is_fine else FOUND


def _outbox(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import syncing

    if arguments.retry is None:
        return _report(config, arguments)
    count = syncing.retry(config, arguments.retry)
    _say(f"{count} wait again; next: kiosk sync-now" if count else "nothing of it is parked")
    return FINE if count else FOUND


def _sync_now(config: Config, arguments: argparse.Namespace) -> int:  # noqa: ARG001
    from kiosk import syncing

    return _done("sending", syncing.send_now(config))


def _test_print(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import papers, printing

    paper = papers.DEVICE if arguments.report else papers.TRIAL
    paper = papers.ANCHOR if arguments.anchor else paper
    return _done("printed", printing.request_test_print(config, paper=paper))


def _test_panel(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.panel import walk

    terminal = walk.on_terminal(as_json=arguments.json)
    told = walk.run(config, terminal, now=arguments.now, patience_s=arguments.patience)
    _say(_as_json(told) if arguments.json else told.text())
    if told.hindrance == "none_fitted":
        return USAGE
    return FINE if told.is_fine else FOUND


def _restore(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk import restoring

    told = restoring.salvage_store(config)
    _say(_as_json(told) if arguments.json else restoring.in_words(told))
    return FINE


def _enrol(config: Config, arguments: argparse.Namespace) -> int:
    from sync.identity import erase, join

    path: Path = arguments.join_file
    try:
        identity = join(path, config.state_dir)
    except (OSError, SyncError) as error:
        raise ConfigError(f"{path}: {error}") from error
    try:
        if not arguments.keep:
            erase(path)
    except OSError as error:
        _say(f"this box is {identity.device_code}, but {path} could not be erased: {error}")
        _say(f"it holds secrets; next: remove it, as in shred -u {path}")
        return FOUND
    _say(f"this box is {identity.device_code}; next: kiosk status")
    _make_first_pin(config)
    return FINE


def _make_first_pin(config: Config) -> None:
    """A box that has none gets one; another enrolment leaves it as it is."""
    from kiosk.pin import Pin

    pin = Pin(config.state_dir)
    if not pin.is_set:
        _say(f"front desk's PIN: {pin.make()} (told once; kiosk front-desk-pin sets another)")


def _front_desk_pin(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.pin import Pin

    pin = Pin(config.state_dir)
    try:
        if arguments.own:
            pin.set(sys.stdin.readline().strip())
            _say("the front desk has the new PIN")
        else:
            _say(f"front desk's PIN: {pin.make()} (told once)")
    except OSError as error:
        raise ConfigError(f"{config.state_dir}: {error.strerror}") from error
    return FINE


def _rotate_key(config: Config, arguments: argparse.Namespace) -> int:  # noqa: ARG001
    from kiosk import syncing

    return _done("this box signs with a new key", syncing.rotate_key(config))


def _export_usb(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.exporting import export, in_words

    told = export(config, arguments.directory, anywhere=arguments.anywhere)
    _say(in_words(told))
    return FOUND if any(exported.refused or exported.ignored for exported in told) else FINE


def _profile(config: Config, arguments: argparse.Namespace) -> int:
    from kiosk.profile import division_of, load_profile, profile_in_force
    from kiosk.prompts import Prompts
    from kiosk.proofreading import remarks_on

    path: Path | None = arguments.path
    profile = load_profile(path) if path else profile_in_force(config)
    division_of(config, profile)
    _say(
        f"{path or 'the profile in force'}: fine. {profile.name.th}: "
        f"{len(profile.divisions)} divisions, {len(profile.topics)} topics, "
        f"{len(profile.villages)} villages, {len(profile.reasons)} reasons, "
        f"{len(profile.surveys)} questionnaires"
    )
    for remark in (*remarks_on(profile), *Prompts(config.sound.prompts).remarks()):
        _say(f"  {remark}")
    return FINE


def _done(deed: str, hindrance: str | None) -> int:
    """Say that it is done, or what stood in the way."""
    _say(deed if hindrance is None else f"{hindrance}; next: kiosk doctor")
    return FINE if hindrance is None else FOUND


def _as_json(told: object) -> str:
    return msgspec.json.format(msgspec.json.encode(told)).decode()


def _say(words: str) -> None:
    sys.stdout.write(words.rstrip() + "\n")
