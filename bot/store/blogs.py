"""Imported posts of the old blog, verbatim, beside our own days.

A day has one era (``days.era``). An imported day is of the blog's, unless our own counts of it are
there already: those stay, and the post is kept beside them. Whichever is not the day's own era can
still be asked for and exported.
"""

import hashlib
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from bot.arxiv import taxonomy
from bot.blog import BlogPaper, BlogPost, NetworkCounts, unescape, write
from bot.errors import UnreadableRow
from bot.models import Announcement, DayState, Era, LearntFrom, Listed, Paper
from bot.store import full_text_index, papers
from bot.store.codecs import dump, seconds
from bot.store.columns import Columns, readable
from bot.text import name, plain, title

# The version of a paper that is known from the blog alone: any that arXiv names is newer.
NO_VERSION = 0

_DAY = Columns("blog_days", "day", "era", "dated")
_DATE = Columns("days", "day")
_POST = Columns("blog_days", "day", "dated", "front")
_BODY = Columns("blog_papers", "day", "rank", "body", keys=2)
_PRINTED = Columns("blog_papers", "day", "rank", "arxiv_id", "categories", "counts", keys=2)


class Saved(StrEnum):
    """What became of a post that was given to be stored."""

    NEW = "new"
    UNCHANGED = "unchanged"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A day of the blog. ``era`` is the post's own; the day's may be ours."""

    day: date
    era: Era
    dated: datetime
    papers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A paper as a post ranks it, without its texts. ``categories`` are as printed."""

    day: date
    rank: int
    arxiv_id: str
    categories: tuple[str, ...]
    counts: tuple[NetworkCounts, ...]


def save(db: Database, post: BlogPost, *, now: datetime) -> Saved:
    """Store a post. The same post again changes nothing; another one of its day replaces it."""
    day, digest = post.day.isoformat(), hashlib.sha256(write(post).encode()).hexdigest()
    known = db.conn.execute("SELECT hash FROM blog_days WHERE day = ?", [day]).fetchone()
    if known is not None and known[0] == digest:
        return Saved.UNCHANGED
    before = [printed.arxiv_id for printed in between(db, post.day, post.day)]
    db.conn.execute("DELETE FROM blog_papers WHERE day = ?", [day])
    db.conn.execute("DELETE FROM blog_days WHERE day = ?", [day])
    db.conn.execute(
        """INSERT INTO blog_days (day, era, dated, front, hash, imported_at)
           VALUES (?, ?, ?, ?, ?, ?)""",
        [day, post.era, seconds(post.dated), post.front, digest, seconds(now)],
    )
    db.conn.executemany(
        """INSERT INTO blog_papers (day, rank, arxiv_id, categories, counts, attention, body)
           VALUES (?, ?, ?, ?, ?, ?, ?)""",
        [(day, p.rank, *_columns(p, post.era), dump(p)) for p in post.papers],
    )
    _take_the_day(db, post)
    gone = set(before) - {p.arxiv_id for p in post.papers}
    papers.unlist(db, post.day, gone, LearntFrom.BLOG)
    _enter_papers(db, post, now)
    full_text_index.refresh_attention(db, {*before, *(p.arxiv_id for p in post.papers)})
    return Saved.NEW if known is None else Saved.REPLACED


def get(db: Database, day: date) -> BlogPost | None:
    """The imported post of a day, as it was."""
    row = db.conn.execute(
        "SELECT day, dated, front FROM blog_days WHERE day = ?", [day.isoformat()]
    ).fetchone()
    if row is None:
        return None
    _, dated, front = _POST(row)
    bodies = db.conn.execute(
        "SELECT day, rank, body FROM blog_papers WHERE day = ? ORDER BY rank", [day.isoformat()]
    )
    return BlogPost(
        day=day, dated=dated, front=front, papers=tuple(_BODY(body)[2] for body in bodies)
    )


def misplaced(db: Database) -> list[tuple[str | int, ...]]:
    """Id, categories, counts and attention as they should be, day and rank of each printed paper
    that is chosen and put in order by others than those it prints. One whose text cannot be read
    is left out."""
    rows = db.conn.execute(
        """SELECT day, rank, body, era, dated, arxiv_id, categories, counts, attention
           FROM blog_papers JOIN blog_days USING (day) ORDER BY day, rank"""
    )
    found = []
    for row in rows:
        with suppress(UnreadableRow):
            columns = _columns(_BODY(row)[2], _DAY([row[0], *row[3:]])[1])
            if columns != tuple(row[5:]):
                found.append((*columns, *row[:2]))
    return found


def put_in_place(db: Database) -> None:
    """Derive anew from the papers as printed what they are chosen and put in order by."""
    db.conn.executemany(
        """UPDATE blog_papers SET arxiv_id = ?, categories = ?, counts = ?, attention = ?
           WHERE day = ? AND rank = ?""",
        misplaced(db),
    )


def imported(db: Database, start: date, end: date) -> list[Imported]:
    """The imported days from ``start`` to ``end``, oldest first, whatever the days' own eras."""
    rows = db.conn.execute(
        """SELECT day, era, dated, (SELECT count(*) FROM blog_papers
                                    WHERE blog_papers.day = blog_days.day)
           FROM blog_days WHERE day BETWEEN ? AND ? ORDER BY day""",
        [start.isoformat(), end.isoformat()],
    )
    return readable(rows, lambda row: _imported(row, row[3]))


def between(db: Database, start: date, end: date) -> list[Printed]:
    """What the posts from ``start`` to ``end`` rank, by day and rank."""
    rows = db.conn.execute(
        """SELECT day, rank, arxiv_id, categories, counts FROM blog_papers
           WHERE day BETWEEN ? AND ? ORDER BY day, rank""",
        [start.isoformat(), end.isoformat()],
    )
    return readable(rows, _printed)


