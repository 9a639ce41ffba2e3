"""Papers that somebody asked for and that no harvest brought: who is next, and what came of it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.models import LookupState, Paper
from bot.store import papers
from bot.store.codecs import seconds

# A paper that arXiv did not know may have been announced since.
UNKNOWN_FOR = timedelta(hours=6)
MAX_WAITING = 3000


def request(db: Database, arxiv_id: str, *, now: datetime) -> bool:
    """Put a paper into the queue, unless it waits there or arXiv has just said that it does not
    know it. False when the queue is full."""
    state = state_of(db, arxiv_id, now=now)
    if state in (LookupState.WAITING, LookupState.UNKNOWN):
        return True
    (count,) = db.conn.execute("SELECT count(*) FROM lookups WHERE state = 'waiting'").fetchone()
    if count >= MAX_WAITING:
        return False
    db.conn.execute(
        """INSERT INTO lookups (arxiv_id, asked_at, state) VALUES (?, ?, 'waiting')
           ON CONFLICT (arxiv_id) DO UPDATE
           SET asked_at = excluded.asked_at, state = 'waiting', answered_at = NULL""",
        [arxiv_id, seconds(now)],
    )
    return True


def state_of(db: Database, arxiv_id: str, *, now: datetime) -> LookupState | None:
    """None for a paper that nobody asked for, or that was unknown too long ago to count."""
    row = db.conn.execute(
        "SELECT state, answered_at FROM lookups WHERE arxiv_id = ?", [arxiv_id]
    ).fetchone()
    if row is None or (row[0] == "unknown" and row[1] < seconds(now - UNKNOWN_FOR)):
        return None
    return LookupState(row[0])


def waiting(db: Database, limit: int) -> list[str]:
    """The next papers to ask arXiv for, the one that has waited longest first."""
    rows = db.conn.execute(
        """SELECT arxiv_id FROM lookups WHERE state = 'waiting'
           ORDER BY asked_at, rowid LIMIT ?""",
        [limit],
    )
    return [row[0] for row in rows]


def postpone(db: Database, arxiv_id: str, *, now: datetime) -> None:
    """Put a paper that waits behind all others."""
    db.conn.execute(
        "UPDATE lookups SET asked_at = ? WHERE arxiv_id = ? AND state = 'waiting'",
        [seconds(now), arxiv_id],
    )


def place(db: Database, arxiv_id: str) -> int:
    """How many papers come before one that waits."""
    (before,) = db.conn.execute(
        """SELECT count(*) FROM lookups AS other JOIN lookups AS own ON own.arxiv_id = ?
           WHERE other.state = 'waiting' AND (other.asked_at, other.rowid) <
               (own.asked_at, own.rowid)""",
        [arxiv_id],
    ).fetchone()
    return int(before)


def store(db: Database, found: Iterable[Paper], unknown: Collection[str], *, now: datetime) -> None:
    """What arXiv answered. The papers are known from now on, though not listed on any day."""
    looked_up = list(found)
    papers.add(db, looked_up, now=now)
    answers = [(paper.arxiv_id, LookupState.FOUND) for paper in looked_up]
    answers += [(arxiv_id, LookupState.UNKNOWN) for arxiv_id in unknown]
    db.conn.executemany(
        "UPDATE lookups SET state = ?, answered_at = ? WHERE arxiv_id = ?",
        [(state, seconds(now), arxiv_id) for arxiv_id, state in answers],
    )


def found_since(db: Database, since: datetime) -> list[str]:
    """The papers that were looked up since then: their posts are counted with the day's."""
    rows = db.conn.execute(
        "SELECT arxiv_id FROM lookups WHERE state = 'found' AND answered_at >= ?", [seconds(since)]
    )
    return [row[0] for row in rows]
