"""Files that are there when all of them is on the disk, and never before.

The one place where that is done: written beside its name, brought to the disk, renamed, and
the name brought to the disk too. A power cut leaves the file as it was, and at most a draft.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600


@contextmanager
def whole(target: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """Write `target` within the block; one writer of a name at a time.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    draft = target.with_name(f".{target.name}.draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            if mode != PRIVATE:  # a stick's file system refuses any change of modes
                os.fchmod(file.fileno(), mode)
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    sync_folder(target.absolute().parent)


def put(target: Path, content: bytes, mode: int = PRIVATE) -> None:
    """The whole new file or the whole old one. Raises OSError: as for `whole`."""
    with whole(target, mode) as file:
        file.write(content)


def clear_drafts(folder: Path, names: str) -> None:
    """Take away what power cuts left of files whose names match `names`, each written once."""
    for draft in folder.glob(f".{names}.draft"):
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make names durable: a file's name is so only once its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
