"""Listing days: their state, and what came of asking each source for them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from sqlite_utils import Database

from bot.models import Day, DayState, Era, Outcome, Status
from bot.store.codecs import dump, problem, problem_columns, seconds
from bot.store.columns import Columns, readable

Stage = Literal["harvest", "collect"]

_SELECT = """
    SELECT day, state, era, harvested_at, counted_at, closed_at, late,
        coalesce((SELECT listed FROM totals WHERE pattern = '' AND totals.day = days.day), 0)
    FROM days
"""


def open_day(db: Database, day: date, era: Era = Era.HOTPAPERS) -> None:
    """Make sure that the day is there. A day that is there stays as it is."""
    db.conn.execute(
        "INSERT OR IGNORE INTO days (day, state, era) VALUES (?, ?, ?)",
        [day.isoformat(), DayState.OPEN, era],
    )


def get(db: Database, day: date) -> Day | None:
    row = db.conn.execute(f"{_SELECT} WHERE day = ?", [day.isoformat()]).fetchone()
    return None if row is None else _day(row)


def between(db: Database, start: date, end: date) -> list[Day]:
    """The days from ``start`` to ``end``, both included, oldest first."""
    rows = db.conn.execute(
        f"{_SELECT} WHERE day BETWEEN ? AND ? ORDER BY day", [start.isoformat(), end.isoformat()]
    )
    return readable(rows, _day)


def dates(db: Database) -> frozenset[date]:
    """Every day of the archive, whatever its state and era."""
    found = readable(db.conn.execute("SELECT day FROM days"), _DATE)
    return frozenset(day for (day,) in found)


def newest(
    db: Database, limit: int, *, state: DayState | None = None, era: Era | None = None
) -> list[Day]:
    """The newest days, newest first: of any state and era, or of those named."""
    rows = db.conn.execute(
        f"{_SELECT} WHERE ? IN ('', state) AND ? IN ('', era) ORDER BY day DESC LIMIT ?",
        [state or "", era or "", limit],
    )
    return readable(rows, _day)


def around(db: Database, start: date, end: date) -> tuple[date | None, date | None]:
    """The nearest days with papers before ``start`` and after ``end``."""

    def nearest(side: str, day: date, order: str) -> date | None:
        row = db.conn.execute(
            f"""SELECT day FROM days WHERE day {side} ?
                AND EXISTS (SELECT 1 FROM listings WHERE listings.day = days.day)
                ORDER BY day {order} LIMIT 1""",
            [day.isoformat()],
        ).fetchone()
        return None if row is None else _DATE(row)[0]

    return nearest("<", start, "DESC"), nearest(">", end, "ASC")


def still_open(db: Database) -> list[Day]:
    """Days that are not closed yet, oldest first."""
    rows = db.conn.execute(f"{_SELECT} WHERE state = 'open' ORDER BY day")
    return readable(rows, _day)


def mark_harvested(db: Database, day: date, *, now: datetime) -> None:
    """The harvest is whole. The first such moment stays."""
    db.conn.execute(
        "UPDATE days SET harvested_at = coalesce(harvested_at, ?) WHERE day = ?",
        [seconds(now), day.isoformat()],
    )


def mark_counted(db: Database, day: date, *, at: datetime) -> None:
    """Its standings are from the counts of ``at``."""
    db.conn.execute("UPDATE days SET counted_at = ? WHERE day = ?", [seconds(at), day.isoformat()])


def close(db: Database, day: date, *, now: datetime, late: bool) -> None:
    """Close the day. A closed day keeps its first closing time and its mark."""
    db.conn.execute(
        """UPDATE days SET state = 'closed', closed_at = ?, late = ?
           WHERE day = ? AND state = 'open'""",
        [seconds(now), int(late), day.isoformat()],
    )


def add_outcomes(db: Database, day: date, stage: Stage, outcomes: Iterable[Outcome]) -> None:
    """Append what came of asking; earlier answers stay as history."""
    for o in outcomes:
        db.conn.execute(
            """INSERT INTO outcomes
               (day, stage, source, status, reason_code, reason_args, at, requests, items)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            [day.isoformat(), stage, o.source, o.status, *problem_columns(o.reason),
             seconds(o.at), o.requests, o.items],
        )  # fmt: skip


