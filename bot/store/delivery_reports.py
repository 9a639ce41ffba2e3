"""What became of deliveries, for who asks how they do: ``ledger`` is for who sends them."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.models import DeliveryState, Failure
from bot.problems import Problem
from bot.store.codecs import problem, seconds
from bot.store.columns import Columns, readable
from bot.store.ledger import NOTICES

_STATE = Columns("deliveries", "state")
_FAILED = Columns("deliveries", "id", "rule_id", "slot_at", "reason_code", "reason_args")
_ENDING = Columns("deliveries", "reason_code", "reason_args")


def failures(db: Database, rule_ids: Iterable[int]) -> dict[int, Failure]:
    """Of those rules of which a message was given up and no slot was delivered since."""
    rows = db.conn.execute(
        """WITH sent AS (SELECT rule_id, max(slot_at) AS at FROM deliveries
               WHERE rule_id IN (SELECT value FROM json_each(:rules)) AND state = 'sent'
               GROUP BY rule_id)
           SELECT id, rule_id, slot_at, reason_code, reason_args
           FROM deliveries LEFT JOIN sent USING (rule_id)
           WHERE rule_id IN (SELECT value FROM json_each(:rules)) AND state = 'failed'
               AND slot_at >= coalesce(sent.at, slot_at)
           ORDER BY slot_at, part""",
        {"rules": json.dumps([*rule_ids])},
    )
    found: dict[int, Failure] = {}
    for _, rule_id, slot_at, code, args in readable(rows, _FAILED):
        reason = problem(code, args)
        if reason is not None:
            since = found[rule_id].since if rule_id in found else slot_at
            found[rule_id] = Failure(since, reason)
    return found


def tally(db: Database) -> dict[DeliveryState, int]:
    """How many rows are in each state."""
    rows = db.conn.execute("SELECT state, count(*) FROM deliveries GROUP BY state")
    return by_state(rows)


def by_state(rows: Iterable[Any]) -> dict[DeliveryState, int]:
    """Of rows of (state, number)."""
    return dict(readable(rows, lambda row: (_STATE(row)[0], int(row[1]))))


def caught_up(
    db: Database, start: datetime, end: datetime, *, written: datetime
) -> dict[Problem | None, int]:
    """What became of slots that were due after ``start`` and were written from ``written`` on.

    By the reason of those that ended without a post, the others under None.
    """
    rows = db.conn.execute(
        """SELECT iif(state = 'done', reason_code, NULL) AS code,
               iif(state = 'done', reason_args, NULL) AS args, count(*)
           FROM deliveries
           WHERE rule_id != ? AND part = 0 AND slot_at > ? AND slot_at <= ? AND planned_at >= ?
           GROUP BY code, args""",
        [NOTICES, seconds(start), seconds(end), seconds(written)],
    )
    return dict(readable(rows, lambda row: (problem(*_ENDING(row)), int(row[2]))))
