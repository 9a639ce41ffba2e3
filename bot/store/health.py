"""How the program has been doing: the newest answers of sources, and slots by their ending."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from bot.models import DeliveryState, Outcome, Status
from bot.store.days import Stage
from bot.store.values import day as to_day
from bot.store.values import instant, maybe_instant, seconds


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
           SELECT stage, source, o.status, o.reason, o.at, o.requests, o.items, o.day,
               newest.succeeded_at, failures.since
           FROM newest JOIN outcomes AS o USING (id, stage, source)
           LEFT JOIN (SELECT stage, source, min(f.at) AS since
                      FROM outcomes AS f JOIN newest AS n USING (stage, source)
                      WHERE f.id > n.unfailed GROUP BY stage, source) AS failures
               USING (stage, source)
           ORDER BY stage DESC, source"""
    )
    return [
        Answer(
            stage=row[0],
            outcome=Outcome(
                source=row[1],
                status=Status(row[2]),
                reason=row[3],
                at=instant(row[4]),
                requests=row[5],
                items=row[6],
            ),
            day=to_day(row[7]),
            succeeded_at=maybe_instant(row[8]),
            failing_since=maybe_instant(row[9]),
        )
        for row in rows
    ]


def outcome_totals(db: Database) -> dict[tuple[Stage, str, Status], int]:
    """How often each source ended how, ever."""
    rows = db.conn.execute("SELECT stage, source, status, count(*) FROM outcomes GROUP BY 1, 2, 3")
    return {(row[0], row[1], Status(row[2])): row[3] for row in rows}


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
           FROM deliveries WHERE slot_at >= ? AND part = 0 AND state = 'sent'""",
        [seconds(start)],
    ).fetchone()
    return Delay(row[0], float(row[1]), float(row[2]))


def slots_by_state(db: Database) -> Mapping[DeliveryState, int]:
    """Slots by the state of their first message."""
    rows = db.conn.execute("SELECT state, count(*) FROM deliveries WHERE part = 0 GROUP BY state")
    return {DeliveryState(row[0]): row[1] for row in rows}
