"""What was read from services that bill by the post, per UTC day."""

from collections.abc import Collection
from datetime import date, datetime

from sqlite_utils import Database


def read_today(db: Database, source: str, *, now: datetime) -> int:
    """How many distinct posts were read on the UTC day of ``now``, or are set aside to be read."""
    of_day = [source, now.date().isoformat()]
    row = db.conn.execute(
        "SELECT count(*) FROM reads WHERE source = ? AND utc_day = ?", of_day
    ).fetchone()
    reserved = db.conn.execute(
        """SELECT post_id FROM reads WHERE source = ? AND utc_day = ?
           AND post_id >= 'reserved:' AND post_id < 'reserved;'""",
        of_day,
    ).fetchall()
    sizes = (str(held[0]).rpartition(":")[2] for held in reserved)
    return int(row[0]) + sum(int(size) - 1 for size in sizes if size.isdecimal())


def forget_before(db: Database, moment: datetime) -> int:
    """Forget which posts were read before that UTC day; returns how many notes there were."""
    return db.conn.execute(
        "DELETE FROM reads WHERE utc_day < ?", [moment.date().isoformat()]
    ).rowcount


def note(db: Database, source: str, post_ids: Collection[str], *, now: datetime) -> int:
    """Remember that these were read; returns how many were not read before on this UTC day."""
    day = now.date().isoformat()
    return db.conn.executemany(
        "INSERT OR IGNORE INTO reads (source, utc_day, post_id) VALUES (?, ?, ?)",
        [(source, day, post_id) for post_id in post_ids],
    ).rowcount


def reserve(db: Database, source: str, name: str, posts: int, *, limit: int, now: datetime) -> int:
    """Set aside so many of the day's ``limit``, or as many as are left; returns how many."""
    free = max(0, min(posts, limit - read_today(db, source, now=now)))
    if free:
        note(db, source, [_placeholder(name, free)], now=now)
    return free


def settle(
    db: Database,
    source: str,
    name: str,
    posts: int,
    day: date,
    post_ids: Collection[str],
    *,
    now: datetime,
) -> None:
    """What was read, in place of the ``posts`` that were set aside on ``day``."""
    db.conn.execute(
        "DELETE FROM reads WHERE source = ? AND utc_day = ? AND post_id = ?",
        [source, day.isoformat(), _placeholder(name, posts)],
    )
    note(db, source, post_ids, now=now)


def _placeholder(name: str, posts: int) -> str:
    """A row that stands for so many posts. No network's post has such an id."""
    return f"reserved:{name}:{posts}"
