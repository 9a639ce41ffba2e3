"""On which day papers are known, or thought, to have been announced as new."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlite_utils import Database

from bot.models import Announcement, LearntFrom
from bot.store.codecs import dump
from bot.store.columns import Columns, readable
from bot.store.papers import TRUST

_PLACED = Columns("listings", "arxiv_id", "day", "announcement", "learnt_from", keys=2)
_SUBMITTED = Columns("papers", "arxiv_id", "submitted_at")
_DAY = Columns("listings", "day")

_FIRST_DOTTED = (2007, 4)
"""From April 2007 on ids begin with year and month; before, these follow the archive's name."""


class Place(NamedTuple):
    """Where a paper is listed first, as far as is known."""

    day: date
    announcement: Announcement
    learnt_from: LearntFrom

    @property
    def is_printed_as_new(self) -> bool:
        """The old blog's days may be later than arXiv's."""
        return self.announcement is Announcement.NEW and self.learnt_from.is_printed


class Dated(NamedTuple):
    """A paper of one id month: when version 1 came in, and where it is listed, if it is."""

    arxiv_id: str
    submitted_at: datetime
    listed: Place | None


def announced(db: Database, arxiv_ids: Collection[str]) -> dict[str, Place]:
    """Where each of these papers was news: as new rather than cross-listed, surest first."""
    rows = db.conn.execute(
        """SELECT arxiv_id, day, announcement, learnt_from FROM listings
           WHERE arxiv_id IN (SELECT value FROM json_each(?))
           AND announcement IN ('new', 'cross')""",
        [dump(list(arxiv_ids))],
    )
    found: dict[str, Place] = {}
    for arxiv_id, *placed in readable(rows, _PLACED):
        place = Place(*placed)
        known = found.get(arxiv_id)
        found[arxiv_id] = place if known is None else min(known, place, key=_rank)
    return found


def of_month(db: Database, year: int, month: int) -> list[Dated]:
    """The papers with ids of this month whose first version's time is known."""
    yymm = f"{year % 100:02d}{month:02d}"
    if (year, month) >= _FIRST_DOTTED:
        where, values = "papers.arxiv_id >= ? AND papers.arxiv_id < ?", [f"{yymm}.", f"{yymm}/"]
    else:
        where, values = "papers.arxiv_id GLOB ?", [f"*/{yymm}*"]
    rows = db.conn.execute(
        f"""SELECT arxiv_id, submitted_at FROM papers
            WHERE submitted_at IS NOT NULL AND {where} ORDER BY arxiv_id""",
        values,
    ).fetchall()
    found = readable(rows, _SUBMITTED)
    places = announced(db, [arxiv_id for arxiv_id, _ in found])
    return [Dated(arxiv_id, at, places.get(arxiv_id)) for arxiv_id, at in found]


def news_by_day(db: Database, first: date, last: date) -> list[tuple[date, int]]:
    """The days from ``first`` to ``last`` that list any news, with how many papers each."""
    rows = db.conn.execute(
        """SELECT day, count(*) FROM listings WHERE day BETWEEN ? AND ?
           AND announcement IN ('new', 'cross') GROUP BY day ORDER BY day""",
        [first.isoformat(), last.isoformat()],
    )
    return readable(rows, lambda row: (_DAY(row)[0], row[1]))


def _rank(place: Place) -> tuple[bool, int, date]:
    return place.announcement is not Announcement.NEW, TRUST[place.learnt_from], place.day
