"""`central keys`: what an operator asks for, in words."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from sync.central.environment import Environment
from sync.central.keys import changing, files
from sync.central.keys.loading import intakes_known, lost_in, read_keyring
from sync.central.starting import set_up


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs of `central keys`."""
    add = verbs.add_parser
    add("list", help="which keys there are, and what each is for").set_defaults(verb=_list)
    rotate = add("rotate", help="make a fresh key; the old one goes on opening or counting")
    rotate.add_argument("which", choices=["intake", "central", "corruption"])
    _with_root(rotate).set_defaults(verb=_rotate)
    retire = add("retire", help="an older signing key was stolen: its word counts no more")
    retire.add_argument("name", metavar="NAME", help="for instance central-1")
    _with_root(retire).set_defaults(verb=_retire)
    lost = add("lost", help="an intake key is gone: seal to it no more, keep what still comes")
    lost.add_argument("name", metavar="NAME", help="for instance intake-1")
    _with_root(lost).set_defaults(verb=_lost)
    restore = add("restore", help="a lost intake key is back: open what was kept")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.set_defaults(verb=_restore)
    export = add("export-root", help="move the root out of here, to a file on a stick for the safe")
    export.add_argument("file", type=Path, metavar="FILE")
    export.set_defaults(verb=_export_root)


def _with_root(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--root", type=Path, metavar="FILE", help="the root, where it was moved")
    return parser


def _list(found: Environment, parsed: argparse.Namespace) -> int:  # noqa: ARG001 every verb's
    for line in _lines(files.folder_of(found.state_dir)):
        print(line)  # noqa: T201
    return 0


def _lines(folder: Path) -> Iterator[str]:
    keyring = read_keyring(folder, files.read_key(folder / files.ROOT_PUBLIC))[1]
    yield f"keyring version {keyring.version}, issued {keyring.issued_at:%Y-%m-%d %H:%M} UTC"
    where = "here" if (folder / files.ROOT).exists() else "kept elsewhere"
    yield f"root: {where}; signs the keyring"
    for place, key in enumerate(keyring.central):
        yield f"{key.id}: {'signs' if not place else 'its word still counts'}"
    lost = lost_in(folder)
    for name in intakes_known(folder, keyring):
        if name in lost:
            yield f"{name}: lost; what comes sealed to it is kept unopened"
        elif not (folder / f"{name}.key").exists():
            yield f"{name}: MISSING; restore it from the backup, or `central keys lost {name}`"
        else:
            in_use = name == keyring.intake.id
            yield f"{name}: {'kiosks seal to it' if in_use else 'opens what came before'}"
    if keyring.corruption:
        yield f"{keyring.corruption.id}: cases about corruption are sealed to it; held by officers"


def _rotate(found: Environment, parsed: argparse.Namespace) -> int:
    if parsed.which == "corruption":
        from sync.central.confidential.commands import rotate

        return rotate(found, parsed)
    root = changing.find_root(found.state_dir, parsed.root)
    make = {"intake": changing.rotate_intake, "central": changing.rotate_signing}[parsed.which]
    print(f"{make(found.state_dir, root)} is in use; back up {found.state_dir / 'keys'}")  # noqa: T201
    return 0


def _retire(found: Environment, parsed: argparse.Namespace) -> int:
    root = changing.find_root(found.state_dir, parsed.root)
    changing.retire_signing(found.state_dir, root, parsed.name)
    print(f"{parsed.name} counts no more once kiosks have the new keyring")  # noqa: T201
    return 0


def _lost(found: Environment, parsed: argparse.Namespace) -> int:
    away = parsed.root is None and not (files.folder_of(found.state_dir) / files.ROOT).exists()
    root = None if away else changing.find_root(found.state_dir, parsed.root)
    in_use = changing.declare_lost(found.state_dir, root, parsed.name)
    print(  # noqa: T201
        f"{parsed.name} is noted as lost; kiosks seal to {in_use}. What still comes sealed to "
        f"{parsed.name} is kept and acknowledged; `central keys restore FILE` opens it."
    )
    return 0


def _restore(found: Environment, parsed: argparse.Namespace) -> int:
    name = changing.bring_back(found.state_dir, parsed.file)
    set_up(found)
    from sync.central.cases.adding import open_waiting_additions
    from sync.central.cases.unopened import open_waiting
    from sync.central.content.signing_up import open_waiting_sign_ups
    from sync.central.surveys.unopened import open_waiting_opinions

    opened, stay = open_waiting()
    open_waiting_opinions()
    open_waiting_additions()
    open_waiting_sign_ups()
    print(f"{name} is back; {opened} cases opened, {stay} stay unopened")  # noqa: T201
    return 1 if stay else 0


def _export_root(found: Environment, parsed: argparse.Namespace) -> int:
    changing.take_root_away(found.state_dir, parsed.file)
    print(  # noqa: T201
        f"the root is in {parsed.file} and no longer here. Keep two copies in two safes: without "
        "it no key can be rotated, and every kiosk would have to join again."
    )
    return 0
