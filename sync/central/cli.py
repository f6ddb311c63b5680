"""`central`: the operator's command. Exit codes: 0 fine, 1 something was wrong, 2 wrong usage."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from sync.central import environment, keys, server
from sync.central.backup import commands as backup_commands
from sync.central.confidential import commands as confidential_commands
from sync.central.database import choosing
from sync.central.environment import Environment
from sync.central.errors import CentralError
from sync.central.keys import commands as key_commands
from sync.central.refusing import Parser, in_words, refuse
from sync.central.starting import set_up
from sync.errors import BadReference
from sync.strongbox import PRIVATE

Verb = Callable[[Environment, argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb. What an operator has to mend is said in one line."""
    parsed = _parser().parse_args(arguments)
    os.umask(0o077)
    verb: Verb = parsed.verb
    try:
        found = environment.read(os.environ)
        environment.read_profile(found.profile)
        return verb(found, parsed)
    except (CentralError, BadReference, OSError) as error:
        code = "system" if isinstance(error, OSError) else "config"
        refuse(in_words(error), code, as_json=getattr(parsed, "json", False))
        return 2


def _run(found: Environment, parsed: argparse.Namespace) -> int:
    _migrate(found, parsed)
    print(f"central: {found.public_url}/", flush=True)  # noqa: T201
    return server.run(found)


def _migrate(found: Environment, parsed: argparse.Namespace) -> int:  # noqa: ARG001
    found.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys.make_missing(found.state_dir, has_database=choosing.is_set_up(found))
    set_up()
    from django.core.management import call_command

    from sync.central.content.releasing import release_profile
    from sync.central.database.migrating import one_at_a_time
    from sync.central.officers.creating import FIRST_OFFICER, create_first_officer

    with one_at_a_time():
        call_command("migrate", verbosity=0, interactive=False)
        release_profile(found.profile.read_bytes().decode(), datetime.now(UTC))
        confidential_commands.make_first(found, _tell_recovery)
        password = create_first_officer()
    if password:
        _tell_password(FIRST_OFFICER, password)
    return 0


def _web(found: Environment, parsed: argparse.Namespace) -> NoReturn:  # noqa: ARG001
    set_up(found)
    server.web(found)


