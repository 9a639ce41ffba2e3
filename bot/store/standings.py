"""Scores of the papers of each listing day: derived from posts and rates, kept to be read fast."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
from sqlite_utils import Database

from bot.models import Paper, RankedPaper, ScorePart
from bot.store import fulltext
from bot.store import papers as papers_table
from bot.store import posts as posts_table
from bot.store.values import day as to_day
from bot.store.values import dump

SHOWN_POSTS = 10

_PARTS = msgspec.json.Decoder(tuple[ScorePart, ...])


def save(db: Database, day: date, ranked: Iterable[RankedPaper]) -> None:
    """Replace the standings of a day by ``ranked``; papers without any post need no row."""
    gone = db.conn.execute(
        "DELETE FROM standings WHERE day = ? RETURNING arxiv_id", [day.isoformat()]
    ).fetchall()
    scored = [r for r in ranked if r.parts]
    db.conn.executemany(
        """INSERT INTO standings (day, arxiv_id, score, likes, people, parts)
           VALUES (?, ?, ?, ?, ?, ?)""",
        [
            (
                day.isoformat(),
                r.paper.arxiv_id,
                r.score,
                sum(part.likes for part in r.parts),
                r.people,
                dump(r.parts),
            )
            for r in scored
        ],
    )
    fulltext.refresh_attention(db, {*(row[0] for row in gone), *(r.paper.arxiv_id for r in scored)})


def between(
    db: Database,
    start: date,
    end: date,
    *,
    at_least: float,
    only: Collection[date] | None = None,
) -> list[RankedPaper]:
    """The papers listed from ``start`` to ``end`` whose score is ``at_least`` that, unordered.

    A paper listed on several of these days comes once, with its first day; ``only`` names the
    days that count. ``rank`` is 0 and ``posts`` is empty: ``with_posts`` fills in those that will
    be shown.
    """
    rows = db.conn.execute(
        """SELECT arxiv_id, min(day), score, people, parts FROM standings
           WHERE day BETWEEN ?1 AND ?2 AND score >= ?3
           AND (?4 IS NULL OR day IN (SELECT value FROM json_each(?4))) GROUP BY arxiv_id""",
        [
            start.isoformat(),
            end.isoformat(),
            at_least,
            None if only is None else dump(sorted(only)),
        ],
    ).fetchall()
    papers = papers_table.many(db, [row[0] for row in rows])
    return [_ranked(row, papers) for row in rows if row[0] in papers]


def with_posts(db: Database, ranked: Iterable[RankedPaper]) -> tuple[RankedPaper, ...]:
    """The same papers with their best posts, best first."""
    chosen = tuple(ranked)
    posts = posts_table.of_papers(db, [r.paper.arxiv_id for r in chosen])
    return tuple(replace(r, posts=tuple(posts[r.paper.arxiv_id][:SHOWN_POSTS])) for r in chosen)


def count(db: Database, day: date, *, at_least: float) -> int:
    """How many papers of a day reach a score."""
    row = db.conn.execute(
        "SELECT count(*) FROM standings WHERE day = ? AND score >= ?", [day.isoformat(), at_least]
    ).fetchone()
    return int(row[0])


def has(db: Database, day: date) -> bool:
    """Whether any paper of a day has counts of our own."""
    row = db.conn.execute(
        "SELECT EXISTS (SELECT 1 FROM standings WHERE day = ?)", [day.isoformat()]
    ).fetchone()
    return bool(row[0])


def _ranked(row: Any, papers: Mapping[str, Paper]) -> RankedPaper:
    return RankedPaper(
        rank=0,
        paper=papers[row[0]],
        score=row[2],
        parts=_PARTS.decode(row[4]),
        people=row[3],
        posts=(),
        day=to_day(row[1]),
    )
