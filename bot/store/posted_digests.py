"""Digests as they were posted: which there was about a day, and when a channel had a paper."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from sqlite_utils import Database

from bot.models import Delivery, DeliveryState, RankedPaper
from bot.problems import Problem
from bot.store import ledger
from bot.store.codecs import problem, seconds
from bot.store.columns import Columns, readable


def note_papers(
    db: Database, rule_id: int, slot_at: datetime, papers: Sequence[RankedPaper]
) -> None:
    """Remember which papers a channel has had."""
    db.conn.executemany(
        """INSERT OR IGNORE INTO posted (rule_id, arxiv_id, slot_at, rank, score)
           VALUES (?, ?, ?, ?, ?)""",
        [(rule_id, p.paper.arxiv_id, seconds(slot_at), p.rank, p.score) for p in papers],
    )


def paper_ids(db: Database, rule_id: int, *, before: datetime | None = None) -> frozenset[str]:
    """Ids of the papers that a rule has posted, in slots ``before`` that time if one is given."""
    end = "" if before is None else f" AND slot_at < {seconds(before)}"
    rows = db.conn.execute(
        f"SELECT DISTINCT arxiv_id FROM posted WHERE rule_id = ?{end}", [rule_id]
    )
    return frozenset(chain.from_iterable(rows))


def papers_had(
    db: Database, rule_ids: Iterable[int], arxiv_ids: Iterable[str]
) -> dict[int, frozenset[str]]:
    """Which of these papers each of these rules has posted; a rule without any is left out."""
    rows = db.conn.execute(
        """SELECT DISTINCT rule_id, arxiv_id FROM posted
           WHERE rule_id IN (SELECT value FROM json_each(?))
           AND arxiv_id IN (SELECT value FROM json_each(?)) ORDER BY rule_id""",
        [json.dumps(list(rule_ids)), json.dumps(list(arxiv_ids))],
    )
    by_rule = groupby(rows, key=itemgetter(0))
    return {rule_id: frozenset(arxiv_id for _, arxiv_id in found) for rule_id, found in by_rule}


def note_days(db: Database, rule_id: int, slot_at: datetime, covered: Iterable[date]) -> None:
    """Remember which listing days a slot has covered, whether or not it had anything to post."""
    db.conn.executemany(
        "INSERT OR IGNORE INTO posted_days (rule_id, day, slot_at) VALUES (?, ?, ?)",
        [(rule_id, day.isoformat(), seconds(slot_at)) for day in covered],
    )


def covered_days(db: Database, rule_id: int, start: date) -> frozenset[date]:
    """The listing days from ``start`` on that a rule's slots have covered."""
    rows = db.conn.execute(
        "SELECT rule_id, day FROM posted_days WHERE rule_id = ? AND day >= ?",
        [rule_id, start.isoformat()],
    )
    return frozenset(day for _, day in readable(rows, _DAY_OF_RULE))


def has_papers(db: Database, rule_id: int, slot_at: datetime) -> bool:
    """Whether a slot's messages show papers, and not only why there are none."""
    row = db.conn.execute(
        "SELECT 1 FROM posted WHERE rule_id = ? AND slot_at = ?", [rule_id, seconds(slot_at)]
    ).fetchone()
    return row is not None


def about(db: Database, channel_id: int, day: date) -> tuple[int, datetime] | None:
    """(rule, slot) of the newest digest with papers that a channel got about a listing day."""
    row = db.conn.execute(
        """SELECT deliveries.rule_id, deliveries.slot_at FROM deliveries
           JOIN posted_days USING (rule_id, slot_at)
           WHERE posted_days.day = ? AND deliveries.target_kind = 'channel'
           AND deliveries.target_id = ? AND deliveries.state = 'sent'
           AND EXISTS (SELECT 1 FROM posted WHERE posted.rule_id = deliveries.rule_id
                       AND posted.slot_at = deliveries.slot_at)
           ORDER BY deliveries.slot_at DESC, deliveries.rule_id LIMIT 1""",
        [day.isoformat(), channel_id],
    ).fetchone()
    return None if row is None else tuple(_SLOT(row))


