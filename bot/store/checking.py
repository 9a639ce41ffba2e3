"""Whether an archive is whole, and what is derived in it says what it is derived from."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from math import isclose

import msgspec
from sqlite_utils import Database

from bot.blog import write
from bot.models import ScorePart
from bot.store import blogs, copies, fulltext, totals

MOST = 20  # problems that are told of one kind
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """One kind of thing that must hold. ``problems`` are sentences, at most ``MOST`` of them."""

    what: str
    problems: tuple[str, ...]


def check(db: Database) -> list[Checked]:
    """Look at everything; takes a minute for a million papers. Needs a connection that may write,
    as FTS5's own check is a statement of that kind, and changes nothing."""
    return [
        Checked(what, tuple(found[:MOST])) for what, look in _CHECKS.items() for found in [look(db)]
    ]


def repair(db: Database) -> None:
    """Derive anew what can be derived: totals, first days, attention, posts' interest, the index.

    Posts, counts, standings, digests and imported days are nobody's copies and stay.
    """
    totals.rebuild(db)
    db.conn.execute(
        f"UPDATE papers SET first_day = {_FIRST_DAY} WHERE first_day IS NOT {_FIRST_DAY}"
    )
    db.conn.execute(
        """UPDATE post_papers SET interest =
               (SELECT reposts + likes FROM posts WHERE posts.id = post_papers.post)"""
    )
    db.conn.execute(f"UPDATE papers SET attention = {_ATTENTION} WHERE attention <> {_ATTENTION}")
    fulltext.rebuild(db)


_FIRST_DAY = """(SELECT coalesce(min(iif(announcement IN ('new', 'cross'), day, NULL)), min(day))
    FROM listings WHERE listings.arxiv_id = papers.arxiv_id)"""
_ATTENTION = fulltext.best("papers.arxiv_id")


def _file(db: Database) -> list[str]:
    return list(copies.problems(db))


def _totals(db: Database) -> list[str]:
    kept = {
        (row[0], row[1]): row[2]
        for row in db.conn.execute("SELECT pattern, day, listed FROM totals WHERE listed <> 0")
    }
    counted, wrong = totals.counted(db)
    problems = [
        f"{day}{f' in {pattern}' if pattern else ''}: {kept.get((pattern, day), 0)} papers are "
        f"noted, {counted.get((pattern, day), 0)} are listed"
        for pattern, day in sorted(kept.keys() | counted.keys())
        if kept.get((pattern, day), 0) != counted.get((pattern, day), 0)
    ]
    return problems + [
        f"the listing of {arxiv_id} on {day} is misplaced" for arxiv_id, day in wrong
    ]


def _first_days(db: Database) -> list[str]:
    return _ids(
        db, f"SELECT arxiv_id FROM papers WHERE first_day IS NOT {_FIRST_DAY}",
        "{}: its first listing day is another",
    )  # fmt: skip


def _posts(db: Database) -> list[str]:
    snapshots = _ids(
        db,
        """SELECT network || ' ' || post_id FROM posts
           WHERE (reposts, likes, replies) IS NOT (SELECT reposts, likes, replies FROM counts
               WHERE counts.post = posts.id ORDER BY taken_at DESC LIMIT 1)""",
        "post {}: its counts are not those of its newest snapshot",
    )
    interest = _ids(
        db,
        """SELECT arxiv_id FROM post_papers JOIN posts ON posts.id = post
           WHERE interest <> reposts + likes""",
        "{}: its posts are out of order",
    )
    return snapshots + interest


_PARTS = msgspec.json.Decoder(tuple[ScorePart, ...])


def _standings(db: Database) -> list[str]:
    problems = []
    for day, arxiv_id, score, likes, text in db.conn.execute(
        "SELECT day, arxiv_id, score, likes, parts FROM standings ORDER BY day, arxiv_id"
    ):
        parts = _PARTS.decode(text)
        points = sum(part.points for part in parts)
        if not isclose(points, score, abs_tol=0.005) or sum(p.likes for p in parts) != likes:
            problems.append(
                f"{arxiv_id} on {day}: the parts give {points:g}, the score is {score:g}"
            )
    return problems


def _index(db: Database) -> list[str]:
    try:
        db.conn.execute("INSERT INTO papers_fts (papers_fts) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        return [f"the full-text index is damaged: {error}"]
    row = f"(attention << {fulltext.KEY_BITS} | id)"
    problems = _ids(
        db,
        f"""SELECT arxiv_id FROM papers
            WHERE {row} NOT IN (SELECT id FROM papers_fts_docsize)""",
        "{}: is not in the full-text index",
    )
    extra = db.conn.execute(
        f"SELECT count(*) FROM papers_fts_docsize WHERE id NOT IN (SELECT {row} FROM papers)"
    ).fetchone()[0]
    problems += [f"the full-text index has {extra:,} papers that are not there"] * bool(extra)
    return problems + _ids(
        db, f"SELECT arxiv_id FROM papers WHERE attention <> {_ATTENTION}",
        "{}: its attention is not that of its standings",
    ) + _unfindable(db)  # fmt: skip


def _unfindable(db: Database) -> list[str]:
    """A sample of papers, each looked for by its own title."""
    rows = db.conn.execute(
        "SELECT id, arxiv_id, attention, title FROM papers ORDER BY random() LIMIT ?", [_SAMPLE]
    ).fetchall()
    return [
        f"{arxiv_id}: is not found by its title"
        for key, arxiv_id, attention, title in rows
        if not fulltext.holds(db, key, attention, title)
    ]


def _imported(db: Database) -> list[str]:
    problems = []
    for day, digest in db.conn.execute("SELECT day, hash FROM blog_days ORDER BY day").fetchall():
        post = blogs.get(db, date.fromisoformat(day))
        if post is None or sha256(write(post).encode()).hexdigest() != digest:
            problems.append(f"the imported post of {day} is not what it was")
    return problems


def _digests(db: Database) -> list[str]:
    return _ids(
        db,
        """SELECT id FROM deliveries WHERE content <> ''
           AND content NOT IN (SELECT hash FROM contents)""",
        "message {}: what was posted is missing",
    )


def _ids(db: Database, query: str, sentence: str) -> list[str]:
    rows = db.conn.execute(f"{query} LIMIT {MOST}")
    return [sentence.format(row[0]) for row in rows]


_CHECKS: dict[str, Callable[[Database], list[str]]] = {
    "the file and its references": _file,
    "totals of the listings": _totals,
    "first listing days": _first_days,
    "posts and their counts": _posts,
    "scores and their parts": _standings,
    "the full-text index": _index,
    "imported days": _imported,
    "digests as they were posted": _digests,
}
