"""Whether an archive is whole, and what is derived in it says what it is derived from."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from math import isclose
from pathlib import Path

from sqlite_utils import Database

from bot.blog import write
from bot.errors import UnreadableRow
from bot.problems import Code, Problem
from bot.store import (
    backup,
    blogs,
    category_patterns,
    full_text_index,
    ledger,
    listing_totals,
    papers,
    posts,
    ranking_totals,
    schema,
)
from bot.store.archive import Archive
from bot.store.codecs import strings_or_none
from bot.store.columns import TABLES, Columns, Read, as_declared, readable
from bot.store.schema import Column

MAX_NAMED = 20  # problems that are told of one kind
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """One kind of thing that must hold. ``problems`` are sentences, at most ``MAX_NAMED`` of them
    and one that counts the others.

    What is ``derived`` is made anew by ``repair``.
    """

    what: str
    problems: tuple[str, ...]
    derived: bool


def check(db: Database) -> list[Checked]:
    """Look at everything as it is at one instant; changes nothing.

    Takes two minutes for a million papers, while others go on writing. What cannot even be read is
    a problem of its kind, so that the others are told too.
    """
    with db.atomic():
        return [_checked(db, what, look) for what, look in (_OWN | _COPIES).items()]


async def check_file(path: Path, *, inside_index: bool = True) -> list[Checked]:
    """Of a whole archive, also while a bot runs. Raises StoreError when it cannot be opened.

    ``inside_index`` adds what nobody can write beside, for two seconds per 100,000 papers.
    """
    async with await Archive.open(path, create=False) as opened:
        found = await opened.read(check)
        return [*found, await opened.write(check_index)] if inside_index else found


def problem_of(path: Path, found: Sequence[Checked]) -> Problem | None:
    """What is to be told of what was found; None when all is whole."""
    kinds = sum(1 for checked in found if checked.problems)
    return Problem(Code.ARCHIVE_NOT_WHOLE, path=path, kinds=kinds) if kinds else None


def check_index(db: Database) -> Checked:
    """FTS5's own check of the full-text index, which is a statement of the writing kind
    (https://sqlite.org/fts5, "The 'integrity-check' Command"). Changes nothing."""
    return _checked(db, "the full-text index inside", _inside)


def repair(db: Database) -> None:
    """Derive anew what can be derived: the tables' indexes, imported days' order, totals, first
    days, attention, posts' interest, the full-text index. Of the schema: what holds nothing of its
    own (``schema.mend``).

    Posts, counts, scores, digests and imported days are nobody's copies and stay. So does a row
    that cannot be read: whoever reads it leaves it out, and what of it is whole is not lost.
    """
    schema.mend(db)
    db.conn.execute("REINDEX")
    blogs.put_in_place(db)
    listing_totals.rebuild(db)
    for table, column, value in _DERIVED:
        # Ignored is a row of which the source itself is lost.
        db.conn.execute(
            f"UPDATE OR IGNORE {table} SET {column} = {value} WHERE {column} IS NOT {value}"
        )
    db.conn.executemany(
        "UPDATE standings SET subjects = ? WHERE day = ? AND arxiv_id = ?", list(_misfiled(db))
    )
    ranking_totals.rebuild(db)
    full_text_index.rebuild(db)


def _checked(db: Database, what: str, look: Callable[[Database], Iterable[str]]) -> Checked:
    found: list[str] = []
    try:
        looking = iter(look(db))
        found.extend(islice(looking, MAX_NAMED))
        if rest := sum(1 for _ in looking):
            found.append(f"and {rest:,} more")
    except Exception as error:  # an edge: what is stored there can be anything by now
        found.append(f"cannot be read: {error}")
    return Checked(what, tuple(found), derived=what not in _OWN)


# --- what is derived ----------------------------------------------------------------------------

_INTEREST = "(SELECT reposts + likes FROM posts WHERE posts.id = post_papers.post)"
_AGAIN = """EXISTS (SELECT 1 FROM standings AS other
    WHERE other.arxiv_id = standings.arxiv_id AND other.day <> standings.day)"""
_ATTENTION = full_text_index.best("papers.arxiv_id")
# In this order: the attention is that of the standings.
_DERIVED = (
    ("papers", "first_day", papers.FIRST_DAY),
    ("post_papers", "interest", _INTEREST),
    ("standings", "again", _AGAIN),
    ("papers", "attention", _ATTENTION),
)


def _totals(db: Database) -> Iterable[str]:
    kept = {
        (row[0], row[1]): row[2]
        for row in db.conn.execute("SELECT pattern, day, listed FROM totals WHERE listed <> 0")
    }
    counted, wrong = listing_totals.counted(db)
    for pattern, day in sorted(kept.keys() | counted.keys()):
        noted, right = kept.get((pattern, day), 0), counted.get((pattern, day), 0)
        if noted != right:
            place = f"{day} in {pattern}" if pattern else day
            yield f"{place}: {noted} papers are noted, {right} are listed"
    for arxiv_id, day in wrong:
        yield f"the listing of {arxiv_id} on {day} is misplaced"


def _ranking_totals(db: Database) -> Iterable[str]:
    for day in ranking_totals.days(db):
        rows = db.conn.execute(
            "SELECT pattern, day, papers, best FROM ranking_totals WHERE day = ?", [day]
        )
        kept = {(pattern, day): (papers, best) for pattern, day, papers, best in rows}
        if kept != ranking_totals.counted(db, day):
            yield f"{day}: how many papers reach the usual bar is noted wrongly"
    for _, day, arxiv_id in ranking_totals.wrong_previous(db):
        yield f"{arxiv_id} on {day}: when it was ranked before is noted wrongly"


def _first_days(db: Database) -> Iterable[str]:
    return _ids(
        db,
        f"SELECT arxiv_id FROM papers WHERE first_day IS NOT {papers.FIRST_DAY}",
        "{}: its first listing day is another",
    )


def _order(db: Database) -> Iterable[str]:
    """By what posts and rankings are put in order and chosen without a second look."""
    yield from _ids(
        db,
        f"SELECT arxiv_id FROM post_papers WHERE interest IS NOT {_INTEREST}",
        "{}: its posts are out of order",
    )
    yield from _ids(
        db,
        f"SELECT arxiv_id FROM standings WHERE again IS NOT {_AGAIN}",
        "{}: whether it was ranked on several days is noted wrongly",
    )
    for _, day, arxiv_id in _misfiled(db):
        yield f"{arxiv_id} on {day}: is ranked in wrong categories"


def _printed(db: Database) -> Iterable[str]:
    for *_, day, rank in blogs.misplaced(db):
        yield f"paper {rank} of {day}: is ranked by other counts or categories than it prints"


def _misfiled(db: Database) -> Iterable[tuple[str, str, str]]:
    """(subjects as they should be, day, id) of each standing that has others."""
    rows = db.conn.execute(
        """SELECT day, arxiv_id, categories, standings.subjects
           FROM standings JOIN papers USING (arxiv_id)"""
    )
    for day, arxiv_id, categories, given in rows:
        if (right := category_patterns.column(strings_or_none(categories))) != given:
            yield right, day, arxiv_id


def _index(db: Database) -> Iterable[str]:
    row = full_text_index.ROWID
    yield from _ids(
        db,
        f"SELECT arxiv_id FROM papers WHERE {row} NOT IN (SELECT id FROM papers_fts_docsize)",
        "{}: is not in the full-text index",
    )
    extra = db.conn.execute(
        f"SELECT count(*) FROM papers_fts_docsize WHERE id NOT IN (SELECT {row} FROM papers)"
    ).fetchone()[0]
    if extra:
        yield f"the full-text index has {extra:,} papers that are not there"
    yield from _ids(
        db,
        f"SELECT arxiv_id FROM papers WHERE attention IS NOT {_ATTENTION}",
        "{}: its attention is not that of its scores",
    )
    yield from _unfindable(db)


def _unfindable(db: Database) -> Iterable[str]:
    """A sample of papers, each looked for by its own title."""
    rows = db.conn.execute(
        """SELECT id, arxiv_id, attention, title FROM papers WHERE typeof(attention) = 'integer'
           AND typeof(title) = 'text' ORDER BY random() LIMIT ?""",
        [_SAMPLE],
    ).fetchall()
    for key, arxiv_id, attention, title in rows:
        if isinstance(title, str) and not full_text_index.holds(db, key, attention, title):
            yield f"{arxiv_id}: is not found by its title"


def _inside(db: Database) -> Iterable[str]:
    try:
        db.conn.execute("INSERT INTO papers_fts (papers_fts) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        yield f"it is damaged: {error}"


# --- what is nobody's copy ----------------------------------------------------------------------

_IMPORTED = Columns("blog_days", "day", "hash")
_STANDING = Columns("standings", "day", "arxiv_id", "score", "exact", "parts", keys=2)


def _file(db: Database) -> Iterable[str]:
    return backup.problems(db)


# Of columns that are stored beside another one.
_BESIDE = {"papers": papers.raw_faults, "posts": posts.address_faults}


def _rows(db: Database) -> Iterable[str]:
    """Every row of every table is read, as whoever needs it would."""
    for table in schema.tables(db):
        declared = schema.columns(db, table)
        keys = sorted((c for c in declared.values() if c.place), key=lambda column: column.place)
        names = [c.name for c in (*keys, *(c for c in declared.values() if not c.place))]
        columns = Columns(table, *names, keys=len(keys), reads=_reads(table, declared))
        for row in db.conn.execute(f"SELECT {', '.join(names)} FROM {table}"):
            wrong = [error.why for error in columns.faults(row)]
            if table in _BESIDE and not wrong:
                wrong = _BESIDE[table](dict(zip(names, row, strict=True)))
            if wrong:
                yield f"{table} row {columns.key(row)}: {'; '.join(wrong)}"


def _reads(table: str, declared: Mapping[str, Column]) -> dict[str, Read]:
    """How each column is read; one that nobody reads by itself as it is declared."""
    by_kind = {
        name: as_declared(column.kind, required=column.is_required)
        for name, column in declared.items()
    }
    return {**by_kind, **TABLES.get(table, {})}


def _posts(db: Database) -> Iterable[str]:
    return _ids(
        db,
        """SELECT network || ' ' || post_id FROM posts
           WHERE (reposts, likes, replies) IS NOT (SELECT reposts, likes, replies FROM counts
               WHERE counts.post = posts.id ORDER BY taken_at DESC LIMIT 1)""",
        "post {}: its counts are not those of its newest snapshot",
    )


def _standings(db: Database) -> Iterable[str]:
    rows = db.conn.execute(
        "SELECT day, arxiv_id, score, exact, parts FROM standings ORDER BY day, arxiv_id"
    )
    for day, arxiv_id, score, exact, parts in readable(rows, _STANDING):
        points = sum(part.points for part in parts)
        if not isclose(points, score, abs_tol=0.005) or not isclose(exact, score, abs_tol=0.006):
            yield f"{arxiv_id} on {day}: the parts give {points:g}, the score is {score:g}"


def _imported(db: Database) -> Iterable[str]:
    rows = db.conn.execute("SELECT day, hash FROM blog_days ORDER BY day").fetchall()
    for day, digest in readable(rows, _IMPORTED):
        try:
            post = blogs.get(db, day)
        except UnreadableRow as error:
            row = f"row {error.key} of {error.table}"
            yield f"the imported post of {day} cannot be read: {error.why} ({row})"
            continue
        if post is None or sha256(write(post).encode()).hexdigest() != digest:
            yield f"the imported post of {day} is not what it was"


def _digests(db: Database) -> Iterable[str]:
    yield from _ids(
        db,
        """SELECT id FROM deliveries WHERE content <> ''
           AND content NOT IN (SELECT hash FROM contents)""",
        "message {}: what was posted is missing",
    )
    rows = db.conn.execute("SELECT hash, body FROM contents")
    for key, body in rows:
        if isinstance(body, str) and ledger.hash_of(body) != key:
            yield f"content {key}: is not what was posted"


def _ids(db: Database, query: str, sentence: str) -> Iterable[str]:
    return (sentence.format(row[0]) for row in db.conn.execute(query))


_Looks = dict[str, Callable[[Database], Iterable[str]]]
_OWN: _Looks = {
    "the schema": schema.problems,
    "rows that can be read": _rows,
    "the file and its references": _file,
    "posts and their counts": _posts,
    "scores and their parts": _standings,
    "imported days": _imported,
    "digests as they were posted": _digests,
}
_COPIES: _Looks = {
    "totals of the listings": _totals,
    "totals of the rankings": _ranking_totals,
    "first listing days": _first_days,
    "the order of posts and papers": _order,
    "the order of imported papers": _printed,
    "the full-text index": _index,
}
