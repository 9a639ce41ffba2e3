"""Scores of the papers of each listing day: derived from posts and rates, kept to be read fast."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from sqlite_utils import Database

from bot.arxiv import ids
from bot.models import Paper, RankedPaper, RankingQuery
from bot.store import category_patterns, full_text_index, ranking_totals
from bot.store import papers as papers_table
from bot.store import posts as posts_table
from bot.store.codecs import dump
from bot.store.columns import Columns, readable
from bot.store.listing_totals import EVERYTHING

SHOWN_POSTS = 10


def save(db: Database, day: date, ranked: Iterable[RankedPaper]) -> None:
    """Replace the standings of a day by ``ranked``; papers without any post need no row."""
    gone = db.conn.execute(
        "DELETE FROM standings WHERE day = ? RETURNING arxiv_id", [day.isoformat()]
    ).fetchall()
    scored = [r for r in ranked if r.parts]
    arxiv_ids = [r.paper.arxiv_id for r in scored]
    again = _with_another_day(db, day, arxiv_ids)
    db.conn.executemany(
        """INSERT INTO standings (day, arxiv_id, score, exact, people, parts, age, again, subjects)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                day.isoformat(),
                r.paper.arxiv_id,
                r.score,
                r.exact_score,
                r.people,
                dump(r.parts),
                _age(r.paper.arxiv_id),
                int(r.paper.arxiv_id in again),
                category_patterns.column(r.paper.categories),
            )
            for r in scored
        ],
    )
    changed = {*(row[0] for row in gone), *arxiv_ids}
    ranking_totals.update(db, [day.isoformat()], changed)
    full_text_index.refresh_attention(db, changed)


def _age(arxiv_id: str) -> int:
    """Orders ids as ``ids.sort_key`` does, save old ones of two archives with the same number."""
    month, number, _ = ids.sort_key(arxiv_id)
    return month * 10_000_000 + number


def _with_another_day(db: Database, day: date, arxiv_ids: Sequence[str]) -> set[str]:
    """Those with a standing of another day. Whatever its order, both rows are marked."""
    wanted = dump(arxiv_ids)
    db.conn.execute(
        """UPDATE standings SET again = 1 WHERE again = 0 AND day <> ?
           AND arxiv_id IN (SELECT value FROM json_each(?))""",
        [day.isoformat(), wanted],
    )
    rows = db.conn.execute(
        """SELECT DISTINCT arxiv_id FROM standings
           WHERE day <> ? AND arxiv_id IN (SELECT value FROM json_each(?))""",
        [day.isoformat(), wanted],
    )
    return {row[0] for row in rows}


def between(db: Database, start: date, end: date, *, min_score: float) -> list[RankedPaper]:
    """The papers listed from ``start`` to ``end`` whose score is ``min_score`` or more, unordered.

    A paper listed on several of these days comes once, with its first day. ``rank`` is 0 and
    ``posts`` is empty: ``with_posts`` fills in those that will be shown. Raises UnreadableRow when
    there are such papers and not one of them can be read.
    """
    rows = db.conn.execute(
        """SELECT min(day), arxiv_id, score, exact, people, parts FROM standings
           WHERE day BETWEEN ? AND ? AND score >= ? GROUP BY arxiv_id""",
        [start.isoformat(), end.isoformat(), min_score],
    ).fetchall()
    papers = papers_table.many(db, [row[1] for row in rows])
    known = [row for row in rows if row[1] in papers]
    found = readable(known, lambda row: _ranked(row, papers))
    if known and not found:
        _ranked(known[0], papers)
    return found


def papers_of(db: Database, day: date) -> frozenset[str]:
    """The papers with a standing of this day, readable or not."""
    rows = db.conn.execute("SELECT arxiv_id FROM standings WHERE day = ?", [day.isoformat()])
    return frozenset(row[0] for row in rows)


def best(
    db: Database, listing_days: Sequence[date], query: RankingQuery, *, is_whole: bool = False
) -> tuple[list[RankedPaper], int]:
    """The papers of these days that ``query`` asks for, best first, and how many reach its score.

    They come once each, with their first day. Ranked from 1, without posts. ``query`` says its
    ``min_score``; its day and period are left to ``listing_days``, in order; ``is_whole`` tells
    that no other day from the first to the last of them has standings.
    """
    if not listing_days:
        return [], 0
    matching = _Matching(listing_days, query)
    is_noted = is_whole and query.min_score == ranking_totals.BAR and len(query.categories) < 2
    count = matching.noted_count(db) if is_noted else matching.count(db)
    before, size = query.place(count)
    if not size:
        return [], count
    after = count - before - size
    if before > after:  # the end of the order is nearer
        places = matching.last(db, size + after)[after:][::-1]
    else:
        places = matching.first(db, before + size)[before:]
    return _in_full(db, places, first_rank=before + 1), count


