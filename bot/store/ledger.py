"""The ledger of deliveries: a row is reserved before a send and sealed after it.

docs/delivery.md draws the states. A row is unique per (target, rule, slot, part), so two runs
that find the same slot due meet in the same row; the nonce is a function of that key.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from bot.errors import UnreadableRow
from bot.models import Delivery, DeliveryState, TargetKind
from bot.problems import Code, Problem
from bot.store.codecs import (
    LAST_INSTANT,
    instant,
    maybe_instant,
    problem,
    problem_columns,
    seconds,
)
from bot.store.columns import Columns, readable

_SELECT = """
    SELECT id, target_kind, target_id, rule_id, slot_at, part, state, nonce, listing_day,
        message_id, reason_code, reason_args, last_error_code, last_error_args, attempts,
        coalesce(body, ''), reserved_at, sealed_at, planned_at, unseen_since, may_stand,
        content, body
    FROM deliveries LEFT JOIN contents ON contents.hash = deliveries.content
"""

# Rows of no rule: what the admins are told.
NOTICES = 0
# Whether a ``part`` stands in its channel, or may stand or have stood there.
STOOD = "(part.state IN ('sent', 'reserved', 'unknown') OR part.may_stand)"

# A part beside its rule: its state, the code of why it is not to be sent any more (NULL when it
# is), whether its rule is suspended, the rule's channel (NULL for a notice), and where parts before
# it may stand.
_AS_IT_IS = f"""
    SELECT deliveries.state,
        CASE WHEN deliveries.rule_id = {NOTICES} THEN NULL
            WHEN rules.id IS NULL OR rules.deleted THEN '{Code.DELETED_BEFORE_POSTING}'
            WHEN rules.paused THEN '{Code.PAUSED_BEFORE_POSTING}' END,
        rules.suspended_code IS NOT NULL,
        rules.channel_id,
        (SELECT part.target_id FROM deliveries AS part
            WHERE part.rule_id = deliveries.rule_id AND part.slot_at = deliveries.slot_at
                AND part.part < deliveries.part AND part.rule_id != {NOTICES} AND {STOOD}
            ORDER BY part.part LIMIT 1)
    FROM deliveries LEFT JOIN rules ON rules.id = deliveries.rule_id
"""


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
    reason: Problem | None = None,
    unseen: bool = False,
) -> list[Delivery]:
    """Write the parts of a slot, once. Planned again, the slot keeps the parts it has.

    Without payloads the slot is done at once, for ``reason``.

    ``payloads`` are the bodies of its messages; channels that get the same share one copy.
    ``reason`` is why they are no digest, where they only say so. ``unseen``: they may stand in
    the channel already.
    """
    if has_slot(db, kind, target_id, rule_id, slot_at):
        return of_slot(db, rule_id, slot_at)
    state = DeliveryState.PLANNED if payloads else DeliveryState.DONE
    for part, payload in enumerate(payloads or [""]):
        db.conn.execute(
            """INSERT INTO deliveries (target_kind, target_id, rule_id, slot_at, part, state,
                   nonce, listing_day, content, reason_code, reason_args, planned_at, sealed_at,
                   unseen_since)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
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
                *problem_columns(reason),
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
    """Claim a planned part for one attempt to send it; returns where to, None when not.

    A slot's first part goes to ``target_id``, where the rule was when the sender last looked; the
    others go where that one did. The rule is asked as it is now: one that is deleted or paused
    ends the part, and one that is elsewhere or suspended leaves it to the sender's next look.
    """
    row = db.conn.execute(f"{_AS_IT_IS} WHERE deliveries.id = ?", [delivery_id]).fetchone()
    if row is None or row[0] != DeliveryState.PLANNED:
        return None
    _, ending, is_suspended, channel_id, begun = row
    if ending:
        mark_done(db, delivery_id, Problem(Code(ending)), now=now)
        return None
    if is_suspended or (begun is None and channel_id not in (None, target_id)):
        return None
    home = target_id if begun is None else int(begun)
    db.conn.execute(
        """UPDATE deliveries
           SET state = 'reserved', reserved_at = ?, attempts = attempts + 1, target_id = ?
           WHERE id = ?""",
        [seconds(now), home, delivery_id],
    )
    return home


def confirm(db: Database, delivery_id: int, target_id: int) -> bool:
    """Whether a part that was reserved for a channel may still be sent there, to be asked last.

    Its rule may have been erased or changed while it waited for its turn: then it is planned again,
    unless it was erased too.
    """
    row = db.conn.execute(f"{_AS_IT_IS} WHERE deliveries.id = ?", [delivery_id]).fetchone()
    if row is None:
        return False
    _, ending, _, channel_id, begun = row
    if not ending and (channel_id is None or target_id in (channel_id, begun)):
        return True
    db.conn.execute(
        "UPDATE deliveries SET state = 'planned' WHERE id = ? AND state = 'reserved'", [delivery_id]
    )
    return False


