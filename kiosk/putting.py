"""Where a technician has a file put: whether it can be, and what helps where it cannot."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kiosk.errors import ConfigError

_NO_FOLDER = ("there is no such folder", "mkdir -p {folder}, or mount the stick")
_NOT_YOURS = ("it is not yours to write", "sudo, or another folder")
_WHY = {
    errno.ENOENT: _NO_FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
    errno.EEXIST: ("is there already; nothing is written over", "another name"),
    errno.EISDIR: ("it is a folder", "name a file in it"),
    errno.ENOSPC: ("there is no room for it", "df -h {folder}"),
    errno.EROFS: ("it takes no writing", "another folder, or a stick that is not locked"),
    errno.EACCES: _NOT_YOURS,
    errno.EPERM: _NOT_YOURS,
}


def not_written(path: Path, error: OSError) -> ConfigError:
    """Why a file or folder could not be written, with what to do about it."""
    finding, advice = _WHY.get(
        error.errno or 0, (error.strerror or "not usable", "ls -ld {folder}; kiosk doctor")
    )
    return ConfigError(f"{path}: {finding}; next: {advice.format(folder=_folder_of(path))}")


def insist_on_place(path: Path) -> None:
    """Look, without writing, whether a new file can be made there.

    Raises:
        ConfigError: it is there already, or its folder takes none; says what helps.
    """
    if os.path.lexists(path):
        raise not_written(path, OSError(errno.EEXIST, os.strerror(errno.EEXIST)))
    insist_on_folder(_folder_of(path), path)


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there, for its owner only; what could not be finished is not left.

    Raises:
        ConfigError: it is there already, or cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise not_written(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
    except OSError as error:
        path.unlink()
        raise not_written(path, error) from error


def insist_on_folder(folder: Path, path: Path | None = None) -> None:
    """Look whether files can be made in `folder`; `path` is named instead where that was typed.

    Raises:
        ConfigError: they cannot; says what helps.
    """
    if reason := _why_closed(folder):
        raise not_written(path or folder, OSError(reason, os.strerror(reason)))


def insist_on_entry(folder: Path) -> None:
    """Look whether this user may look around in `folder`, where it is there at all.

    Raises:
        PermissionError: they may not; half of the answer would be worse than none.
    """
    if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK, effective_ids=True):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _why_closed(folder: Path) -> int:
    """The error's number with which a file there would not be made; 0 where it would."""
    try:
        if not stat.S_ISDIR(folder.stat().st_mode):
            return errno.ENOTDIR
        if os.statvfs(folder).f_flag & os.ST_RDONLY:
            return errno.EROFS
    except OSError as error:
        return error.errno or errno.ENOENT
    is_open = os.access(folder, os.W_OK | os.X_OK, effective_ids=True)
    return 0 if is_open else errno.EACCES


def _folder_of(path: Path) -> Path:
    return path if os.path.isdir(path) else path.absolute().parent  # noqa: PTH112 may be closed