def outcomes(db: Database, day: date, stage: Stage) -> tuple[Outcome, ...]:
    """The newest outcome of each source for a day, by source."""
    rows = db.conn.execute(
        """SELECT id, source, status, reason_code, reason_args, at, requests, items FROM outcomes
           WHERE id IN (SELECT max(id) FROM outcomes WHERE day = ? AND stage = ? GROUP BY source)
           ORDER BY source""",
        [day.isoformat(), stage],
    )
    return tuple(readable(rows, _outcome))


def requests(db: Database, day: date, stage: Stage) -> int:
    """How many requests were made for a day so far, in all runs."""
    row = db.conn.execute(
        "SELECT coalesce(sum(requests), 0) FROM outcomes WHERE day = ? AND stage = ?",
        [day.isoformat(), stage],
    ).fetchone()
    return int(row[0])


def worst(db: Database, listing_days: Collection[date], stage: Stage) -> tuple[Outcome, ...]:
    """For each source the worst of its newest outcomes of these days, by source."""
    rows = db.conn.execute(
        f"""SELECT id, source, status, reason_code, reason_args, at, requests, items,
                min(instr('{" ".join(_WORST_FIRST)}', status) << 40 | id) AS first
            FROM outcomes WHERE id IN (
                SELECT max(id) FROM outcomes
                WHERE day IN (SELECT value FROM json_each(?)) AND stage = ? GROUP BY day, source)
            GROUP BY source ORDER BY source""",
        [dump(sorted(listing_days)), stage],
    )
    return tuple(readable(rows, _outcome))


_WORST_FIRST = (Status.FAILED, Status.INCOMPLETE, Status.OFF, Status.EMPTY, Status.OK)


def last_asked(db: Database, start: date, now: datetime) -> dict[tuple[date, str], datetime]:
    """When each (day, stage) from ``start`` on was last asked for, whatever came of it.

    What was asked while a clock was ahead of ``now`` does not count.
    """
    rows = db.conn.execute(
        "SELECT day, stage, max(at) FROM outcomes WHERE day >= ? AND at <= ? GROUP BY day, stage",
        [start.isoformat(), seconds(now)],
    )
    return {(day, stage): at for day, stage, at in readable(rows, _ASKED)}


def forget_after(db: Database, newest: date) -> int:
    """Drop days without a paper after ``newest``, which a clock that was ahead has brought about.

    Returns how many.
    """
    empty = """day > ? AND era = 'hotpapers'
        AND NOT EXISTS (SELECT 1 FROM listings WHERE listings.day = days.day)"""
    found = db.conn.execute(f"SELECT day FROM days WHERE {empty}", [newest.isoformat()]).fetchall()
    for table in ("outcomes", "days"):
        db.conn.executemany(f"DELETE FROM {table} WHERE day = ?", found)
    return len(found)


_OUTCOME = Columns(
    "outcomes", "id", "source", "status", "reason_code", "reason_args", "at", "requests", "items"
)
_DAY = Columns("days", "day", "state", "era", "harvested_at", "counted_at", "closed_at", "late")
_DATE = Columns("days", "day")
_ASKED = Columns("outcomes", "day", "stage", "at", keys=2)


def _outcome(row: Any) -> Outcome:
    _, source, status, code, arguments, at, requests, items = _OUTCOME(row)
    reason = problem(code, arguments)
    return Outcome(
        source=source, status=status, reason=reason, at=at, requests=requests, items=items
    )


@lru_cache(maxsize=4096)
def _day(row: Any) -> Day:
    """A ranking of ten years goes by the same 2,500 rows each time."""
    day, state, era, harvested_at, counted_at, closed_at, late = _DAY(row)
    return Day(
        day=day,
        state=state,
        era=era,
        harvested_at=harvested_at,
        counted_at=counted_at,
        closed_at=closed_at,
        late=late,
        listed=row[7] if isinstance(row[7], int) else 0,
    )