def _worker(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    from sync.central import worker

    if parsed.once:
        worker.pass_once(datetime.now(UTC))
    else:
        worker.run()
    return 0


def _join_file(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    from sync.central.fleet.joining import as_toml, create_device

    if parsed.output is None:
        print(as_toml(create_device(parsed.device_code, datetime.now(UTC))), end="")  # noqa: T201
        return 0
    path: Path = parsed.output
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        try:
            file.write(as_toml(create_device(parsed.device_code, datetime.now(UTC))))
        except (CentralError, BadReference):
            path.unlink()
            raise
        file.flush()
        os.fsync(file.fileno())
    return 0


def _revoke(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    from sync.central.fleet.revoking import revoke

    device = revoke(parsed.device_code, parsed.reason, datetime.now(UTC))
    print(  # noqa: T201
        f"{device.code} is revoked since {device.revoked_at:%Y-%m-%d %H:%M} UTC. Slips above number"
        f" {device.agreed_through} open only cases that came before. What it still holds can be "
        "taken in with `central import-usb --revoked`."
    )
    return 0


def _fleet(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    from sync.central.fleet.telling import CALLING, as_json, as_lines, fleet

    told = fleet(datetime.now(UTC))
    for line in [as_json(told)] if parsed.json else as_lines(told):
        print(line)  # noqa: T201
    return 1 if any(each.state in CALLING for each in told) else 0


def _technician(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    from sync.central.officers.creating import make_technician

    make_technician(parsed.name, withdraw=parsed.withdraw)
    return 0


def _import_usb(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    from sync.central.intake.sticks import Import, utc_now

    run = Import(utc_now, with_revoked=parsed.revoked)
    run.run(parsed.path)
    for line in run.told():
        print(line)  # noqa: T201
    return 1 if run.skipped else 0


def _import_backup(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    from sync.central.intake.backups import open_backup

    key = backup_commands.read_key_file(parsed.key, PRIVATE)
    with tempfile.TemporaryDirectory(prefix=".import-", dir=found.state_dir) as draft:
        backup = open_backup(parsed.file, key, Path(draft))
    for line in backup.planned():
        print(line)  # noqa: T201
    if not parsed.yes:
        print("nothing was taken; the same with --yes does it")  # noqa: T201
        return 0
    done = backup.take(datetime.now(UTC))
    for code, taken in done.items():
        print(f"{code}: {taken.told()}")  # noqa: T201
    return 1 if any(taken.refused for taken in done.values()) else 0


def _demo(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    from sync.central.content.example import show_examples

    count = show_examples(parsed.pictures, datetime.now(UTC))
    print(f"{count} examples on the idle glass" if count else "there are items already")  # noqa: T201
    return 0


def _officer(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    from sync.central.officers.creating import create_officer

    password = create_officer(
        parsed.name, confidential=parsed.confidential, technician=parsed.technician
    )
    _tell_password(parsed.name, password)
    return 0


def _tell_password(name: str, password: str) -> None:
    """The only place where a password is ever told."""
    print(f"Officer {name}, password {password} (shown once)", flush=True)  # noqa: T201


def _tell_recovery(recovery: str) -> None:
    """The only place where the recovery key is ever told."""
    words = "Recovery key of cases about corruption (shown once; write it down, lock it away):"
    print(f"{words}\n{recovery}", flush=True)  # noqa: T201


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="central", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="verb")

    def add(name: str, verb: Verb, words: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=words, description=words)
        added.set_defaults(verb=verb)
        return added

    add("run", _run, "bring the database up to date, then serve until Ctrl-C")
    add("migrate", _migrate, "make keys and database, or bring the database up to date")
    add("web", _web, "serve the web alone, beside a `central worker`")
    worker = add("worker", _worker, "mail new and overdue cases to the complaint centre")
    worker.add_argument("--once", action="store_true", help="one pass, then end")
    join_file = add("join-file", _join_file, "take a device code into use and write its join file")
    join_file.add_argument("device_code", metavar="DEVICE_CODE", help="a letter and 1-3 more")
    join_file.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
    revoke = add("revoke", _revoke, "take nothing from a device any more, at once and for good")
    revoke.add_argument("device_code", metavar="DEVICE_CODE")
    revoke.add_argument("--reason", default="", help="shown to officers; name no person")
    fleet = add("fleet", _fleet, "how each kiosk is, the worst first; 1 where somebody has to go")
    fleet.add_argument("--json", action="store_true", help="for programs; a refusal is JSON too")
    usb = add("import-usb", _import_usb, "take in what kiosks wrote to a stick")
    usb.add_argument("path", type=Path, metavar="PATH", help="where the stick is mounted")
    usb.add_argument("--revoked", action="store_true", help="of revoked kiosks too; flagged")
    words = "take in what a dead box left in its backup (`kiosk backup`); tells it first"
    rescue = add("import-backup", _import_backup, words)
    rescue.add_argument("file", type=Path, metavar="FILE")
    rescue.add_argument("--key", type=Path, metavar="PRIVATE", required=True)
    rescue.add_argument("--yes", action="store_true", help="do it; else it is only told")
    backup_commands.add_to(add)
    demo = add("demo", _demo, "something to see on the idle glass, where there is nothing yet")
    words = "with before.jpg and after.jpg for the poster"
    demo.add_argument("--pictures", type=Path, metavar="FOLDER", help=words)
    for name, words, commands in (
        ("keys", "central's keys: list, rotate, lost, restore", key_commands),
        ("corruption-key", "who may open cases about corruption", confidential_commands),
    ):
        group = verbs.add_parser(name, help=words, description=words)
        commands.add_to(group.add_subparsers(required=True, metavar="verb"))
    officer = add("officer", _officer, "create an officer and show the first password")
    officer.add_argument("name", metavar="NAME")
    officer.add_argument(
        "--confidential", action="store_true", help="may open cases about corruption"
    )
    officer.add_argument("--technician", action="store_true", help="may enrol and revoke kiosks")
    technician = add("technician", _technician, "let an officer enrol and revoke kiosks")
    technician.add_argument("name", metavar="NAME")
    technician.add_argument("--withdraw", action="store_true", help="no longer")
    return parser


if __name__ == "__main__":
    sys.exit(main())