def bodies(db: Database, places: Collection[tuple[date, int]]) -> dict[tuple[date, int], BlogPaper]:
    """The papers at these places, (day, rank), in full."""
    found = {}
    for day, rank in places:
        row = db.conn.execute(
            "SELECT day, rank, body FROM blog_papers WHERE day = ? AND rank = ?",
            [day.isoformat(), rank],
        ).fetchone()
        if row is not None:
            found[day, rank] = _BODY(row)[2]
    return found


def of_paper(db: Database, arxiv_id: str) -> list[tuple[Imported, BlogPaper]]:
    """The posts that print a paper, oldest first."""
    rows = db.conn.execute(
        """SELECT day, rank, body, era, dated FROM blog_papers JOIN blog_days USING (day)
           WHERE arxiv_id = ? ORDER BY day""",
        [arxiv_id],
    )
    return readable(rows, lambda row: (_imported([row[0], *row[3:]], 0), _BODY(row)[2]))


def _imported(row: Any, papers: int) -> Imported:
    day, era, dated = _DAY(row)
    return Imported(day=day, era=era, dated=dated, papers=papers)


def _printed(row: Any) -> Printed:
    day, rank, arxiv_id, categories, counts = _PRINTED(row)
    return Printed(day=day, rank=rank, arxiv_id=arxiv_id, categories=categories, counts=counts)


def as_paper(printed: BlogPaper, era: Era, categories: Sequence[str]) -> Paper:
    """The paper of a post of ``era``, its texts rendered, and raw as the old blog printed them.

    Our own days hold rendered texts, so that there is nothing to render again.
    """
    if era is Era.HOTPAPERS:
        return Paper(
            arxiv_id=printed.arxiv_id,
            version=NO_VERSION,
            title=unescape(printed.title),
            authors=tuple(map(unescape, printed.author_names)),
            categories=tuple(categories),
            abstract=unescape(printed.abstract),
        )
    return Paper(
        arxiv_id=printed.arxiv_id,
        version=NO_VERSION,
        title=title(printed.title),
        authors=tuple(map(name, printed.author_names)),
        categories=tuple(categories),
        abstract=plain(printed.abstract),
        raw_title=printed.title,
        raw_authors=printed.authors,
        raw_abstract=printed.abstract,
    )


def _columns(paper: BlogPaper, era: Era) -> tuple[str, str, str, int]:
    """What of a printed paper is kept apart from the rest, to choose and to put in order by."""
    return (
        paper.arxiv_id, dump(paper.categories), dump(paper.counts), _attention(paper, era)
    )  # fmt: skip


def _attention(paper: BlogPaper, era: Era) -> int:
    """What a search may take from printed counts.

    The later era's retweets were added up over repost objects, about n squared for n retweets, so
    only its favorites count; repost objects have none.
    """
    if era is Era.BLOG_REPOSTS_ADDED:
        return paper.favorites
    return sum(counts.reposts + counts.likes for counts in paper.counts)


def _take_the_day(db: Database, post: BlogPost) -> None:
    """The day becomes one of the blog's, unless it has our own counts or is still being made."""
    db.conn.execute(
        """INSERT INTO days (day, state, era, counted_at, closed_at)
           VALUES (:day, :closed, :era, :dated, :dated)
           ON CONFLICT (day) DO UPDATE SET
               state = excluded.state, era = excluded.era, counted_at = excluded.counted_at,
               closed_at = excluded.closed_at
           WHERE days.era <> :own OR (days.state = :closed
               AND NOT EXISTS (SELECT 1 FROM standings WHERE standings.day = days.day))""",
        {
            "day": post.day.isoformat(),
            "closed": DayState.CLOSED,
            "era": post.era,
            "dated": seconds(post.dated),
            "own": Era.HOTPAPERS,
        },
    )


def _enter_papers(db: Database, post: BlogPost, now: datetime) -> None:
    """Papers become known with the blog's texts and day, where arXiv's own are not there yet."""
    known = papers.many(db, [p.arxiv_id for p in post.papers])
    listed = []
    for printed in reversed(post.papers):  # of a paper that is printed twice the better place last
        news = [day for day, kind in papers.days_of(db, printed.arxiv_id) if kind.is_announcement]
        paper = known.get(printed.arxiv_id)
        if paper is not None and paper.version > NO_VERSION and news:
            continue
        listed.append(
            Listed(
                paper=as_paper(printed, post.era, taxonomy.canonical(printed.categories)),
                day=post.day,
                announcement=Announcement.NEW,
                learnt_from=LearntFrom.BLOG,
            )
        )
    papers.save(db, listed, now=now)


def days_of(db: Database, start: date, end: date, era: Era | None) -> list[date]:
    """The days from ``start`` to ``end`` of which there is a ranking, oldest first.

    With ``era`` those of which there is one of that era, be it their own or not.
    """
    rows = db.conn.execute(
        """SELECT day FROM days
           WHERE day BETWEEN :start AND :end AND (:era IS NULL OR era = :era
               OR (:era = :own AND EXISTS (SELECT 1 FROM standings WHERE standings.day = days.day)))
           UNION SELECT day FROM blog_days
           WHERE day BETWEEN :start AND :end AND (:era IS NULL OR era = :era)
           ORDER BY day""",
        {
            "start": start.isoformat(),
            "end": end.isoformat(),
            "era": era,
            "own": Era.HOTPAPERS,
        },
    )
    return [day for (day,) in readable(rows, _DATE)]
