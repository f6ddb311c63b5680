"""SQLite for several processes: whoever opens, writes, checkpoints or closes holds a lock.

SQLite from 3.7.0 to 3.51.2 (Debian 12 ships 3.40, Debian 13 ships 3.46) can corrupt a
database in WAL mode when two connections write or checkpoint at once
(https://sqlite.org/wal.html#walresetbug). A commit may checkpoint, so the lock is held
until it is through. Waiting in flock(2) is also fairer than SQLite's own busy loop.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base

_READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK TO")


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection; transactions begin IMMEDIATE, so that none fails half-way."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._lock_file: int | None = None
        self._locks = 0
        self.execute_wrappers.append(self._guard)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open (which may recover and checkpoint) under the lock."""
        with self._held():
            return super().get_new_connection(conn_params)

    def _start_transaction_under_autocommit(self) -> None:
        self._acquire()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._release()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._release_all()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._release_all()

    def _close(self) -> None:
        self._acquire()
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._release_all()
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None

    def _guard(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """A statement that writes outside a transaction is a transaction by itself."""
        if self._locks or self.in_atomic_block or sql.lstrip().upper().startswith(_READS):
            return execute(sql, params, many, context)
        with self._held():
            return execute(sql, params, many, context)

    @contextmanager
    def _held(self) -> Iterator[None]:
        self._acquire()
        try:
            yield
        finally:
            self._release()

    def _acquire(self) -> None:
        if self._locks == 0:
            if self._lock_file is None:
                path = f"{self.settings_dict['NAME']}.lock"
                self._lock_file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock_file, fcntl.LOCK_EX)
        self._locks += 1

    def _release(self) -> None:
        if self._locks == 0:
            return
        self._locks -= 1
        if self._locks == 0 and self._lock_file is not None:
            fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    def _release_all(self) -> None:
        while self._locks:
            self._release()
