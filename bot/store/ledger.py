"""The ledger of deliveries: a row is reserved before a send and sealed after it.

docs/delivery.md draws the states. A row is unique per (target, rule, slot, part), so two runs
that find the same slot due meet in the same row; the nonce is a function of that key.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from sqlite_utils import Database

from bot.models import Delivery, DeliveryState, RankedPaper, TargetKind
from bot.phrases.delivery import MAYBE_POSTED, POSTED_ONCE
from bot.store.values import day as to_day
from bot.store.values import instant, maybe_instant, seconds

_SELECT = """
    SELECT id, target_kind, target_id, rule_id, slot_at, part, state, nonce, listing_day,
        message_id, iif(trouble = '', reason, trouble), attempts, coalesce(body, ''), reserved_at,
        sealed_at, planned_at, unseen_since
    FROM deliveries LEFT JOIN contents ON contents.hash = deliveries.content
"""

# Rows of no rule: what the admins are told.
NOTICES = 0
# Whether a ``part`` stands in its channel, or may stand or have stood there.
STOOD = f"""(part.state IN ('sent', 'reserved', 'unknown')
    OR part.reason LIKE '{MAYBE_POSTED}%' OR part.reason LIKE '{POSTED_ONCE}%')"""


@dataclass(frozen=True, slots=True)
class Pending:
    """A part that is planned or unknown, with the time its slot was written down."""

    delivery: Delivery
    planned_at: datetime


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
    unseen: bool = False,
) -> list[Delivery]:
    """Write the parts of a slot, once. Planned again, the slot keeps the parts it has.

    Without payloads the slot is done at once, for ``reason``.

    ``payloads`` are the bodies of its messages; channels that get the same share one copy.
    ``reason`` is why they are no digest, where they only say so. ``unseen``: they may stand in
    the channel already.
    """
    existing = of_slot(db, rule_id, slot_at)
    if existing:
        return existing
    state = DeliveryState.PLANNED if payloads else DeliveryState.DONE
    for part, payload in enumerate(payloads or [""]):
        db.conn.execute(
            """INSERT INTO deliveries (target_kind, target_id, rule_id, slot_at, part, state,
                   nonce, listing_day, content, reason, planned_at, sealed_at, unseen_since)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
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
                seconds(now) if payloads and unseen else None,
            ],
        )
    return of_slot(db, rule_id, slot_at)


def notice(db: Database, channel_id: int, payload: str, *, now: datetime) -> None:
    """Plan a message of no rule, as certain to come once as a digest."""
    part = db.conn.execute(
        "SELECT count(*) FROM deliveries WHERE rule_id = ? AND slot_at = ?",
        [NOTICES, seconds(now)],
    ).fetchone()[0]
    kind = TargetKind.CHANNEL
    db.conn.execute(
        """INSERT INTO deliveries (target_kind, target_id, rule_id, slot_at, part, state, nonce,
               content, planned_at)
           VALUES (?, ?, ?, ?, ?, 'planned', ?, ?, ?)""",
        [
            kind,
            channel_id,
            NOTICES,
            seconds(now),
            part,
            nonce(kind, channel_id, NOTICES, now, part),
            _keep(db, payload),
            seconds(now),
        ],
    )


def reserve(db: Database, delivery_id: int, target_id: int, *, now: datetime) -> int | None:
    """Claim a planned part for one attempt to send it; returns where to, None when it is taken.

    A slot's first part goes to ``target_id``, the rule's channel of now, which may have changed
    since it was planned; the others go where that one did.
    """
    row = db.conn.execute(
        f"""UPDATE deliveries
            SET state = 'reserved', reserved_at = ?, attempts = attempts + 1,
                target_id = coalesce((
                    SELECT part.target_id FROM deliveries AS part
                    WHERE part.rule_id = deliveries.rule_id AND part.slot_at = deliveries.slot_at
                        AND part.part < deliveries.part AND part.rule_id != {NOTICES} AND {STOOD}
                    ORDER BY part.part LIMIT 1), ?)
            WHERE id = ? AND state = 'planned' RETURNING target_id""",
        [seconds(now), target_id, delivery_id],
    ).fetchone()
    return None if row is None else int(row[0])


def seal(db: Database, delivery_id: int, message_id: int, *, now: datetime) -> None:
    """Discord has the message. What went wrong before is forgotten."""
    db.conn.execute(
        """UPDATE deliveries
           SET state = 'sent', message_id = ?, sealed_at = ?, trouble = '', unseen_since = NULL
           WHERE id = ?""",
        [message_id, seconds(now), delivery_id],
    )


def put_back(db: Database, delivery_id: int, trouble: str) -> None:
    """The message was certainly not sent; it may be tried again."""
    _trouble(db, delivery_id, DeliveryState.PLANNED, trouble)


def lose_sight(db: Database, delivery_id: int, trouble: str) -> None:
    """Nobody knows whether Discord has the message; look before sending again."""
    _trouble(db, delivery_id, DeliveryState.UNKNOWN, trouble)


