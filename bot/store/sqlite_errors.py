"""SQLite's errors, by kind."""

import sqlite3

# Some of the low bytes of SQLite's result codes, which are the kinds (sqlite.org/rescode.html).
_KINDS = {
    getattr(sqlite3, name): name
    for name in (
        "SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_FULL", "SQLITE_IOERR",
        "SQLITE_LOCKED", "SQLITE_NOTADB", "SQLITE_READONLY",
    )
}  # fmt: skip


def kind_of(error: sqlite3.Error) -> str:
    """Such as ``SQLITE_FULL``; "" for others, and for errors of Python's own module."""
    return _KINDS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "")
