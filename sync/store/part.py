"""What every part of the store rests on."""

from sync.database import Database


class Part:
    """One story of the store's; all of them share one connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
