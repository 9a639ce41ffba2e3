"""Digests as they were posted: which there was about a day, and when a channel had a paper."""

from datetime import date, datetime

from sqlite_utils import Database

from bot.models import Delivery, DeliveryState
from bot.store import ledger
from bot.store.values import day as to_day
from bot.store.values import instant, seconds


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
    return None if row is None else (int(row[0]), instant(row[1]))


def had(db: Database, rule_id: int, arxiv_id: str) -> tuple[datetime, int] | None:
    """(slot, rank) of the first digest of a rule that had the paper."""
    row = db.conn.execute(
        "SELECT slot_at, rank FROM posted WHERE rule_id = ? AND arxiv_id = ? ORDER BY slot_at",
        [rule_id, arxiv_id],
    ).fetchone()
    return None if row is None else (instant(row[0]), int(row[1]))


def covering(db: Database, rule_id: int, day: date) -> tuple[datetime, tuple[date, ...]] | None:
    """The slot that had a listing day, and all days that it had, oldest first."""
    row = db.conn.execute(
        "SELECT slot_at FROM posted_days WHERE rule_id = ? AND day = ?", [rule_id, day.isoformat()]
    ).fetchone()
    if row is None:
        return None
    rows = db.conn.execute(
        "SELECT day FROM posted_days WHERE rule_id = ? AND slot_at = ? ORDER BY day",
        [rule_id, row[0]],
    )
    return instant(row[0]), tuple(to_day(each[0]) for each in rows)


def ended(db: Database, rule_id: int, day: date) -> tuple[datetime, str] | None:
    """The slot that had a listing day and ended without a message, and its reason."""
    row = db.conn.execute(
        """SELECT slot_at, reason FROM posted_days JOIN deliveries USING (rule_id, slot_at)
           WHERE rule_id = ? AND day = ? AND part = 0 AND content = '' AND state = 'done'""",
        [rule_id, day.isoformat()],
    ).fetchone()
    return None if row is None else (instant(row[0]), row[1])


def sent(db: Database, rule_id: int, slot_at: datetime) -> list[Delivery]:
    """The messages of a slot that Discord has, in order, with their bodies."""
    return [d for d in ledger.of_slot(db, rule_id, slot_at) if d.state is DeliveryState.SENT]


def papers(db: Database, rule_id: int, slot_at: datetime) -> list[tuple[str, int, float]]:
    """(id, rank, score) of the papers in a digest, as they were then, by rank."""
    rows = db.conn.execute(
        """SELECT arxiv_id, rank, score FROM posted WHERE rule_id = ? AND slot_at = ?
           ORDER BY rank, arxiv_id""",
        [rule_id, seconds(slot_at)],
    )
    return [(row[0], row[1], row[2]) for row in rows]


def days_of(db: Database, rule_id: int, slot_at: datetime) -> tuple[date, ...]:
    """The listing days that a slot covered, oldest first."""
    rows = db.conn.execute(
        "SELECT day FROM posted_days WHERE rule_id = ? AND slot_at = ? ORDER BY day",
        [rule_id, seconds(slot_at)],
    )
    return tuple(to_day(row[0]) for row in rows)
