"""How many papers of a day reach the usual bar, by category pattern: a summary of the standings.

So a ranking of ten years knows how many papers it has, and on which days its best ones are, without
looking at each. A paper that reaches the bar on several days of a period counts once there: its
later standings know the day before (``previous``, mostly none), as in ``listing_totals``.

For any other bar than ``BAR`` the standings themselves are counted.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from sqlite_utils import Database

from bot.store.codecs import dump
from bot.store.listing_totals import EVERYTHING

BAR = 50
"""The bar that the settings have unless told otherwise."""


class Total(NamedTuple):
    """How many standings of a day reach ``BAR`` under a pattern, and their best score."""

    papers: int
    best: float


Totals = dict[tuple[str, str], Total]  # by (pattern, day)


def update(db: Database, days: Collection[str], arxiv_ids: Collection[str]) -> None:
    """Bring in line what is derived from the standings of these days, which changed, and of these
    papers, of which other days may know them."""
    changed = set(days)
    rows = db.conn.execute(
        """SELECT arxiv_id, day, score, previous FROM standings
           WHERE arxiv_id IN (SELECT value FROM json_each(?)) ORDER BY arxiv_id, day""",
        [dump(sorted(map(str, arxiv_ids)))],
    )
    wrong = list(_wrong(rows.fetchall()))
    _put_right(db, wrong)
    changed |= {day for _, day, _ in wrong}
    db.conn.executemany("DELETE FROM ranking_totals WHERE day = ?", [(day,) for day in changed])
    for day in sorted(changed):
        _insert(db, counted(db, day))


def refile(db: Database, arxiv_ids: Collection[str]) -> None:
    """These papers stand in other categories now."""
    days = db.conn.execute(
        "SELECT DISTINCT day FROM standings WHERE arxiv_id IN (SELECT value FROM json_each(?))",
        [dump(sorted(map(str, arxiv_ids)))],
    ).fetchall()
    update(db, [day for (day,) in days if isinstance(day, str)], ())


def rebuild(db: Database) -> None:
    """Derive everything anew."""
    _put_right(db, list(wrong_previous(db)))
    db.conn.execute("DELETE FROM ranking_totals")
    for day in days(db):
        _insert(db, counted(db, day))


def days(db: Database) -> list[str]:
    """Every day with standings or totals."""
    rows = db.conn.execute("SELECT day FROM standings UNION SELECT day FROM ranking_totals")
    return [day for (day,) in rows if isinstance(day, str)]


def counted(db: Database, day: str) -> Totals:
    """The totals by pattern that the standings of a day give."""
    rows = db.conn.execute(
        "SELECT subjects, score FROM standings WHERE day = ? AND score >= ?", [day, BAR]
    )
    papers: Counter[str] = Counter()
    best: dict[str, float] = {}
    for subjects, score in rows:
        if not isinstance(subjects, str) or not isinstance(score, int | float):
            continue  # a damaged row, which no ranking shows
        for pattern in (EVERYTHING, *subjects.split()):
            papers[pattern] += 1
            best[pattern] = max(score, best.get(pattern, score))
    return {(pattern, day): Total(number, best[pattern]) for pattern, number in papers.items()}


def wrong_previous(db: Database) -> Iterator[tuple[str | None, str, str]]:
    """(previous day as it should be, day, id) of each standing that has another."""
    rows = db.conn.execute(
        f"""SELECT arxiv_id, day, score, previous FROM standings
            WHERE score >= {BAR} OR previous IS NOT NULL ORDER BY arxiv_id, day"""
    )
    return _wrong(rows)


def _wrong(
    rows: Iterable[Any],
) -> Iterator[tuple[str | None, str, str]]:
    for arxiv_id, of_paper in groupby(rows, key=lambda row: row[0]):
        before: str | None = None
        for _, day, score, given in of_paper:
            if not isinstance(day, str):
                continue  # a damaged row
            reaches = isinstance(score, int | float) and score >= BAR
            previous = before if reaches else None
            if given != previous:
                yield previous, day, arxiv_id
            before = day if reaches else before


def _put_right(db: Database, wrong: Collection[tuple[str | None, str, str]]) -> None:
    db.conn.executemany("UPDATE standings SET previous = ? WHERE day = ? AND arxiv_id = ?", wrong)


def _insert(db: Database, totals: Totals) -> None:
    db.conn.executemany(
        "INSERT INTO ranking_totals (pattern, day, papers, best) VALUES (?, ?, ?, ?)",
        [(*place, *total) for place, total in totals.items()],
    )
