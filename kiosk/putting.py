"""Where a technician has a file put: whether it can be, and what helps where it cannot."""

import errno
import os
from pathlib import Path

from kiosk.errors import ConfigError

_NO_FOLDER = ("there is no such folder", "mkdir -p {folder}, or mount the stick")
_NOT_YOURS = ("it is not yours to write", "sudo, or another folder")
_WHY = {
    errno.ENOENT: _NO_FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
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
        raise ConfigError(f"{path}: is there already; nothing is written over; next: another name")
    insist_on_folder(_folder_of(path), path)


def insist_on_folder(folder: Path, path: Path | None = None) -> None:
    """Look whether files can be made in `folder`; `path` is named instead where that was typed.

    Raises:
        ConfigError: they cannot; says what helps.
    """
    reason = 0
    if not folder.is_dir():
        reason = errno.ENOENT
    elif os.statvfs(folder).f_flag & os.ST_RDONLY:
        reason = errno.EROFS
    elif not os.access(folder, os.W_OK | os.X_OK):
        reason = errno.EACCES
    if reason:
        raise not_written(path or folder, OSError(reason, os.strerror(reason)))


def _folder_of(path: Path) -> Path:
    return path if path.is_dir() else path.absolute().parent