def mark_sent(db: Database, delivery_id: int, message_id: int, *, now: datetime) -> None:
    """Discord has the message. What went wrong before is forgotten."""
    db.conn.execute(
        """UPDATE deliveries
           SET state = 'sent', message_id = ?, sealed_at = ?,
               last_error_code = NULL, last_error_args = NULL, unseen_since = NULL
           WHERE id = ?""",
        [message_id, seconds(now), delivery_id],
    )


def requeue(db: Database, delivery_id: int, error: Problem | None) -> None:
    """The message was certainly not sent; it may be tried again."""
    _note_error(db, delivery_id, DeliveryState.PLANNED, error)


def mark_unknown(db: Database, delivery_id: int, error: Problem) -> None:
    """Nobody knows whether Discord has the message; look before sending again."""
    _note_error(db, delivery_id, DeliveryState.UNKNOWN, error)


def mark_done(
    db: Database, delivery_id: int, reason: Problem, *, now: datetime, stood: bool = False
) -> None:
    """Nothing is left to do for this part, for ``reason``. ``stood``: it was posted and is gone."""
    _end(db, delivery_id, DeliveryState.DONE, reason, now=now, may_stand=stood)


def give_up(db: Database, delivery_id: int, reason: Problem, *, now: datetime) -> None:
    """The message will never be sent; as MAYBE_POSTED says, it may stand in its channel.

    A slot of which nothing was posted for certain gives back its days and papers, so that the
    rule's next slot can have them.
    """
    maybe_posted = reason.code is Code.MAYBE_POSTED
    _end(db, delivery_id, DeliveryState.FAILED, reason, now=now, may_stand=maybe_posted)
    for table in ("posted", "posted_days"):
        db.conn.execute(
            f"""DELETE FROM {table} WHERE (rule_id, slot_at) IN (
                    SELECT rule_id, slot_at FROM deliveries WHERE id = ?)
                AND NOT EXISTS (
                    SELECT 1 FROM deliveries AS part
                    WHERE part.rule_id = {table}.rule_id AND part.slot_at = {table}.slot_at
                    AND (part.state != 'failed' OR part.may_stand))""",
            [delivery_id],
        )


