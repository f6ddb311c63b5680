"""A folder on a stick: which files in it are ours, read with care, answered durably.

A stick comes from far away. What lies on it may be cut, foreign, endless, a link or a pipe.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from sync.stick import ENROLMENT, FOLDER, TALLY, answer_name, is_answer, is_attachment, is_batch
from sync.whole import sync_folder


class Skipped(Exception):
    """This file is left as it is; the message says why, in the operator's words."""


def folders_of(path: Path) -> list[Path]:
    """The devices' folders on a stick, or in its `rapfang` folder, or `path` itself as one.

    Raises:
        OSError: `path` cannot be read.
    """
    top = path / FOLDER if (path / FOLDER).is_dir() else path
    below = sorted(entry for entry in top.iterdir() if entry.is_dir() and not entry.is_symlink())
    return [folder for folder in (top, *below) if any(rank_of(name) for name in names_in(folder))]


def names_in(folder: Path) -> list[str]:
    """All names, in the order in which they are to be taken; foreign ones last."""
    names = (entry.name for entry in folder.iterdir() if not entry.is_dir())
    return sorted(names, key=lambda name: (rank_of(name) or _FOREIGN, name))


def rank_of(name: str) -> int:
    """When a file is taken: the key first, the tally last; 0 for a foreign one or an answer."""
    if name == ENROLMENT:
        return 1
    if is_batch(name):
        return 2
    if is_attachment(name):
        return 3
    return 4 if name == TALLY else 0


def foreign_in(folder: Path) -> Iterator[str]:
    """What is neither the device's nor central's."""
    return (name for name in names_in(folder) if not rank_of(name) and not is_answer(name))


def read_file(path: Path, largest: int) -> bytes:
    """A regular file of at most `largest` bytes; links are not followed.

    Raises:
        Skipped: too large, no regular file, or not readable.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise Skipped("not a regular file")
            raw = file.read(largest + 1)
    except OSError as error:
        raise Skipped(f"cannot be read: {error.strerror}") from error
    if len(raw) > largest:
        raise Skipped("too large")
    return raw


def write_answer(path: Path, envelope: bytes) -> None:
    """Put central's answer beside the file `path`, durably and whole or not at all.

    Raises:
        Skipped: the stick takes no more.
    """
    target = path.with_name(answer_name(path.name))
    draft = path.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        _write_through(draft, envelope)
        draft.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Skipped(f"taken, but its answer cannot be written: {error.strerror}") from error


_FOREIGN = 9


def _write_through(path: Path, raw: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(descriptor)
