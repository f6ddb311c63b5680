"""What a store is called and how far this release reads one, for the store itself and for
whoever only reads one that was left behind. Pure."""

STORE_FILE = "store.db"
"""The store's name in the state directory."""
STORE_READING = 1
"""How far this release reads: a store that asks for more (`PRAGMA user_version`) is refused."""
