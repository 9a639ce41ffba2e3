"""What a reader can do about an error of SQLite's."""

import sqlite3
from pathlib import Path

from bot.errors import StoreError

RIGHTS = (
    "Give the user that runs hotpapers the right to write in that folder, or set `path` under "
    "[archive]."
)
_DAMAGED = (
    "The file is damaged. 'hotpapers restore FILE' puts a backup in its place and keeps it aside."
)
# By the low byte of SQLite's result codes, which is the kind (sqlite.org/rescode.html).
_MENDS = {
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: (
        "Give the user that runs hotpapers the right to write that file and in its folder."
    ),
    sqlite3.SQLITE_CANTOPEN: RIGHTS,
    sqlite3.SQLITE_FULL: "Make room on its disk; what was stored before is there.",
    sqlite3.SQLITE_IOERR: (
        "Look whether its disk is full or broken, and at quotas and limits (`ulimit -f`)."
    ),
    sqlite3.SQLITE_BUSY: "End the other process that holds it, or wait; only one may write.",
}


def mend(error: sqlite3.Error) -> str:
    """Errors of Python's own module have no code, and no mend."""
    return _MENDS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "")


def damaged(path: Path, error: Exception) -> StoreError:
    """Of an error that came of what an archive holds, and is none of SQLite's."""
    return StoreError(
        f"What the archive {path} holds cannot be made sense of: {error!r}.",
        "'hotpapers archive check' names what is wrong with it.",
    )
