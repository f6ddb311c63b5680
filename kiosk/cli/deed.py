"""How a verb that changes something goes about it: alone, announced, and to its end.

It refuses while a resident is at the glass, tells each change before it makes it, and a
lost SSH line does not break it off.
"""

import argparse
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kiosk.alone import alone
from kiosk.cli.verb import announce
from kiosk.config import Config
from kiosk.occupied import insist_on_free


def may_disturb(verb: argparse.ArgumentParser, more: str = "") -> None:
    """Give a verb that changes something its `--now`; `more` is when else it does it then."""
    words = f"even while a resident is at the glass{more}"
    verb.add_argument("--now", action="store_true", help=words)


@contextmanager
def deed(config: Config, arguments: argparse.Namespace, *changes: str) -> Iterator[None]:
    """Do it inside: `changes` are told first, each as what follows "will".

    A verb that has no `--now` has made sure by itself that no glass runs.

    Raises:
        Occupied: a resident is at the glass, and `--now` was not said.
        Busy: another technician is at it.
    """
    if not getattr(arguments, "now", True):
        insist_on_free(config)
    with alone(config, arguments.verb), _to_its_end():
        for change in changes:
            announce(f"will {change}", as_json=getattr(arguments, "json", False))
        try:
            yield
        finally:
            _give_to_owner(config.state_dir)


def _give_to_owner(folder: Path) -> None:
    """What root made there, the services, which are nobody's superuser, have to open.

    By open folders, never by paths: the folder is another user's, who may swap its parts.
    """
    if os.geteuid() or not folder.is_dir():
        return
    owner = folder.stat()
    for _, folders, files, here in os.fwalk(folder):
        for name in (*folders, *files):
            with suppress(FileNotFoundError):
                found = os.stat(name, dir_fd=here, follow_symlinks=False)
                if found.st_uid == 0 != owner.st_uid:
                    uid, gid = owner.st_uid, owner.st_gid
                    os.chown(name, uid, gid, dir_fd=here, follow_symlinks=False)


@contextmanager
def _to_its_end() -> Iterator[None]:
    """A lost SSH line (SIGHUP) ends nothing: what was begun is finished, said or not."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)
