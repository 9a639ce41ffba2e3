"""Servers that removed the bot: when, and the end of what they asked for."""

from collections.abc import Collection
from datetime import datetime

from sqlite_utils import Database

from bot.store import meta, rules
from bot.store.codecs import seconds

_LEFT = "server.left."


def note_left(db: Database, guild_id: int, *, now: datetime) -> None:
    """Remember when the bot was removed. The first such moment stays."""
    if meta.get(db, f"{_LEFT}{guild_id}") is None:
        meta.put(db, f"{_LEFT}{guild_id}", "", now=now)


def note_present(db: Database, guild_ids: Collection[int]) -> None:
    """The bot is (again) in these servers."""
    db.conn.executemany("DELETE FROM meta WHERE key = ?", [(f"{_LEFT}{g}",) for g in guild_ids])


def left_before(db: Database, moment: datetime) -> list[int]:
    """The servers that have been without the bot since before ``moment``."""
    rows = db.conn.execute(
        "SELECT key FROM meta WHERE key >= :left AND key < :left || '~' AND at < :moment",
        {"left": _LEFT, "moment": seconds(moment)},
    )
    ids = (str(row[0]).removeprefix(_LEFT) for row in rows)
    return [int(found) for found in ids if found.isdecimal()]


def posted_to(db: Database) -> set[int]:
    """The channels and threads of digests, and those where something is still under way."""
    rows = db.conn.execute(
        """SELECT channel_id FROM rules WHERE guild_id != 0
           UNION SELECT target_id FROM deliveries
           WHERE state IN ('planned', 'reserved', 'unknown')"""
    )
    return {int(row[0]) for row in rows}


def erase(db: Database, guild_id: int, *, left_before: datetime) -> int | None:
    """Delete a server's rules with all they posted; returns how many rules there were.

    None for a server that is not without the bot since before then: it may have come back.
    """
    gone = db.conn.execute(
        "DELETE FROM meta WHERE key = ? AND at < ?", [f"{_LEFT}{guild_id}", seconds(left_before)]
    )
    if not gone.rowcount:
        return None
    own = rules.ids_of_guild(db, guild_id)
    rules.erase(db, own)
    return len(own)