def had(db: Database, rule_id: int, arxiv_id: str) -> tuple[datetime, int] | None:
    """(slot, rank) of the first digest of a rule that had the paper."""
    row = db.conn.execute(
        """SELECT rule_id, arxiv_id, slot_at, rank FROM posted
           WHERE rule_id = ? AND arxiv_id = ? ORDER BY slot_at""",
        [rule_id, arxiv_id],
    ).fetchone()
    return None if row is None else tuple(_HAD(row)[2:])


def covering(db: Database, rule_id: int, day: date) -> tuple[datetime, tuple[date, ...]] | None:
    """The slot that had a listing day, and all days that it had, oldest first."""
    row = db.conn.execute(
        "SELECT rule_id, day, slot_at FROM posted_days WHERE rule_id = ? AND day = ?",
        [rule_id, day.isoformat()],
    ).fetchone()
    if row is None:
        return None
    rows = db.conn.execute(
        "SELECT rule_id, day FROM posted_days WHERE rule_id = ? AND slot_at = ? ORDER BY day",
        [rule_id, row[2]],
    )
    return _COVERED(row)[2], _days(rows)


def ended(db: Database, rule_id: int, day: date) -> tuple[datetime, Problem | None] | None:
    """The slot that had a listing day and ended without a message, and its reason."""
    row = db.conn.execute(
        """SELECT id, slot_at, reason_code, reason_args
           FROM posted_days JOIN deliveries USING (rule_id, slot_at)
           WHERE rule_id = ? AND day = ? AND part = 0 AND content = '' AND state = 'done'""",
        [rule_id, day.isoformat()],
    ).fetchone()
    if row is None:
        return None
    _, slot_at, code, args = _ENDED(row)
    return slot_at, problem(code, args)


def sent(db: Database, rule_id: int, slot_at: datetime) -> list[Delivery]:
    """The messages of a slot that Discord has, in order, with their bodies."""
    return [d for d in ledger.of_slot(db, rule_id, slot_at) if d.state is DeliveryState.SENT]


def papers(db: Database, rule_id: int, slot_at: datetime) -> list[tuple[str, int, float]]:
    """(id, rank, score) of the papers in a digest, as they were then, by rank."""
    rows = db.conn.execute(
        """SELECT rule_id, arxiv_id, rank, score FROM posted WHERE rule_id = ? AND slot_at = ?
           ORDER BY rank, arxiv_id""",
        [rule_id, seconds(slot_at)],
    )
    return [(arxiv_id, rank, score) for _, arxiv_id, rank, score in readable(rows, _POSTED)]


def days_of(db: Database, rule_id: int, slot_at: datetime) -> tuple[date, ...]:
    """The listing days that a slot covered, oldest first."""
    rows = db.conn.execute(
        "SELECT rule_id, day FROM posted_days WHERE rule_id = ? AND slot_at = ? ORDER BY day",
        [rule_id, seconds(slot_at)],
    )
    return _days(rows)


_SLOT = Columns("deliveries", "rule_id", "slot_at", keys=2)
_ENDED = Columns("deliveries", "id", "slot_at", "reason_code", "reason_args")
_HAD = Columns("posted", "rule_id", "arxiv_id", "slot_at", "rank", keys=2)
_POSTED = Columns("posted", "rule_id", "arxiv_id", "rank", "score", keys=2)
_COVERED = Columns("posted_days", "rule_id", "day", "slot_at", keys=2)
_DAY = Columns("posted_days", "rule_id", "day", keys=2)


def _days(rows: Iterable[Any]) -> tuple[date, ...]:
    return tuple(day for _, day in readable(rows, _DAY))


_DAY_OF_RULE = Columns("posted_days", "rule_id", "day", keys=2)