def mark_reserved_unknown(db: Database, under_way: Iterable[int] = ()) -> int:
    """Whatever was being sent by nobody who still runs has an unknown outcome.

    ``under_way`` are the rows of those who do.
    """
    return db.conn.execute(
        """UPDATE deliveries SET state = 'unknown', last_error_code = ?, last_error_args = ?
           WHERE state = 'reserved' AND id NOT IN (SELECT value FROM json_each(?))""",
        [*problem_columns(Problem(Code.ENDED_WHILE_SENDING)), json.dumps([*under_way])],
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
    return readable(rows, _delivery)


def give_days_to(db: Database, earlier: Delivery, slot_at: datetime, *, now: datetime) -> None:
    """An ``earlier`` slot stands in its channel, so the days are its own that ``slot_at`` was to
    have. The latter, of which nothing was posted, is forgotten: it is due again without them.

    The earlier one's messages are still to be made; see ``unmade``.
    """
    if earlier.listing_day is None:
        raise ValueError("a slot without listing days gives none to another")
    rule_id, old, new = earlier.rule_id, seconds(slot_at), seconds(earlier.slot_at)
    db.conn.execute(
        """UPDATE deliveries SET state = 'planned', content = '', message_id = NULL, planned_at = ?,
               reason_code = NULL, reason_args = NULL, sealed_at = NULL, may_stand = 0
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
    rows = db.conn.execute(f"{_SELECT} WHERE state = 'planned' AND content = ''")
    return readable(rows, _delivery)


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
    return readable(rows, _pending)


def of_slot(db: Database, rule_id: int, slot_at: datetime) -> list[Delivery]:
    rows = db.conn.execute(
        f"{_SELECT} WHERE rule_id = ? AND slot_at = ? ORDER BY part",
        [rule_id, seconds(slot_at)],
    )
    return readable(rows, _delivery)


def has_slot(
    db: Database, kind: TargetKind, target_id: int, rule_id: int, slot_at: datetime
) -> bool:
    """Whether a slot was planned, also when what was written of it cannot be read any more."""
    row = db.conn.execute(
        "SELECT 1 FROM deliveries WHERE rule_id = ? AND slot_at = ? OR nonce = ?",
        [rule_id, seconds(slot_at), nonce(kind, target_id, rule_id, slot_at, 0)],
    ).fetchone()
    return row is not None


def of_rule(db: Database, rule_id: int) -> list[Delivery]:
    """All of its slots, the oldest first."""
    rows = db.conn.execute(f"{_SELECT} WHERE rule_id = ? ORDER BY slot_at, part", [rule_id])
    return readable(rows, _delivery)


def last_slot(db: Database, rule_id: int, now: datetime) -> datetime | None:
    """The newest slot of a rule until ``now`` that has a row, whatever became of it."""
    row = db.conn.execute(
        """SELECT max(slot_at) FROM deliveries
           WHERE rule_id = ? AND slot_at BETWEEN 0 AND ? AND typeof(slot_at) = 'integer'""",
        [rule_id, seconds(now)],
    ).fetchone()
    return maybe_instant(row[0])


def last_planned(db: Database) -> datetime | None:
    """When the newest row was written."""
    row = db.conn.execute(
        """SELECT planned_at FROM deliveries
           WHERE planned_at BETWEEN 0 AND ? AND typeof(planned_at) = 'integer'
           ORDER BY id DESC LIMIT 1""",
        [LAST_INSTANT],
    ).fetchone()
    return None if row is None else instant(row[0])


def erase(db: Database, rule_ids: Collection[int]) -> int:
    """Delete all that these rules planned and posted; returns how many messages that were."""
    wanted = [(rule_id,) for rule_id in rule_ids]
    for table in ("posted", "posted_days"):
        db.conn.executemany(f"DELETE FROM {table} WHERE rule_id = ?", wanted)
    messages = db.conn.executemany("DELETE FROM deliveries WHERE rule_id = ?", wanted).rowcount
    db.conn.execute("DELETE FROM contents WHERE hash NOT IN (SELECT content FROM deliveries)")
    return messages


def hash_of(body: str) -> str:
    """What a message's body is called in the archive."""
    return hashlib.blake2b(body.encode(), digest_size=16).hexdigest()


def _keep(db: Database, body: str) -> str:
    if not body:
        return ""
    key = hash_of(body)
    db.conn.execute(
        """INSERT INTO contents (hash, body) VALUES (?, ?)
           ON CONFLICT DO UPDATE SET body = excluded.body WHERE body IS NOT excluded.body""",
        [key, body],
    )
    return key


def _end(
    db: Database,
    delivery_id: int,
    state: DeliveryState,
    reason: Problem,
    *,
    now: datetime,
    may_stand: bool,
) -> None:
    db.conn.execute(
        """UPDATE deliveries
           SET state = ?, reason_code = ?, reason_args = ?, last_error_code = NULL,
               last_error_args = NULL, sealed_at = ?, unseen_since = NULL, may_stand = ?
           WHERE id = ?""",
        [state, *problem_columns(reason), seconds(now), int(may_stand), delivery_id],
    )


def _note_error(
    db: Database, delivery_id: int, state: DeliveryState, error: Problem | None
) -> None:
    """The slot's own reason stays: a quiet slot is no less quiet for it."""
    db.conn.execute(
        """UPDATE deliveries
           SET state = ?, last_error_code = ?, last_error_args = ?, unseen_since = NULL
           WHERE id = ?""",
        [state, *problem_columns(error), delivery_id],
    )


_DELIVERY = Columns(
    "deliveries", "id", "target_kind", "target_id", "rule_id", "slot_at", "part", "state", "nonce",
    "listing_day", "message_id", "reason_code", "reason_args", "last_error_code",
    "last_error_args", "attempts", "content", "reserved_at", "sealed_at", "planned_at",
    "unseen_since", "may_stand",
)  # fmt: skip


def _delivery(row: Any) -> Delivery:
    return _timed(row).delivery


def _pending(row: Any) -> Pending:
    """As ``_delivery``, of one that has yet to be sent."""
    *_, content, body = row
    if content != "" and not isinstance(body, str):
        raise UnreadableRow("contents", str(content), "the body is missing, or no text")
    return _timed(row)


def _timed(row: Any) -> Pending:
    found = _DELIVERY(row)
    return Pending(
        Delivery(
            delivery_id=found[0],
            target_kind=found[1],
            target_id=found[2],
            rule_id=found[3],
            slot_at=found[4],
            part=found[5],
            state=found[6],
            nonce=found[7],
            listing_day=found[8],
            message_id=found[9],
            reason=problem(found[10], found[11]),
            last_error=problem(found[12], found[13]),
            attempts=found[14],
            payload=found[15],
            reserved_at=found[16],
            sealed_at=found[17],
            unseen_since=found[19],
            may_stand=found[20],
        ),
        found[18],
    )
