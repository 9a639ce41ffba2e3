"""What was read from services that bill by the post, per UTC day."""

from collections.abc import Collection
from datetime import datetime

from sqlite_utils import Database


def read_today(db: Database, source: str, *, now: datetime) -> int:
    """How many distinct posts were read on the UTC day of ``now``."""
    row = db.conn.execute(
        "SELECT count(*) FROM reads WHERE source = ? AND utc_day = ?",
        [source, now.date().isoformat()],
    ).fetchone()
    return int(row[0])


def note(db: Database, source: str, post_ids: Collection[str], *, now: datetime) -> int:
    """Remember that these were read; returns how many were not read before on this UTC day."""
    day = now.date().isoformat()
    return db.conn.executemany(
        "INSERT OR IGNORE INTO reads (source, utc_day, post_id) VALUES (?, ?, ?)",
        [(source, day, post_id) for post_id in post_ids],
    ).rowcount
