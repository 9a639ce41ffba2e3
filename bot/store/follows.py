"""What members follow, and their own digests. One that is stopped stays until it is taken back,
or the member's data are erased."""

from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.models import Delivery, Follow, Rule
from bot.store import ledger, rules
from bot.store.codecs import seconds
from bot.store.columns import Columns, readable

_SELECT = "SELECT id, member_id, query, created_at, paused FROM follows"


def add(db: Database, follow: Follow) -> Follow:
    """Store a new one; what the member follows already is only made to go on."""
    row = db.conn.execute(
        f"{_SELECT} WHERE member_id = ? AND query = ?", [follow.member_id, follow.query]
    ).fetchone()
    if row is not None:
        db.conn.execute("UPDATE follows SET paused = 0, stopped = 0 WHERE id = ?", [row[0]])
        return _found(db, row[0])
    cursor = db.conn.execute(
        "INSERT INTO follows (member_id, query, created_at) VALUES (?, ?, ?)",
        [follow.member_id, follow.query, seconds(follow.created_at)],
    )
    return _found(db, cursor.lastrowid)


def get(db: Database, member_id: int, follow_id: int) -> Follow | None:
    """The member's own, also a stopped one."""
    row = db.conn.execute(
        f"{_SELECT} WHERE id = ? AND member_id = ?", [follow_id, member_id]
    ).fetchone()
    return None if row is None else _follow(row)


def of_member(db: Database, member_id: int) -> list[Follow]:
    """What a member follows, oldest first; paused ones too, stopped ones not."""
    rows = db.conn.execute(
        f"{_SELECT} WHERE member_id = ? AND NOT stopped ORDER BY id", [member_id]
    )
    return readable(rows, _follow)


def stopped_of(db: Database, member_id: int) -> list[Follow]:
    """What a member could still take back, oldest first."""
    rows = db.conn.execute(f"{_SELECT} WHERE member_id = ? AND stopped ORDER BY id", [member_id])
    return readable(rows, _follow)


def messages_of(db: Database, member_id: int) -> list[Delivery]:
    """The messages of a member's own digest, also those to come, oldest slot first.

    A slot that had nothing to send has the payload "".
    """
    return [
        one
        for rule in rules.made_by(db, member_id)
        if rule.is_personal
        for one in ledger.of_rule(db, rule.rule_id)
    ]


def papers_of(db: Database, member_id: int) -> list[tuple[datetime, str]]:
    """(slot, arXiv's id) of every paper on them."""
    rows = db.conn.execute(
        """SELECT rule_id, slot_at, arxiv_id FROM posted
           WHERE rule_id IN (SELECT id FROM rules WHERE guild_id = 0 AND created_by = ?)
           ORDER BY slot_at, rank, arxiv_id""",
        [member_id],
    )
    return [(slot_at, arxiv_id) for _, slot_at, arxiv_id in readable(rows, _PAPER)]


def pause(db: Database, member_id: int, follow_id: int, *, paused: bool) -> bool:
    """Whether the member has such a one."""
    return _set(db, "paused", member_id, follow_id, paused)


def stop(db: Database, member_id: int, follow_id: int, *, stopped: bool) -> bool:
    """Whether the member has such a one."""
    return _set(db, "stopped", member_id, follow_id, stopped)


def _set(db: Database, column: str, member_id: int, follow_id: int, value: bool) -> bool:
    found = db.conn.execute(
        f"UPDATE follows SET {column} = ? WHERE id = ? AND member_id = ?",
        [int(value), follow_id, member_id],
    )
    return bool(found.rowcount)


def digest_of(db: Database, member_id: int) -> Rule | None:
    """The rule of a member's own digest."""
    row = db.conn.execute(
        "SELECT id FROM rules WHERE guild_id = 0 AND created_by = ? AND deleted IS NOT 1",
        [member_id],
    ).fetchone()
    return None if row is None else rules.get(db, row[0])


def erase(db: Database, member_id: int) -> dict[str, int]:
    """Delete all that is stored about a member; returns how many rows of what.

    Digests of servers stay, without the name of who set them up.
    """
    own = [rule.rule_id for rule in rules.made_by(db, member_id) if rule.is_personal]
    messages = rules.erase(db, own)
    found = db.conn.execute("DELETE FROM follows WHERE member_id = ?", [member_id])
    named = db.conn.execute("UPDATE rules SET created_by = 0 WHERE created_by = ?", [member_id])
    return {"follows": found.rowcount, "messages": messages, "names": named.rowcount}


def _found(db: Database, follow_id: int | None) -> Follow:
    row = db.conn.execute(f"{_SELECT} WHERE id = ?", [follow_id]).fetchone()
    return _follow(row)


_FOLLOW = Columns("follows", "id", "member_id", "query", "created_at", "paused")
_PAPER = Columns("posted", "rule_id", "slot_at", "arxiv_id")


def _follow(row: Any) -> Follow:
    follow_id, member_id, query, created_at, paused = _FOLLOW(row)
    return Follow(
        follow_id=follow_id,
        member_id=member_id,
        query=query,
        created_at=created_at,
        paused=paused,
    )
