"""How the program has been doing: the newest answers of sources, and slots by their ending."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from bot.models import DeliveryState, Outcome, Status
from bot.store import delivery_reports
from bot.store.codecs import LAST_INSTANT, instant, problem, seconds
from bot.store.columns import Columns, readable
from bot.store.days import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The newest outcome of one source, for which day, and when it last answered in full.

    A network that there was nothing to ask for got no request: that is no answer. arXiv's
    categories may share one.
    ``failing_since`` is its first failure after that; None when its newest outcome is none.
    """

    stage: Stage
    outcome: Outcome
    day: date
    succeeded_at: datetime | None
    failing_since: datetime | None = None


def answers(db: Database) -> list[Answer]:
    """One for each (stage, source) that was ever asked."""
    rows = db.conn.execute(
        """WITH newest AS (
               SELECT stage, source, max(id) AS id,
                   max(CASE WHEN status = 'ok' OR (
                       status = 'empty' AND (stage = 'harvest' OR requests > 0)
                   ) THEN at END) AS succeeded_at,
                   max(CASE WHEN status != 'failed' THEN id ELSE 0 END) AS unfailed
               FROM outcomes GROUP BY stage, source)
           SELECT id, stage, source, o.status, o.reason_code, o.reason_args, o.at, o.requests,
               o.items, o.day, newest.succeeded_at, failures.since
           FROM newest JOIN outcomes AS o USING (id, stage, source)
           LEFT JOIN (SELECT stage, source, min(f.at) AS since
                      FROM outcomes AS f JOIN newest AS n USING (stage, source)
                      WHERE f.id > n.unfailed GROUP BY stage, source) AS failures
               USING (stage, source)
           ORDER BY stage DESC, source"""
    )
    return readable(rows, _answer)


_ANSWER = Columns(
    "outcomes",
    "id",
    "stage",
    "source",
    "status",
    "reason_code",
    "reason_args",
    "at",
    "requests",
    "items",
    "day",
)


def _answer(row: Any) -> Answer:
    _, stage, source, status, code, arguments, at, requests, items, day = _ANSWER(row)
    reason = problem(code, arguments)
    return Answer(
        stage=stage,
        outcome=Outcome(
            source=source, status=status, reason=reason, at=at, requests=requests, items=items
        ),
        day=day,
        succeeded_at=_sometime(row[10]),
        failing_since=_sometime(row[11]),
    )


def _sometime(value: Any) -> datetime | None:
    """The newest of many times; None where that cannot be read."""
    try:
        return None if value is None else instant(value)
    except ValueError:
        return None


def outcome_totals(db: Database) -> dict[tuple[Stage, str, Status], int]:
    """How often each source ended how, ever."""
    rows = db.conn.execute("SELECT stage, source, status, count(*) FROM outcomes GROUP BY 1, 2, 3")
    found = readable(rows, lambda row: (*_KIND(row), row[3]))
    return {(stage, source, status): count for stage, source, status, count in found}


_KIND = Columns("outcomes", "stage", "source", "status", keys=3)


@dataclass(frozen=True, slots=True)
class Delay:
    """How long slots had to wait for their first message, in seconds."""

    slots: int
    mean: float
    longest: float


def delays_since(db: Database, start: datetime) -> Delay:
    """Of the slots from ``start`` on whose first message was sent."""
    row = db.conn.execute(
        """SELECT count(*), coalesce(avg(sealed_at - slot_at), 0),
               coalesce(max(sealed_at - slot_at), 0)
           FROM deliveries WHERE slot_at BETWEEN ? AND ? AND part = 0 AND state = 'sent'""",
        [seconds(start), LAST_INSTANT],
    ).fetchone()
    return Delay(row[0], float(row[1]), float(row[2]))


def slots_by_state(db: Database) -> Mapping[DeliveryState, int]:
    """Slots by the state of their first message."""
    rows = db.conn.execute("SELECT state, count(*) FROM deliveries WHERE part = 0 GROUP BY state")
    return delivery_reports.by_state(rows)