def close(db: Database, delivery_id: int, reason: str, *, now: datetime) -> None:
    """Nothing is left to do for this part, for ``reason``."""
    _end(db, delivery_id, DeliveryState.DONE, reason, now=now)


def give_up(
    db: Database, delivery_id: int, reason: str, *, now: datetime, maybe_posted: bool = False
) -> None:
    """The message will never be sent.

    A slot of which nothing was posted for certain gives back its days and papers, so that the
    rule's next slot can have them.
    """
    said = f"{MAYBE_POSTED}. {reason}" if maybe_posted else reason
    _end(db, delivery_id, DeliveryState.FAILED, said, now=now)
    for table in ("posted", "posted_days"):
        db.conn.execute(
            f"""DELETE FROM {table} WHERE (rule_id, slot_at) IN (
                    SELECT rule_id, slot_at FROM deliveries WHERE id = ?)
                AND NOT EXISTS (
                    SELECT 1 FROM deliveries AS part
                    WHERE part.rule_id = {table}.rule_id AND part.slot_at = {table}.slot_at
                    AND (part.state != 'failed' OR part.reason LIKE ? || '%'))""",
            [delivery_id, MAYBE_POSTED],
        )


def lose_sight_of_reserved(db: Database, trouble: str) -> int:
    """Whatever was being sent by nobody who still runs has an unknown outcome."""
    return db.conn.execute(
        "UPDATE deliveries SET state = 'unknown', trouble = ? WHERE state = 'reserved'", [trouble]
    ).rowcount


def look_first(db: Database, now: datetime) -> None:
    """The program comes back: whatever is unfinished may have been posted since it was written.

    The archive may be older than the channels, restored from a backup or a replica. A planned part
    is looked for where it would be sent to now.
    """
    db.conn.execute(
        f"""UPDATE deliveries SET unseen_since = ?, target_id = iif(state = 'planned', coalesce(
                (SELECT part.target_id FROM deliveries AS part
                 WHERE part.rule_id = deliveries.rule_id AND part.slot_at = deliveries.slot_at
                    AND part.part < deliveries.part AND part.rule_id != {NOTICES} AND {STOOD}
                 ORDER BY part.part LIMIT 1),
                (SELECT channel_id FROM rules WHERE rules.id = deliveries.rule_id),
                target_id), target_id)
            WHERE state IN ('planned', 'unknown') AND unseen_since IS NULL""",
        [seconds(now)],
    )


def taken_over(db: Database, rule_id: int, slot_at: datetime) -> list[Delivery]:
    """The first parts of earlier slots that nobody tried to post from this archive, and whose
    listing days this slot has; newest first."""
    rows = db.conn.execute(
        f"""{_SELECT} WHERE rule_id = ? AND slot_at < ? AND part = 0 AND attempts = 0
            AND state IN ('done', 'sent') AND listing_day IN (
                SELECT day FROM posted_days WHERE rule_id = ? AND slot_at = ?)
            ORDER BY slot_at DESC""",
        [rule_id, seconds(slot_at), rule_id, seconds(slot_at)],
    )
    return [_delivery(row) for row in rows]


def give_days_to(db: Database, earlier: Delivery, slot_at: datetime, *, now: datetime) -> None:
    """An ``earlier`` slot stands in its channel, so the days are its own that ``slot_at`` was to
    have. The latter, of which nothing was posted, is forgotten: it is due again without them.

    The earlier one's messages are still to be made; see ``unmade``.
    """
    if earlier.listing_day is None:
        raise ValueError("a slot without listing days gives none to another")
    rule_id, old, new = earlier.rule_id, seconds(slot_at), seconds(earlier.slot_at)
    db.conn.execute(
        """UPDATE deliveries SET state = 'planned', content = '', reason = '', message_id = NULL,
               planned_at = ?, sealed_at = NULL
           WHERE id = ?""",
        [seconds(now), earlier.delivery_id],
    )
    db.conn.execute(
        "UPDATE posted_days SET slot_at = ? WHERE rule_id = ? AND slot_at = ? AND day <= ?",
        [new, rule_id, old, earlier.listing_day.isoformat()],
    )
    forget(db, rule_id, slot_at)


def plan_rest(db: Database, rest: Delivery, *, now: datetime) -> bool:
    """Give a part all its time again if one before it was posted; whether it was."""
    row = db.conn.execute(
        """UPDATE deliveries SET planned_at = ? WHERE id = ? AND EXISTS (
               SELECT 1 FROM deliveries AS part
               WHERE part.rule_id = ? AND part.slot_at = ? AND part.part < ?
                   AND part.state = 'sent')
           RETURNING id""",
        [seconds(now), rest.delivery_id, rest.rule_id, seconds(rest.slot_at), rest.part],
    ).fetchone()
    return row is not None


