"""Single values that outlive a restart, and what conditional GET needs."""

from datetime import datetime

from sqlite_utils import Database

from bot.store.values import seconds


def get(db: Database, key: str) -> str | None:
    row = db.conn.execute("SELECT value FROM meta WHERE key = ?", [key]).fetchone()
    return None if row is None else str(row[0])


def put(db: Database, key: str, value: str, *, now: datetime) -> None:
    db.conn.execute(
        "INSERT OR REPLACE INTO meta (key, value, at) VALUES (?, ?, ?)", [key, value, seconds(now)]
    )


def validators(db: Database, url: str) -> tuple[str, str, str] | None:
    """(ETag, Last-Modified, note) of a remembered answer of ``url``; any may be empty."""
    row = db.conn.execute(
        "SELECT etag, last_modified, note FROM http_validators WHERE url = ?", [url]
    ).fetchone()
    return None if row is None else (str(row[0]), str(row[1]), str(row[2]))


def put_validators(db: Database, url: str, etag: str, last_modified: str, note: str) -> None:
    db.conn.execute(
        """INSERT OR REPLACE INTO http_validators (url, etag, last_modified, note)
           VALUES (?, ?, ?, ?)""",
        [url, etag, last_modified, note],
    )