def best_scores(
    db: Database, listing_days: Sequence[date], patterns: Sequence[str], limit: int
) -> list[float]:
    """The highest scores of papers under the patterns on these days, highest first."""
    condition, values = category_patterns.condition(patterns, "s")
    rows = db.conn.execute(
        f"""SELECT s.score FROM json_each(:days) AS listed
            JOIN standings AS s ON s.day = listed.value
            WHERE {condition} ORDER BY s.score DESC LIMIT :limit""",
        {"days": dump([str(day) for day in listing_days]), "limit": limit, **values},
    )
    return [float(score) for (score,) in rows]


def unranked(db: Database, day: date, patterns: Sequence[str]) -> list[str]:
    """Ids of the papers that were news on the day and that nobody was heard to talk about, the
    newest first."""
    condition, values = category_patterns.condition(patterns, "listings")
    rows = db.conn.execute(
        f"""SELECT arxiv_id FROM listings WHERE day = :day AND announcement IN ('new', 'cross')
            AND {condition} AND NOT EXISTS (SELECT 1 FROM standings AS s
                WHERE s.day = :day AND s.arxiv_id = listings.arxiv_id)
            ORDER BY arxiv_id DESC""",
        {"day": day.isoformat(), **values},
    )
    return [arxiv_id for (arxiv_id,) in rows]


_DAYS = "json_each(:days)"
_NOTED_DAYS = f"""(SELECT day AS value FROM ranking_totals WHERE pattern = :pattern
    AND day IN (SELECT value FROM {_DAYS}) AND best >= :bound)"""
_BEST_FIRST = "s.exact DESC, s.age, s.arxiv_id"
_LEAST_FIRST = "s.exact, s.age DESC, s.arxiv_id DESC"


class _Matching:
    """The standings that a query asks for, in SQL."""

    def __init__(self, listing_days: Sequence[date], query: RankingQuery) -> None:
        min_score = query.min_score or 0
        condition, values = category_patterns.condition(query.categories, "s")
        self._condition = condition
        self._values: dict[str, Any] = {
            "days": dump(sorted(listing_days)),
            "first": listing_days[0].isoformat(),
            "last": listing_days[-1].isoformat(),
            "pattern": next(iter(query.categories), EVERYTHING),
            "min_score": min_score,
            **values,
        }
        # Of papers that reach BAR it is noted on which days the best of them are.
        self._is_noted = min_score >= ranking_totals.BAR and len(query.categories) < 2
        # Day by day through the index, which holds every column that is used here. A paper comes
        # with the first of its days; few have several, so few are looked up.
        self._is_first = f"""s.day = listed.value AND (NOT s.again OR NOT EXISTS (
                SELECT 1 FROM standings AS earlier WHERE earlier.arxiv_id = s.arxiv_id
                AND earlier.day < s.day AND earlier.score >= :min_score
                AND earlier.day IN (SELECT value FROM json_each(:days)))) AND {condition}"""

    def noted_count(self, db: Database) -> int:
        """As ``count``, from what is noted of each day."""
        papers = db.conn.execute(
            """SELECT sum(papers) FROM ranking_totals
               WHERE pattern = :pattern AND day BETWEEN :first AND :last""",
            self._values,
        ).fetchone()[0]
        again = db.conn.execute(
            f"""SELECT count(*) FROM standings AS s WHERE s.day BETWEEN :first AND :last
                AND s.previous >= :first AND {self._condition}""",
            self._values,
        ).fetchone()[0]
        return int(papers or 0) - int(again)

    def count(self, db: Database) -> int:
        row = db.conn.execute(
            f"""SELECT count(*) FROM json_each(:days) AS listed CROSS JOIN standings AS s
                WHERE {self._is_first} AND s.score >= :min_score""",
            self._values,
        ).fetchone()
        return int(row[0])

    def first(self, db: Database, wanted: int) -> list[tuple[str, str]]:
        """(id, day) of so many papers from the beginning of the order."""
        found: list[tuple[str, str]] = []
        if self._is_noted and (bound := self._noted_bound(db, wanted)) is not None:
            # Only days whose best paper is among the first so many have any of them.
            found = self._ordered(db, _NOTED_DAYS, _BEST_FIRST, wanted, bound, None)
        if len(found) < wanted:  # several days' best are one paper, or nothing is noted
            bound = self._bound(db, wanted, "DESC")
            found = self._ordered(db, _DAYS, _BEST_FIRST, wanted, bound, None)
        return found

    def last(self, db: Database, wanted: int) -> list[tuple[str, str]]:
        """(id, day) of so many papers from the end of the order, the last first."""
        # Most days have a paper that just reaches the score, so some days say enough.
        bound = self._bound(db, wanted, "ASC", of_days=4 * wanted + 50)
        return self._ordered(db, _DAYS, _LEAST_FIRST, wanted, None, bound)

    def _ordered(
        self,
        db: Database,
        days: str,
        order: str,
        wanted: int,
        lower: float | None,
        upper: float | None,
    ) -> list[tuple[str, str]]:
        return db.conn.execute(
            f"""SELECT s.arxiv_id, s.day FROM {days} AS listed CROSS JOIN standings AS s
                WHERE {self._is_first} AND s.score >= :lower AND s.score <= :upper
                ORDER BY {order} LIMIT :wanted""",
            self._values
            | {
                "lower": self._values["min_score"] if lower is None else lower,
                "upper": math.inf if upper is None else upper,
                "bound": lower,
                "wanted": wanted,
            },
        ).fetchall()

    def _bound(
        self, db: Database, wanted: int, order: Literal["ASC", "DESC"], of_days: int = -1
    ) -> float | None:
        """A score that as many papers as ``wanted`` reach (ASC: do not exceed), if there are as
        many days: the least of the best of so many days. So a year's first ten are found among
        fifty papers, not among thousands."""
        row = db.conn.execute(
            f"""WITH extremes AS MATERIALIZED (
                    SELECT (SELECT s.score FROM standings AS s
                            WHERE {self._is_first} AND s.score >= :min_score
                            ORDER BY s.score {order} LIMIT 1) AS score
                    FROM json_each(:days) AS listed LIMIT :of_days)
                SELECT score FROM extremes WHERE score IS NOT NULL
                ORDER BY score {order} LIMIT 1 OFFSET :wanted - 1""",
            self._values | {"wanted": wanted, "of_days": of_days},
        ).fetchone()
        return None if row is None else float(row[0])

    def _noted_bound(self, db: Database, wanted: int) -> float | None:
        """As ``_bound``, from what is noted of each day."""
        row = db.conn.execute(
            """SELECT best FROM ranking_totals
               WHERE pattern = :pattern AND day BETWEEN :first AND :last
               AND day IN (SELECT value FROM json_each(:days)) AND best >= :min_score
               ORDER BY best DESC LIMIT 1 OFFSET :wanted - 1""",
            self._values | {"wanted": wanted},
        ).fetchone()
        return None if row is None else float(row[0])


