"""Django's SQLite backend behind one file lock."""
