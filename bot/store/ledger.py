"""The ledger of deliveries: a row is reserved before a send and sealed after it.

docs/delivery.md draws the states. A row is unique per (target, rule, slot, part), so two runs
that find the same slot due meet in the same row; the nonce is a function of that key.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from bot.models import Delivery, DeliveryState, RankedPaper, TargetKind
from bot.store.values import day as to_day
from bot.store.values import instant, maybe_instant, seconds

_SELECT = """
    SELECT id, target_kind, target_id, rule_id, slot_at, part, state, nonce, listing_day,
        message_id, reason, attempts, coalesce(body, ''), reserved_at, sealed_at
    FROM deliveries LEFT JOIN contents ON contents.hash = deliveries.content
"""


def nonce(kind: TargetKind, target_id: int, rule_id: int, slot_at: datetime, part: int) -> str:
    """At most 25 characters, as Discord asks, and the same for the same part of the same slot."""
    key = f"{kind}:{target_id}:{rule_id}:{seconds(slot_at)}:{part}"
    return "hp" + hashlib.blake2b(key.encode(), digest_size=11).hexdigest()


def plan(
    db: Database,
    *,
    kind: TargetKind,
    target_id: int,
    rule_id: int,
    slot_at: datetime,
    payloads: Sequence[str],
    listing_day: date | None,
    now: datetime,
    reason: str = "",
) -> list[Delivery]:
    """Write the parts of a slot, once. Planned again, the slot keeps the parts it has.

    Without payloads the slot is done at once, for ``reason``.

    ``payloads`` are the bodies of its messages; channels that get the same share one copy.
    ``reason`` is why they are no digest, where they only say so.
    """
    existing = of_slot(db, rule_id, slot_at)
    if existing:
        return existing
    state = DeliveryState.PLANNED if payloads else DeliveryState.DONE
    for part, payload in enumerate(payloads or [""]):
        db.conn.execute(
            """INSERT INTO deliveries (target_kind, target_id, rule_id, slot_at, part, state,
                   nonce, listing_day, content, reason, planned_at, sealed_at)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [
                kind,
                target_id,
                rule_id,
                seconds(slot_at),
                part,
                state,
                nonce(kind, target_id, rule_id, slot_at, part),
                None if listing_day is None else listing_day.isoformat(),
                _keep(db, payload),
                reason,
                seconds(now),
                None if payloads else seconds(now),
            ],
        )
    return of_slot(db, rule_id, slot_at)


def reserve(db: Database, delivery_id: int, *, now: datetime) -> bool:
    """Claim a planned or unknown part for one attempt to send it; False when it is taken."""
    changed = db.conn.execute(
        """UPDATE deliveries SET state = 'reserved', reserved_at = ?, attempts = attempts + 1
           WHERE id = ? AND state IN ('planned', 'unknown')""",
        [seconds(now), delivery_id],
    )
    return changed.rowcount == 1


def seal(db: Database, delivery_id: int, message_id: int, *, now: datetime) -> None:
    """Discord has the message."""
    db.conn.execute(
        "UPDATE deliveries SET state = 'sent', message_id = ?, sealed_at = ? WHERE id = ?",
        [message_id, seconds(now), delivery_id],
    )


def put_back(db: Database, delivery_id: int, reason: str) -> None:
    """The message was certainly not sent; it may be tried again."""
    _set(db, delivery_id, DeliveryState.PLANNED, reason)


def lose_sight(db: Database, delivery_id: int, reason: str) -> None:
    """Nobody knows whether Discord has the message; look before sending again."""
    _set(db, delivery_id, DeliveryState.UNKNOWN, reason)


def give_up(db: Database, delivery_id: int, reason: str, *, now: datetime) -> None:
    """The message will never be sent."""
    _set(db, delivery_id, DeliveryState.FAILED, reason)
    db.conn.execute("UPDATE deliveries SET sealed_at = ? WHERE id = ?", [seconds(now), delivery_id])


