"""How many papers were news, by category pattern and day: a summary of the listings.

A paper that was news on several days of a period counts once there. So a listing knows on which
day its paper was news before (``previous``, mostly none): a period's number is the sum of its days'
totals, less the listings whose previous day is in the period too.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from sqlite_utils import Database

from bot.store import category_patterns
from bot.store.codecs import dump, strings_or_none

EVERYTHING = ""
"""The pattern of every paper, also of those whose categories arXiv's table does not know."""

Totals = Counter[tuple[str, str]]  # by (pattern, day)


class Listing(NamedTuple):
    """A listing with what is derived for it, and its paper's categories as they are stored."""

    arxiv_id: str
    day: str
    is_announcement: bool
    previous: str | None
    subjects: str
    categories: str


def listed(db: Database, start: date, end: date, patterns: Sequence[str] = ()) -> int:
    """How many papers were news from ``start`` to ``end`` under any of the canonical patterns;
    without patterns how many in all."""
    condition, values = category_patterns.condition(patterns, "listings")
    span = {"first": start.isoformat(), "last": end.isoformat()}
    if len(patterns) > 1:
        # They may share papers, so their totals do not add up; the listings are looked through.
        news = f"""SELECT count(*) FROM listings WHERE day BETWEEN :first AND :last
                   AND announcement IN ('new', 'cross') AND {condition}"""
        named = span | values
    else:
        news = """SELECT sum(listed) FROM totals
                  WHERE day BETWEEN :first AND :last AND pattern = :pattern"""
        named = span | {"pattern": patterns[0] if patterns else EVERYTHING}
    again = f"""SELECT count(*) FROM listings WHERE day BETWEEN :first AND :last
                AND previous >= :first AND {condition}"""
    total = db.conn.execute(news, named).fetchone()[0] or 0
    return int(total) - int(db.conn.execute(again, span | values).fetchone()[0])


def listed_on(db: Database, days: Sequence[date], patterns: Sequence[str]) -> int:
    """As ``listed``, of these days alone."""
    condition, values = category_patterns.condition(patterns, "listings")
    row = db.conn.execute(
        f"""SELECT count(DISTINCT arxiv_id) FROM listings
            WHERE day IN (SELECT value FROM json_each(:days))
            AND announcement IN ('new', 'cross') AND {condition}""",
        {"days": dump(list(days)), **values},
    ).fetchone()
    return int(row[0])


def listings(db: Database, arxiv_ids: Collection[str]) -> list[Listing]:
    """The listings of these papers, by paper and day."""
    rows = db.conn.execute(
        """SELECT arxiv_id, day, announcement IN ('new', 'cross'), previous, subjects, categories
           FROM listings JOIN papers USING (arxiv_id)
           WHERE arxiv_id IN (SELECT value FROM json_each(?)) ORDER BY arxiv_id, day""",
        [dump(sorted(map(str, arxiv_ids)))],
    )
    return [Listing(*row) for row in rows]


def update(db: Database, before: Iterable[Listing], after: Sequence[Listing]) -> None:
    """Bring in line with ``after`` what is derived from it, and the totals that held ``before``."""
    change = _totals(after)
    change.subtract(_totals(before))
    db.conn.executemany(
        """INSERT INTO totals (pattern, day, listed) VALUES (?, ?, ?)
           ON CONFLICT (pattern, day) DO UPDATE SET listed = listed + excluded.listed""",
        [(*place, count) for place, count in change.items() if count],
    )
    db.conn.executemany(
        "UPDATE listings SET previous = ?, subjects = ? WHERE day = ? AND arxiv_id = ?",
        [
            (right.previous, right.subjects, right.day, right.arxiv_id)
            for given, right in zip(after, _derived(after), strict=True)
            if given != right
        ],
    )


def _totals(found: Iterable[Listing]) -> Totals:
    # Many papers of a day share their categories.
    alike = Counter(
        (listing.categories, listing.day) for listing in found if listing.is_announcement
    )
    counted: Totals = Counter()
    for (categories, day), papers in alike.items():
        for pattern in (EVERYTHING, *category_patterns.covering(strings_or_none(categories))):
            counted[pattern, day] += papers
    return counted


def _derived(found: Iterable[Listing]) -> Iterable[Listing]:
    for _, of_paper in groupby(found, key=lambda listing: listing.arxiv_id):
        previous = None
        for listing in of_paper:
            yield listing._replace(
                previous=previous if listing.is_announcement else None,
                subjects=category_patterns.column(strings_or_none(listing.categories)),
            )
            previous = listing.day if listing.is_announcement else previous


def rebuild(db: Database) -> None:
    """Derive everything anew."""
    db.conn.execute("DELETE FROM totals")
    for batch in _batches(db):
        update(db, (), batch)


def counted(db: Database) -> tuple[Totals, list[tuple[str, str]]]:
    """The totals that the listings give, and (id, day) of those where what is derived is wrong."""
    found: Totals = Counter()
    wrong = []
    for batch in _batches(db):
        found.update(_totals(batch))
        wrong += [
            (right.arxiv_id, right.day)
            for given, right in zip(batch, _derived(batch), strict=True)
            if given != right
        ]
    return found, wrong


def _batches(db: Database) -> Iterator[list[Listing]]:
    rows = db.conn.execute("SELECT arxiv_id FROM papers").fetchall()
    for start in range(0, len(rows), 5000):
        yield listings(db, [row[0] for row in rows[start : start + 5000]])
