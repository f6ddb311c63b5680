"""One SQLite file that several processes share without harming it or each other.

SQLite 3.7.0-3.51.2 can corrupt a WAL database when two connections write or checkpoint
at the same instant, and Debian 12 carries 3.40. So every touch of the file happens
under one `flock` beside it: shared to read; exclusive to open (recovery), write,
checkpoint and close. SQLite's automatic checkpoints happen inside a commit, so under the
lock too; and because readers hold it, a truncating checkpoint always comes through.
"""

import errno
import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sync.errors import StoreDamaged, StoreFull, SyncError

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 1.0
"""For a stranger who holds the file without our lock, such as a technician's shell."""

PRAGMAS = {"synchronous": (2, "FULL"), "secure_delete": (1, "ON"), "foreign_keys": (1, "ON")}
"""What must be in force, as SQLite reports it and as one asks for it."""

_NO_TEMPORARY_FILES = "PRAGMA temp_store = MEMORY"
"""A statement's own journal may hold a slip's page; it must not reach another file."""

_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
"""No space, a quota or a size limit; a worn-out card reports at fsync instead."""


class Database:
    """A connection whose every use is guarded; of one thread, in each of its processes."""

    def __init__(self, path: Path) -> None:
        """Open or create the file, durably.

        Raises:
            StoreFull: no space left to create or recover it.
            StoreDamaged: not a database, unreadable, or a setting did not take.
        """
        self.path = path
        self._wipe_due = False
        with _opening(path), _translated(path):
            self._lock_file = _prepare(path)
            try:
                with self._locked(fcntl.LOCK_EX):
                    self._connection = _connect(path)
                    self._recover()
            except BaseException:
                os.close(self._lock_file)
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """For SELECTs that are fetched to the end inside the block; nobody writes meanwhile."""
        with self._locked(fcntl.LOCK_SH), _translated(self.path):
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: durable when the block is left, undone when it raises."""
        with self._locked(fcntl.LOCK_EX), _translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            if self._wipe_due:
                self._empty_log()

    def wipe(self) -> None:
        """Empty the write-ahead log after this transaction: it held what was overwritten."""
        self._wipe_due = True

    def close(self) -> None:
        """Close; the last process to do so folds the log in. Safe to call twice."""
        if self._lock_file < 0:
            return
        try:
            with self._locked(fcntl.LOCK_EX), _translated(self.path):
                self._connection.close()
        finally:
            os.close(self._lock_file)
            self._lock_file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        fcntl.flock(self._lock_file, how)
        try:
            yield
        finally:
            fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    def _recover(self) -> None:
        """Fold in what an earlier process left; make sure of the new files' names."""
        try:
            self._connection.execute("PRAGMA schema_version").fetchone()
            self._empty_log()
            _sync_directory(self.path.parent)
        except BaseException:
            self._connection.close()
            raise

    def _empty_log(self) -> None:
        """Fold the log in and cut it off. What it holds stands, so a failure only waits."""
        self._wipe_due = True
        try:
            self._checkpoint()
        except sqlite3.DatabaseError as error:
            log.warning("the log could not be emptied: %s; the next write tries again", error)

    def _checkpoint(self) -> None:
        blocked, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if blocked:
            log.warning("somebody reads the store outside its lock; the log stays for now")
        else:
            self._wipe_due = False


def _prepare(path: Path) -> int:
    """Make the directory and both files, private to us; an open lock file comes back."""
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True)
        _sync_directory(path.parent.parent)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    return os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _connect(path: Path) -> sqlite3.Connection:
    """Connect with our settings and make sure that each of them is in force."""
    connection = sqlite3.connect(path, timeout=LONGEST_WAIT_S, isolation_level=None)
    try:
        connection.execute(_NO_TEMPORARY_FILES)
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise StoreDamaged(f"{path}: journal_mode is {mode}, not wal")
        for name, (expected, asked) in PRAGMAS.items():
            connection.execute(f"PRAGMA {name} = {asked}")
            (found,) = connection.execute(f"PRAGMA {name}").fetchone()
            if found != expected:
                raise StoreDamaged(f"{path}: {name} is {found}, not {asked}")
    except BaseException:
        connection.close()
        raise
    return connection


def _sync_directory(directory: Path) -> None:
    """The names of new files are durable only once their directory is."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    """The file system's errors in our words, the cause kept."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise (StoreFull if full else StoreDamaged)(f"{path}: {error.strerror}") from error


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """SQLite's errors in our words, the cause kept."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise _in_our_words(path, error) from error


def _in_our_words(path: Path, error: sqlite3.DatabaseError) -> SyncError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    if code in _FULL:
        return StoreFull(f"{path}: {error}")
    return StoreDamaged(f"{path}: {error}")
