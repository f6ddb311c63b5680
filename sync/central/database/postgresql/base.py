"""PostgreSQL for central: no connection is used on which a commit may still be lost.

`synchronous_commit=on` waits for the disk, and for the standby where there is one.
"""

from typing import Any

from django.db.backends.postgresql import base

from sync.central.errors import DatabaseUnfit

OLDEST = 15
"""As Debian 12 ships it."""
DURABLE = ("on", "remote_apply")

_SETTINGS = "SELECT current_setting('synchronous_commit'), current_setting('fsync')"


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection to a server that keeps what it has committed."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, and look before anything is entrusted to it.

        Raises:
            DatabaseUnfit: too old, not UTF-8, or set not to wait for the disk.
        """
        connection = super().get_new_connection(conn_params)
        try:
            _insist_on_durable(connection)
        except DatabaseUnfit:
            connection.close()
            raise
        return connection


def _insist_on_durable(connection: Any) -> None:
    if connection.info.server_version < OLDEST * 10_000:
        raise DatabaseUnfit(f"CENTRAL_DATABASE: needs PostgreSQL {OLDEST} or newer")
    if connection.info.parameter_status("server_encoding") != "UTF8":
        raise DatabaseUnfit("CENTRAL_DATABASE: its encoding is not UTF8; make it anew")
    commit, fsync = connection.execute(_SETTINGS).fetchone()
    connection.rollback()
    if commit not in DURABLE or fsync != "on":
        raise DatabaseUnfit(f"CENTRAL_DATABASE: synchronous_commit is {commit}, fsync is {fsync}")
