"""One SQLite file that several processes share without harming it or each other.

SQLite 3.7.0-3.51.2 can corrupt a WAL database when two connections write or checkpoint
at the same instant, and Debian 12 carries 3.40. So every touch of the file happens
under one `flock` beside it: shared to read; exclusive to open (recovery), write,
checkpoint and close. SQLite's automatic checkpoints happen inside a commit, so under the
lock too; and because readers hold it, a truncating checkpoint always comes through.

After a failed fsync the kernel may call pages clean that never reached the disk, and a
connection that saw damage may hold it in its cache. Such a connection is not used again:
the next use opens a new one, which folds the log in and so writes everything anew.
"""

import errno
import fcntl
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from sync.errors import StoreDamaged, StoreFull, StoreReadOnly, SyncError
from sync.whole import sync_folder

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 1.0
"""For a stranger who holds the file without our lock, such as a technician's shell."""

PRAGMAS = {"synchronous": (2, "FULL"), "secure_delete": (1, "ON"), "foreign_keys": (1, "ON")}
"""What must be in force, as SQLite reports it and as one asks for it."""

_NO_TEMPORARY_FILES = "PRAGMA temp_store = MEMORY"
"""A statement's own journal may hold a slip's page; it must not reach another file."""

LEAST_ROOM = 1024 * 1024
"""Bytes that must be free before somebody is asked for a case."""

_NOT_WRITTEN = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
"""A quota, a size limit, a worn-out card: SQLite does not tell which."""

_SUSPICIOUS = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}
"""Primary codes after which a connection is not trusted any more."""

_ERRORS: dict[int, type[SyncError]] = {
    errno.ENOSPC: StoreFull,
    errno.EDQUOT: StoreFull,
    errno.EFBIG: StoreFull,
    errno.EROFS: StoreReadOnly,
}
_PROBE = 64 * 1024
_CHUNK = 1024 * 1024

MARKER_SUFFIX = ".salvage"
"""Of the file that stands beside a store while it is being salvaged."""

BORN_SUFFIX = ".born"
"""Of the empty file that stands beside a store from its first day on. A file system that is
mended after a fault may cut a file to nothing or lose its name; a new store in its place
would count from one again and give references a second time."""


class Database:
    """A connection whose every use is guarded; of one thread, in each of its processes."""

    def __init__(self, path: Path) -> None:
        """Open or create the file, durably.

        Raises:
            StoreFull: no space left to create or recover it.
            StoreReadOnly: the file system takes no writing.
            StoreDamaged: not a database, unreadable, gone although it was here, or a setting
                did not take.
        """
        self.path = path
        self._wipe_due = False
        self._is_suspect = False
        with _opening(path):
            self._lock_file = _prepare(path)
        try:
            self._connect()
        except BaseException:
            os.close(self._lock_file)
            raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """For SELECTs that are fetched to the end inside the block; nobody writes meanwhile."""
        self._reconnect_if_suspect()
        with self._locked(fcntl.LOCK_SH), self._watched():
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: durable when the block is left, undone when it raises."""
        self._reconnect_if_suspect()
        with self._locked(fcntl.LOCK_EX), self._watched():
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

    def note_birth(self) -> None:
        """From now on a store that is missing here was lost.

        Raises:
            StoreFull, StoreDamaged: it cannot be noted.
        """
        born = self.path.with_suffix(BORN_SUFFIX)
        if not born.exists():
            with _opening(born):
                os.close(os.open(born, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
                sync_folder(born.parent)

    def wipe(self) -> None:
        """Empty the write-ahead log after this transaction: it held what was overwritten."""
        self._wipe_due = True

    def look(self) -> None:
        """Find out, cheaply, whether the next write has a chance.

        Looks at the file system and at whose file lies there; after a fault it writes.

        Raises:
            StoreFull: hardly anything is free.
            StoreReadOnly: the file system takes no writing.
            StoreDamaged: the file is gone, another's, or still not to be written to.
        """
        was_suspect = self._is_suspect
        with _opening(self.path):
            file, system = self.path.stat(), os.statvfs(self.path)
        if system.f_flag & os.ST_RDONLY:
            raise StoreReadOnly(f"{self.path}: {os.strerror(errno.EROFS)}")
        if system.f_bavail * system.f_frsize < LEAST_ROOM:
            raise StoreFull(f"{self.path}: less than {LEAST_ROOM} bytes free")
        self._reconnect_if_suspect()
        if (file.st_dev, file.st_ino) != self._file:
            self._is_suspect = True
            raise StoreDamaged(f"{self.path}: another file lies there now")
        if was_suspect:
            self._write_something()

    def spare(self) -> tuple[int, int]:
        """Bytes of the file that hold something, and bytes that hold nothing any more."""
        with self.reading() as connection:
            (size,), (pages,), (free,) = (
                connection.execute(f"PRAGMA {name}").fetchone()
                for name in ("page_size", "page_count", "freelist_count")
            )
        return (pages - free) * size, free * size

    def compact(self) -> None:
        """Give the file system back what holds nothing; all else waits meanwhile.

        SQLite builds the new file in memory and puts it in place through the log, so a power
        cut leaves the old one or the new one.

        Raises:
            StoreFull: no room for the log.
            StoreDamaged: it cannot be read to its end.
        """
        self._reconnect_if_suspect()
        with self._locked(fcntl.LOCK_EX), self._watched():
            self._connection.execute("VACUUM")
            self._empty_log()

    def close(self) -> None:
        """Close; the last process to do so folds the log in. Safe to call twice."""
        if self._lock_file < 0:
            return
        try:
            with self._locked(fcntl.LOCK_EX), self._watched():
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

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """SQLite's errors in our words, the cause kept; some cost the connection our trust."""
        try:
            yield
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.DatabaseError as error:
            told = _in_our_words(self.path, error)
            self._is_suspect |= _is_suspicious(error, told)
            raise told from error

    def _connect(self) -> None:
        with self._locked(fcntl.LOCK_EX), self._watched():
            self._connection = _connect(self.path)
            try:
                self._recover()
            except BaseException:
                self._connection.close()
                raise
        self._is_suspect = False

    def _reconnect_if_suspect(self) -> None:
        if not self._is_suspect:
            return
        log.warning("%s: the connection is not to be trusted; opening another", self.path)
        with self._locked(fcntl.LOCK_EX), suppress(sqlite3.DatabaseError):
            self._connection.close()
        self._connect()

    def _recover(self) -> None:
        """Fold in what an earlier process left; make sure of the new files' names."""
        with _opening(self.path):
            _write_log_anew(self.path)
        self._connection.execute("PRAGMA schema_version").fetchone()
        try:
            self._checkpoint()
        except sqlite3.DatabaseError as error:
            if _is_suspicious(error, _in_our_words(self.path, error)):
                raise
            log.warning("the log could not be emptied: %s", error)
        with _opening(self.path):
            sync_folder(self.path.parent)
            file = self.path.stat()
            self._file = (file.st_dev, file.st_ino)

    def _write_something(self) -> None:
        """A write that changes nothing, through the log to the disk."""
        with self.writing() as connection:
            ((version,),) = connection.execute("PRAGMA user_version").fetchall()
            connection.execute(f"PRAGMA user_version = {int(version)}")

    def _empty_log(self) -> None:
        """Fold the log in and cut it off. What it holds stands, so a failure only waits."""
        self._wipe_due = True
        try:
            self._checkpoint()
        except sqlite3.DatabaseError as error:
            self._is_suspect |= _is_suspicious(error, _in_our_words(self.path, error))
            log.warning("the log could not be emptied: %s; the next write tries again", error)

    def _checkpoint(self) -> None:
        blocked, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if blocked:
            log.warning("somebody reads the store outside its lock; the log stays for now")
        else:
            self._wipe_due = False


