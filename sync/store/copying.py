"""The whole store at one instant, in memory: for backups and a technician's questions."""

import sqlite3
from contextlib import closing

from sync import statements as sql
from sync.store.part import Part


class Copying(Part):
    """Copies are taken under the store's lock, so nobody writes into one."""

    def copy(self) -> sqlite3.Connection:
        """Everything that is kept, the log's part too, on a connection of its own.

        It takes the memory that the store takes on disk; writers wait as long as that is read.
        """
        made = sqlite3.connect(":memory:", isolation_level=None)
        try:
            with self._database.reading() as connection:
                connection.backup(made)
        except BaseException:
            made.close()
            raise
        return made

    def image(self) -> bytes:
        """A store's file for a backup, without the words of slips.

        Those hold a case's key in the clear, and live no longer than it takes to print
        them: in the image their jobs have expired.
        """
        with closing(self.copy()) as made:
            made.execute("PRAGMA secure_delete = ON")
            made.execute(sql.EXPIRE_COPIED_SLIPS)
            image = bytearray(made.serialize())
        image[18:20] = b"\x01\x01"  # fileformat2.html, 1.3.3: read without a log beside it
        return bytes(image)

    def case_count(self) -> int:
        """Cases that were ever taken here."""
        with self._database.reading() as connection:
            ((count,),) = connection.execute(sql.CASE_COUNT).fetchall()
        return int(count)

    def codes(self) -> list[str]:
        """Every device code that this store has counted under."""
        with self._database.reading() as connection:
            return [code for (code,) in connection.execute(sql.CODES).fetchall()]