def unmade(db: Database) -> list[Delivery]:
    """Slots whose days are known, and whose messages are still to be made."""
    return [
        _delivery(row)
        for row in db.conn.execute(f"{_SELECT} WHERE state = 'planned' AND content = ''")
    ]


def forget(db: Database, rule_id: int, slot_at: datetime) -> None:
    """As if a slot had never been planned."""
    for table in ("posted", "posted_days", "deliveries"):
        db.conn.execute(
            f"DELETE FROM {table} WHERE rule_id = ? AND slot_at = ?", [rule_id, seconds(slot_at)]
        )


def unfinished(db: Database) -> list[Pending]:
    """Every part that is planned, with its message, or unknown, oldest slot first."""
    rows = db.conn.execute(
        f"""{_SELECT} WHERE state IN ('planned', 'unknown') AND content != ''
            ORDER BY slot_at, rule_id, part"""
    )
    return [Pending(_delivery(row), instant(row[15])) for row in rows]


def of_slot(db: Database, rule_id: int, slot_at: datetime) -> list[Delivery]:
    rows = db.conn.execute(
        f"{_SELECT} WHERE rule_id = ? AND slot_at = ? ORDER BY part",
        [rule_id, seconds(slot_at)],
    )
    return [_delivery(row) for row in rows]


def last_slot(db: Database, rule_id: int, now: datetime) -> datetime | None:
    """The newest slot of a rule until ``now`` that has a row, whatever became of it."""
    row = db.conn.execute(
        "SELECT max(slot_at) FROM deliveries WHERE rule_id = ? AND slot_at <= ?",
        [rule_id, seconds(now)],
    ).fetchone()
    return maybe_instant(row[0])


def last_planned(db: Database) -> datetime | None:
    """When the newest row was written."""
    row = db.conn.execute("SELECT planned_at FROM deliveries ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else instant(row[0])


def erase(db: Database, rule_ids: Collection[int]) -> int:
    """Delete all that these rules planned and posted; returns how many messages that were."""
    wanted = [(rule_id,) for rule_id in rule_ids]
    for table in ("posted", "posted_days"):
        db.conn.executemany(f"DELETE FROM {table} WHERE rule_id = ?", wanted)
    messages = db.conn.executemany("DELETE FROM deliveries WHERE rule_id = ?", wanted).rowcount
    db.conn.execute("DELETE FROM contents WHERE hash NOT IN (SELECT content FROM deliveries)")
    return messages


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


def posted(db: Database, rule_id: int, *, before: datetime | None = None) -> frozenset[str]:
    """Ids of the papers that a rule has posted, in slots ``before`` that time if one is given."""
    end = "" if before is None else f" AND slot_at < {seconds(before)}"
    rows = db.conn.execute(
        f"SELECT DISTINCT arxiv_id FROM posted WHERE rule_id = ?{end}", [rule_id]
    )
    return frozenset(chain.from_iterable(rows))


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


def has_papers(db: Database, rule_id: int, slot_at: datetime) -> bool:
    """Whether a slot's messages show papers, and not only why there are none."""
    row = db.conn.execute(
        "SELECT 1 FROM posted WHERE rule_id = ? AND slot_at = ?", [rule_id, seconds(slot_at)]
    ).fetchone()
    return row is not None


def caught_up(db: Database, start: datetime, end: datetime, *, written: datetime) -> dict[str, int]:
    """What became of slots that were due after ``start`` and were written from ``written`` on.

    By the reason of those that ended without a post, the others under "".
    """
    rows = db.conn.execute(
        """SELECT CASE state WHEN 'done' THEN reason ELSE '' END AS ending, count(*)
           FROM deliveries
           WHERE rule_id != ? AND part = 0 AND slot_at > ? AND slot_at <= ? AND planned_at >= ?
           GROUP BY ending""",
        [NOTICES, seconds(start), seconds(end), seconds(written)],
    )
    return {str(row[0]): int(row[1]) for row in rows}


def _keep(db: Database, body: str) -> str:
    if not body:
        return ""
    key = hashlib.blake2b(body.encode(), digest_size=16).hexdigest()
    db.conn.execute("INSERT OR IGNORE INTO contents (hash, body) VALUES (?, ?)", [key, body])
    return key


def _end(
    db: Database, delivery_id: int, state: DeliveryState, reason: str, *, now: datetime
) -> None:
    db.conn.execute(
        """UPDATE deliveries
           SET state = ?, reason = ?, trouble = '', sealed_at = ?, unseen_since = NULL
           WHERE id = ?""",
        [state, reason, seconds(now), delivery_id],
    )


def _trouble(db: Database, delivery_id: int, state: DeliveryState, trouble: str) -> None:
    """The slot's own reason stays: a quiet slot is no less quiet for it."""
    db.conn.execute(
        "UPDATE deliveries SET state = ?, trouble = ?, unseen_since = NULL WHERE id = ?",
        [state, trouble, delivery_id],
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
        unseen_since=maybe_instant(row[16]),
    )