def lose_sight_of_reserved(db: Database, reason: str) -> int:
    """At start: whatever was being sent when the program ended has an unknown outcome."""
    return db.conn.execute(
        "UPDATE deliveries SET state = 'unknown', reason = ? WHERE state = 'reserved'", [reason]
    ).rowcount


def unfinished(db: Database) -> list[Delivery]:
    """Every part that is planned or unknown, oldest slot first."""
    rows = db.conn.execute(
        f"{_SELECT} WHERE state IN ('planned', 'unknown') ORDER BY slot_at, rule_id, part"
    )
    return [_delivery(row) for row in rows]


def of_slot(db: Database, rule_id: int, slot_at: datetime) -> list[Delivery]:
    rows = db.conn.execute(
        f"{_SELECT} WHERE rule_id = ? AND slot_at = ? ORDER BY part",
        [rule_id, seconds(slot_at)],
    )
    return [_delivery(row) for row in rows]


def last_slot(db: Database, rule_id: int) -> datetime | None:
    """The newest slot of a rule that has a row."""
    row = db.conn.execute(
        "SELECT max(slot_at) FROM deliveries WHERE rule_id = ?", [rule_id]
    ).fetchone()
    return maybe_instant(row[0])


def tally(db: Database) -> dict[DeliveryState, int]:
    """How many rows are in each state."""
    rows = db.conn.execute("SELECT state, count(*) FROM deliveries GROUP BY state")
    return {DeliveryState(row[0]): row[1] for row in rows}


def note_posted(
    db: Database, rule_id: int, slot_at: datetime, papers: Sequence[RankedPaper]
) -> None:
    """Remember which papers a channel has had."""
    db.conn.executemany(
        """INSERT OR IGNORE INTO posted (rule_id, arxiv_id, slot_at, rank, score)
           VALUES (?, ?, ?, ?, ?)""",
        [(rule_id, p.paper.arxiv_id, seconds(slot_at), p.rank, p.score) for p in papers],
    )


def posted(db: Database, rule_id: int) -> frozenset[str]:
    """Ids of the papers that a rule has posted."""
    rows = db.conn.execute("SELECT DISTINCT arxiv_id FROM posted WHERE rule_id = ?", [rule_id])
    return frozenset(row[0] for row in rows)


def note_days(db: Database, rule_id: int, slot_at: datetime, covered: Iterable[date]) -> None:
    """Remember which listing days a slot has covered, whether or not it had anything to post."""
    db.conn.executemany(
        "INSERT OR IGNORE INTO posted_days (rule_id, day, slot_at) VALUES (?, ?, ?)",
        [(rule_id, day.isoformat(), seconds(slot_at)) for day in covered],
    )


def covered_days(db: Database, rule_id: int, start: date) -> frozenset[date]:
    """The listing days from ``start`` on that a rule's slots have covered."""
    rows = db.conn.execute(
        "SELECT day FROM posted_days WHERE rule_id = ? AND day >= ?", [rule_id, start.isoformat()]
    )
    return frozenset(to_day(row[0]) for row in rows)


def _keep(db: Database, body: str) -> str:
    if not body:
        return ""
    key = hashlib.blake2b(body.encode(), digest_size=16).hexdigest()
    db.conn.execute("INSERT OR IGNORE INTO contents (hash, body) VALUES (?, ?)", [key, body])
    return key


def _set(db: Database, delivery_id: int, state: DeliveryState, reason: str) -> None:
    db.conn.execute(
        "UPDATE deliveries SET state = ?, reason = ? WHERE id = ?", [state, reason, delivery_id]
    )


def _delivery(row: Any) -> Delivery:
    return Delivery(
        delivery_id=row[0],
        target_kind=TargetKind(row[1]),
        target_id=row[2],
        rule_id=row[3],
        slot_at=instant(row[4]),
        part=row[5],
        state=DeliveryState(row[6]),
        nonce=row[7],
        listing_day=None if row[8] is None else to_day(row[8]),
        message_id=row[9],
        reason=row[10],
        attempts=row[11],
        payload=row[12],
        reserved_at=maybe_instant(row[13]),
        sealed_at=maybe_instant(row[14]),
    )
