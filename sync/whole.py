"""A file that is there when all of it is on the disk, and never before."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PARTIAL = ".rapfang-*.partial"
"""What a power cut leaves; whoever writes there next takes it away."""


@contextmanager
def whole(target: Path) -> Iterator[BinaryIO]:
    """Write `target`, for its owner alone: durable at the end of the block, else not there.

    One writer at a time in a folder.

    Raises:
        OSError: it cannot be written; nothing of it is left.
    """
    draft = target.with_name(f".rapfang-{target.name}.partial")
    for left in target.parent.glob(PARTIAL):
        left.unlink()
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
        sync_folder(target.absolute().parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Make names durable: a file's name is so only once its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