def has_been(path: Path) -> bool:
    """Whether a store was ever kept under this name, be it still there or not."""
    return path.exists() or path.with_suffix(BORN_SUFFIX).exists()


def _prepare(path: Path) -> int:
    """Make the directory and both files, private to us; an open lock file comes back."""
    if path.with_suffix(MARKER_SUFFIX).exists():
        raise StoreDamaged(f"{path}: a salvage was interrupted; run it again")
    if path.with_suffix(BORN_SUFFIX).exists() and not (path.exists() and path.stat().st_size):
        raise StoreDamaged(f"{path}: it was here and is gone, or empty")
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True)
        sync_folder(path.parent.parent)
    _make(path)
    return os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _make(path: Path) -> None:
    """An empty file, private to us, where there is none.

    One that is there is not opened: to close it again would take away the locks that SQLite
    holds on it in this process (fcntl(2), "closes any file descriptor"), and whoever closes
    the store next would take itself for the last and throw the log away.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _write_log_anew(path: Path) -> None:
    """Write the log's bytes over themselves and sync them.

    What a failed fsync left in the kernel's memory reads like any other page, is on no disk,
    and no later fsync would put it there. The store's file must not build on it.
    """
    try:
        handle = os.open(path.with_name(f"{path.name}-wal"), os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        at = 0
        while chunk := os.pread(handle, _CHUNK, at):
            at += os.pwrite(handle, chunk, at)
        os.fsync(handle)
    finally:
        os.close(handle)


def _connect(path: Path) -> sqlite3.Connection:
    """Connect with our settings and make sure that each of them is in force."""
    connection = sqlite3.connect(
        path,
        timeout=LONGEST_WAIT_S,
        isolation_level=None,
        cached_statements=0,  # one that is kept holds what was last bound to it: a slip's words
    )
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


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    """The file system's errors in our words, the cause kept."""
    try:
        yield
    except OSError as error:
        kind = _ERRORS.get(error.errno or 0, StoreDamaged)
        raise kind(f"{path}: {error.strerror}") from error


def _is_suspicious(error: sqlite3.DatabaseError, told: SyncError) -> bool:
    """Whether a connection that met this must not go on; not where only room is short."""
    return isinstance(told, StoreDamaged) and _code_of(error) & 0xFF in _SUSPICIOUS


def _code_of(error: sqlite3.DatabaseError) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)


def _in_our_words(path: Path, error: sqlite3.DatabaseError) -> SyncError:
    code = _code_of(error)
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(f"{path}: {error}")
    if code == sqlite3.SQLITE_READONLY:
        return StoreReadOnly(f"{path}: {error}")
    if code in _NOT_WRITTEN:
        return _why_not_written(path)(f"{path}: {error}")
    return StoreDamaged(f"{path}: {error}")


def _why_not_written(path: Path) -> type[SyncError]:
    """What a file beside the store, as long as it, meets in its place."""
    probe = path.with_suffix(".probe")
    try:
        beside = [file.stat().st_size for file in path.parent.glob(f"{path.name}*")]
        handle = os.open(probe, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(handle, bytes(_PROBE), max(beside, default=0))
            os.fsync(handle)
        finally:
            os.close(handle)
            probe.unlink()
    except OSError as error:
        return _ERRORS.get(error.errno or 0, StoreDamaged)
    return StoreDamaged
