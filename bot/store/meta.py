"""Single values that outlive a restart, and what conditional GET needs."""

from datetime import datetime

from sqlite_utils import Database

from bot.store.codecs import seconds
from bot.store.columns import Columns, readable

_VALUE = Columns("meta", "key", "value")
_AT = Columns("meta", "key", "at")
_VALIDATORS = Columns("http_validators", "url", "etag", "last_modified", "note")


def get(db: Database, key: str) -> str | None:
    """None also for what cannot be read: nothing here cannot be found out or asked for again."""
    rows = db.conn.execute("SELECT key, value FROM meta WHERE key = ?", [key])
    return next((value for _, value in readable(rows, _VALUE)), None)


def put_at(db: Database, key: str) -> datetime | None:
    """When it was last put."""
    rows = db.conn.execute("SELECT key, at FROM meta WHERE key = ?", [key])
    return next((at for _, at in readable(rows, _AT)), None)


def put(db: Database, key: str, value: str, *, now: datetime) -> None:
    db.conn.execute(
        "INSERT OR REPLACE INTO meta (key, value, at) VALUES (?, ?, ?)", [key, value, seconds(now)]
    )


def validators(db: Database, url: str) -> tuple[str, str, str] | None:
    """(ETag, Last-Modified, note) of a remembered answer of ``url``; any may be empty."""
    rows = db.conn.execute(
        "SELECT url, etag, last_modified, note FROM http_validators WHERE url = ?", [url]
    )
    found = readable(rows, _VALIDATORS)
    return next(((etag, modified, note) for _, etag, modified, note in found), None)


def put_validators(db: Database, url: str, etag: str, last_modified: str, note: str) -> None:
    db.conn.execute(
        """INSERT OR REPLACE INTO http_validators (url, etag, last_modified, note)
           VALUES (?, ?, ?, ?)""",
        [url, etag, last_modified, note],
    )