def _in_full(
    db: Database, places: Sequence[tuple[str, str]], *, first_rank: int
) -> list[RankedPaper]:
    papers = papers_table.many(db, [arxiv_id for arxiv_id, _ in places])
    rows = [
        db.conn.execute(
            """SELECT day, arxiv_id, score, exact, people, parts FROM standings
               WHERE arxiv_id = ? AND day = ?""",
            place,
        ).fetchone()
        for place in places
    ]
    return readable(
        ((rank, *row) for rank, row in enumerate(rows, first_rank) if row[1] in papers),
        lambda row: replace(_ranked(row[1:], papers), rank=row[0]),
    )


def with_posts(db: Database, ranked: Iterable[RankedPaper]) -> tuple[RankedPaper, ...]:
    """The same papers with their best posts, best first."""
    chosen = tuple(ranked)
    posts = posts_table.best_of(db, [r.paper.arxiv_id for r in chosen], SHOWN_POSTS)
    return tuple(replace(r, posts=tuple(posts[r.paper.arxiv_id])) for r in chosen)


def highest(db: Database, papers: Collection[Paper]) -> dict[str, RankedPaper]:
    """Of each paper that was ranked the standing with its highest score, with its best posts."""
    known = {paper.arxiv_id: paper for paper in papers}
    rows = db.conn.execute(
        """SELECT day, arxiv_id, score, exact, people, parts FROM standings
           WHERE arxiv_id IN (SELECT value FROM json_each(?)) ORDER BY score, day DESC""",
        [dump(list(known))],
    )
    found = {r.paper.arxiv_id: r for r in readable(rows, lambda row: _ranked(row, known))}
    return {r.paper.arxiv_id: r for r in with_posts(db, found.values())}


def count(db: Database, day: date, *, min_score: float) -> int:
    """How many papers of a day reach a score."""
    row = db.conn.execute(
        "SELECT count(*) FROM standings WHERE day = ? AND score >= ?", [day.isoformat(), min_score]
    ).fetchone()
    return int(row[0])


def place(db: Database, day: date, arxiv_id: str) -> int:
    """A paper's place among all of its day, from 1; 0 when it has no standing."""
    own = db.conn.execute(
        """SELECT day, -exact, age, arxiv_id FROM standings
           WHERE day = ? AND arxiv_id = ?""",
        [day.isoformat(), arxiv_id],
    ).fetchone()
    if own is None:
        return 0
    row = db.conn.execute(
        """SELECT 1 + count(*) FROM standings
           WHERE day = ? AND (-exact, age, arxiv_id) < (?, ?, ?)""",
        own,
    ).fetchone()
    return int(row[0])


def has(db: Database, day: date) -> bool:
    """Whether any paper of a day has counts of our own."""
    row = db.conn.execute(
        "SELECT EXISTS (SELECT 1 FROM standings WHERE day = ?)", [day.isoformat()]
    ).fetchone()
    return bool(row[0])


_STANDING = Columns("standings", "day", "arxiv_id", "score", "exact", "people", "parts", keys=2)


def _ranked(row: Any, papers: Mapping[str, Paper]) -> RankedPaper:
    day, arxiv_id, score, exact, people, parts = _STANDING(row)
    return RankedPaper(
        rank=0,
        paper=papers[arxiv_id],
        score=score,
        exact_score=exact,
        parts=parts,
        people=people,
        posts=(),
        day=day,
    )
