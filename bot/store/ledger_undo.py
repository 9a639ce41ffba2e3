"""What the ledger was told by a clock that was ahead is undone once the clock is right again."""

from datetime import datetime

from sqlite_utils import Database

from bot.problems import Code
from bot.store.codecs import seconds
from bot.store.ledger import NOTICES, STOOD

# Slots of which nothing may stand in a channel, and which are still to come or were written, or
# given up, at a time that is still to come. One that is followed by a slot that keeps its row is
# left alone, as slots are only ever looked for after the newest row.
_UNDONE = f"""
    WITH slots AS (
        SELECT rule_id, slot_at, max({STOOD}) AS stood,
            min(max(planned_at, coalesce(sealed_at, 0))) > :now AS untimely
        FROM deliveries AS part WHERE rule_id != {NOTICES} GROUP BY rule_id, slot_at
    ), kept AS (
        SELECT rule_id, max(slot_at) AS newest FROM slots
        WHERE slot_at <= :now AND (stood OR NOT untimely) GROUP BY rule_id
    )
    SELECT rule_id, slot_at FROM slots LEFT JOIN kept USING (rule_id)
    WHERE NOT stood AND (slot_at > :now OR untimely AND slot_at > coalesce(newest, 0))
"""

# Parts that were given up then, of a slot that was begun and has not gone on without them.
_REOPEN = f"""
    UPDATE deliveries
    SET state = iif(may_stand, 'unknown', 'planned'), may_stand = 0, reason_code = NULL,
        reason_args = NULL, sealed_at = NULL
    WHERE state = 'failed' AND sealed_at > :now AND (rule_id = {NOTICES} OR (
        EXISTS (SELECT 1 FROM deliveries AS part WHERE part.rule_id = deliveries.rule_id
            AND part.slot_at = deliveries.slot_at AND {STOOD})
        AND NOT EXISTS (SELECT 1 FROM deliveries AS part WHERE part.rule_id = deliveries.rule_id
            AND part.slot_at = deliveries.slot_at AND part.part > deliveries.part
            AND part.state = 'sent')))
"""


def undo_after(db: Database, now: datetime, *, since: datetime) -> int:
    """Undo what was decided later than ``now``; how many slots were forgotten.

    They are derived from their rules again. What was sent stays. What may have been sent is looked
    for, at the earliest ``since``.
    """
    times = {"now": seconds(now), "since": seconds(since)}
    undone = db.conn.execute(_UNDONE, times).fetchall()
    for table in ("posted", "posted_days", "deliveries"):
        db.conn.executemany(f"DELETE FROM {table} WHERE rule_id = ? AND slot_at = ?", undone)
    db.conn.execute(_REOPEN, times)
    db.conn.execute("UPDATE deliveries SET planned_at = :now WHERE planned_at > :now", times)
    db.conn.execute("UPDATE deliveries SET unseen_since = :now WHERE unseen_since > :now", times)
    db.conn.execute(
        """UPDATE deliveries SET reserved_at = :since
           WHERE reserved_at > :now AND state IN ('planned', 'unknown')""",
        times,
    )
    return len(undone)


def change_reason_after(
    db: Database, now: datetime, old: Code, new: Code, *, since: datetime
) -> None:
    """Slots from ``since`` on that ended later than ``now`` for ``old`` did so for ``new``, which
    takes no other arguments."""
    db.conn.execute(
        """UPDATE deliveries SET reason_code = ?
           WHERE reason_code = ? AND sealed_at > ? AND slot_at >= ?""",
        [new, old, seconds(now), seconds(since)],
    )
