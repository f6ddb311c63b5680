"""`central corruption-key`: who may open cases about corruption, and the first key."""

import argparse
import getpass
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sync.central.environment import Environment
from sync.central.errors import KeyRefused, KeysMissing
from sync.central.keys import changing, files
from sync.central.keys.loading import read_keyring
from sync.central.starting import set_up
from sync.keyring import PublicKey

if TYPE_CHECKING:
    from sync.central.officers.models import Officer

log = logging.getLogger(__name__)


def add_to(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verbs of `central corruption-key`."""
    grant = verbs.add_parser("grant", help="let an officer open them; needs the recovery key")
    withdraw = verbs.add_parser("withdraw", help="let an officer open them no more")
    for parser, verb in ((grant, _grant), (withdraw, _withdraw)):
        parser.add_argument("officer", metavar="OFFICER")
        parser.set_defaults(verb=verb)
    rotating = verbs.add_parser("rotate", help="seal what comes from now on to a fresh key")
    rotating.add_argument("--root", type=Path, metavar="FILE", help="the root, where it was moved")
    rotating.set_defaults(verb=rotate)
    verbs.add_parser("list", help="who can open them").set_defaults(verb=_list)


def make_first(found: Environment, tell: Callable[[str], None]) -> None:
    """Make the corruption key where there is none, and `tell` its recovery key, once.

    The keyring then names it. Safe to repeat: what was cut off is finished. Django runs.
    """
    from django.db import transaction

    from sync.central.confidential.holding import make_key, make_recovery
    from sync.central.confidential.models import CorruptionKey, Holder
    from sync.central.confidential.upgrading import seal_readable

    now = datetime.now(UTC)
    if not Holder.objects.filter(officer=None).exists():
        with transaction.atomic():
            recovery = make_recovery(now)
            make_key(now)
            tell(recovery)
    newest = CorruptionKey.objects.order_by("-made_at", "-name").first()
    if newest is None:
        raise KeyRefused("there is a recovery key but no corruption key; restore the database")
    key = PublicKey(id=newest.name, key=bytes(newest.public))
    folder = files.folder_of(found.state_dir)
    issued = read_keyring(folder, files.read_key(folder / files.ROOT_PUBLIC))[1].corruption
    if issued and not CorruptionKey.objects.filter(name=issued.id, public=issued.key).exists():
        _warn_of_unheld(issued.id, key.id)
        root = _root_if_here(found.state_dir)
        key = make_key(now, issued.id) if root else key
    else:
        root = None if issued == key else changing.find_root(found.state_dir, None)
    if root:
        changing.use_corruption_key(found.state_dir, root, key)
    seal_readable(key)


def _warn_of_unheld(issued: str, newest: str) -> None:
    log.error(
        "kiosks seal to %s, and this database, an older copy as it seems, knows only %s: nobody "
        "can open what is sealed to %s. Restore a newer backup; without one `central "
        "corruption-key rotate`",
        *(issued, newest, issued),
    )


def _root_if_here(state_dir: Path) -> "changing.Root | None":
    try:
        return changing.find_root(state_dir, None)
    except KeysMissing:
        return None


def rotate(found: Environment, parsed: argparse.Namespace) -> int:
    """A fresh corruption key, for every officer who holds the present one."""
    root = changing.find_root(found.state_dir, parsed.root)
    set_up(found)
    from sync.central.confidential.holding import make_key

    folder = files.folder_of(found.state_dir)
    issued = read_keyring(folder, files.read_key(folder / files.ROOT_PUBLIC))[1].corruption
    key = make_key(datetime.now(UTC), issued.id if issued else "")
    changing.use_corruption_key(found.state_dir, root, key)
    print(f"{key.id} is in use; older cases open with the older keys")  # noqa: T201
    return 0


def _grant(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    from sync.central.confidential.holding import grant

    officer = _officer(parsed.officer)
    recovery = _ask("Recovery key: ")
    passphrase = _ask(f"New passphrase of {officer}: ")
    if sys.stdin.isatty() and _ask("Once more: ") != passphrase:
        raise KeyRefused("the two passphrases differ")
    grant(officer, passphrase, recovery, datetime.now(UTC))
    print(f"{officer} can open cases about corruption")  # noqa: T201
    return 0


def _withdraw(found: Environment, parsed: argparse.Namespace) -> int:
    set_up(found)
    from sync.central.confidential.holding import withdraw

    withdraw(_officer(parsed.officer))
    print(  # noqa: T201
        f"{parsed.officer} opens nothing any more. For what comes from now on, also run "
        "`central corruption-key rotate`."
    )
    return 0


def _list(found: Environment, parsed: argparse.Namespace) -> int:  # noqa: ARG001 every verb's
    set_up(found)
    from sync.central.confidential.models import CorruptionKey, Holder

    for key in CorruptionKey.objects.order_by("made_at", "name"):
        print(f"{key.name}, made {key.made_at:%Y-%m-%d %H:%M} UTC")  # noqa: T201
    for holder in Holder.objects.select_related("officer").order_by("since"):
        who = holder.officer or "the recovery key, on paper"
        print(f"held by {who} since {holder.since:%Y-%m-%d %H:%M} UTC")  # noqa: T201
    return 0


def _officer(name: str) -> "Officer":
    from sync.central.officers.models import Officer

    try:
        return Officer.objects.get(username=name)
    except Officer.DoesNotExist as error:
        raise KeyRefused(f"there is no officer called {name}") from error


def _ask(prompt: str) -> str:
    """From the terminal without echo, or a line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\n")
