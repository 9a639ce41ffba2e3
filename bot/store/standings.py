"""Scores of the papers of each listing day: derived from posts and rates, kept to be read fast."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlite_utils import Database

from bot.arxiv import ids
from bot.models import Paper, RankedPaper
from bot.store import category_patterns, full_text_index
from bot.store import papers as papers_table
from bot.store import posts as posts_table
from bot.store.codecs import dump
from bot.store.columns import Columns, readable

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
    full_text_index.refresh_attention(db, {*(row[0] for row in gone), *arxiv_ids})


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


def between(db: Database, start: date, end: date, *, at_least: float) -> list[RankedPaper]:
    """The papers listed from ``start`` to ``end`` whose score is ``at_least`` that, unordered.

    A paper listed on several of these days comes once, with its first day. ``rank`` is 0 and
    ``posts`` is empty: ``with_posts`` fills in those that will be shown. Raises UnreadableRow when
    there are such papers and not one of them can be read.
    """
    rows = db.conn.execute(
        """SELECT min(day), arxiv_id, score, exact, people, parts FROM standings
           WHERE day BETWEEN ? AND ? AND score >= ? GROUP BY arxiv_id""",
        [start.isoformat(), end.isoformat(), at_least],
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
    db: Database,
    listing_days: Sequence[date],
    *,
    at_least: float,
    patterns: Sequence[str] = (),
    top: int | None = None,
) -> tuple[list[RankedPaper], int]:
    """The papers of these days whose score is ``at_least`` that, best first, and how many they are.

    At most ``top`` are given. They come once each, with their first day, and only those that any
    of the canonical ``patterns`` covers, if there are any. Ranked from 1, without posts.
    """
    if not listing_days:
        return [], 0
    condition, values = category_patterns.condition(patterns, "s")
    wanted = {"days": dump(sorted(listing_days)), "at_least": at_least, **values}
    # Day by day through the index, which holds every column that is used here. A paper comes with
    # the first of its days; few have several, so few are looked up.
    matching = f"""s.day = listed.value AND s.score >= :start AND (NOT s.again OR NOT EXISTS (
            SELECT 1 FROM standings AS earlier WHERE earlier.arxiv_id = s.arxiv_id
            AND earlier.day < s.day AND earlier.score >= :at_least
            AND earlier.day IN (SELECT value FROM json_each(:days)))) AND {condition}"""
    source = f"FROM json_each(:days) AS listed CROSS JOIN standings AS s WHERE {matching}"
    start = at_least if top is None else _least_of(db, matching, wanted, top)
    rows = db.conn.execute(
        f"""SELECT s.arxiv_id, s.day {source}
            ORDER BY s.exact DESC, s.age, s.arxiv_id LIMIT :top""",
        wanted | {"start": start, "top": -1 if top is None else top},
    ).fetchall()
    count = len(rows)
    if top is not None and count == top:
        count = int(
            db.conn.execute(f"SELECT count(*) {source}", wanted | {"start": at_least}).fetchone()[0]
        )
    return _in_full(db, rows), count


def _least_of(db: Database, matching: str, wanted: dict[str, Any], top: int) -> float:
    """A score that at least ``top`` papers reach, if there are that many: the least of the best of
    so many days. A year's first ten are found among fifty papers then, not among thousands."""
    row = db.conn.execute(
        f"""SELECT (SELECT s.score FROM standings AS s WHERE {matching}
                    ORDER BY s.score DESC LIMIT 1) AS best
            FROM json_each(:days) AS listed ORDER BY best DESC LIMIT 1 OFFSET :before""",
        wanted | {"start": wanted["at_least"], "before": top - 1},
    ).fetchone()
    return float(wanted["at_least"] if row is None or row[0] is None else row[0])


def _in_full(db: Database, places: Sequence[Any]) -> list[RankedPaper]:
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
        ((rank, *row) for rank, row in enumerate(rows, 1) if row[1] in papers),
        lambda row: replace(_ranked(row[1:], papers), rank=row[0]),
    )


def with_posts(db: Database, ranked: Iterable[RankedPaper]) -> tuple[RankedPaper, ...]:
    """The same papers with their best posts, best first."""
    chosen = tuple(ranked)
    posts = posts_table.best_of(db, [r.paper.arxiv_id for r in chosen], SHOWN_POSTS)
    return tuple(replace(r, posts=tuple(posts[r.paper.arxiv_id])) for r in chosen)


def count(db: Database, day: date, *, at_least: float) -> int:
    """How many papers of a day reach a score."""
    row = db.conn.execute(
        "SELECT count(*) FROM standings WHERE day = ? AND score >= ?", [day.isoformat(), at_least]
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
