"""Papers and the days on which arXiv listed them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from bot.errors import UnreadableRow
from bot.models import ET_AL, Announcement, LearntFrom, Listed, Paper
from bot.store import category_patterns, full_text_index, listing_totals, ranking_totals
from bot.store.codecs import dump, maybe_seconds, seconds, strings, strings_or_none
from bot.store.columns import Columns, readable
from bot.store.packed import pack, pack_beside, unpack, unpack_all_beside

_COLUMNS = """
    papers.arxiv_id, papers.version, papers.title, papers.authors, papers.categories,
    papers.abstract, papers.submitted_at, papers.comment, papers.journal_ref, papers.doi,
    papers.license_url, papers.raw_title, papers.raw_authors, papers.raw_abstract
"""

_RAW = ("raw_title", "raw_authors", "raw_abstract")  # as arXiv sent what is shown

_IS_CUT = f"""excluded.authors LIKE '%"{ET_AL}"]'"""  # by a page, which has the first hundred only

_SAVE_PAPER = f"""
    INSERT INTO papers (arxiv_id, version, title, authors, categories, abstract, submitted_at,
        comment, journal_ref, doi, license_url, raw_title, raw_authors, raw_abstract, first_seen)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (arxiv_id) DO UPDATE SET
        version = excluded.version, title = excluded.title,
        authors = iif({_IS_CUT}, papers.authors, excluded.authors),
        categories = excluded.categories, abstract = excluded.abstract,
        submitted_at = coalesce(excluded.submitted_at, papers.submitted_at),
        comment = coalesce(excluded.comment, papers.comment),
        journal_ref = coalesce(excluded.journal_ref, papers.journal_ref),
        doi = coalesce(excluded.doi, papers.doi),
        license_url = coalesce(excluded.license_url, papers.license_url),
        raw_title = excluded.raw_title,
        raw_authors = iif({_IS_CUT}, papers.raw_authors, excluded.raw_authors),
        raw_abstract = excluded.raw_abstract
    WHERE excluded.version >= papers.version
"""

# The better of two announcements of one paper on one day: in the feed of its primary category a
# paper is new, in another's it is a cross-list. Better is smaller.
_BETTER = {
    Announcement.NEW: 0,
    Announcement.CROSS: 1,
    Announcement.REPLACE: 2,
    Announcement.REPLACE_CROSS: 3,
}
TRUST = {learnt: place for place, learnt in enumerate(LearntFrom)}
"""How sure a day is by where it was learnt; smaller is surer."""


def save(db: Database, listed: Iterable[Listed], *, now: datetime) -> int:
    """Store papers and their listings; returns how many listings are new.

    Saving the same again changes nothing. An older version never overwrites a newer one, a
    missing field never erases a known one, and a date that was computed, or that the old blog
    gave, yields to one that arXiv printed.
    """
    items = list(listed)
    arxiv_ids = {item.paper.arxiv_id for item in items}
    with _summaries_kept(db, arxiv_ids):
        db.conn.executemany(_SAVE_PAPER, [_row(item.paper, now) for item in items])
        return _save_listings(db, items, arxiv_ids)


def add(db: Database, found: Sequence[Paper], *, now: datetime) -> None:
    """Store papers that are known from elsewhere than a listing."""
    with _summaries_kept(db, {paper.arxiv_id for paper in found}):
        db.conn.executemany(_SAVE_PAPER, [_row(paper, now) for paper in found])


def unlist(db: Database, day: date, arxiv_ids: Collection[str], learnt_from: LearntFrom) -> None:
    """Take back what was learnt in one way alone: that these papers were listed on ``day``."""
    with _summaries_kept(db, arxiv_ids):
        db.conn.executemany(
            "DELETE FROM listings WHERE day = ? AND arxiv_id = ? AND learnt_from = ?",
            [(day.isoformat(), arxiv_id, learnt_from) for arxiv_id in arxiv_ids],
        )


@contextmanager
def _summaries_kept(db: Database, arxiv_ids: Collection[str]) -> Iterator[None]:
    """What is derived from these papers and their listings follows what is done inside."""
    before, listings = (
        full_text_index.indexed(db, arxiv_ids),
        listing_totals.listings(db, arxiv_ids),
    )
    yield
    _note_days(db, arxiv_ids)
    after = full_text_index.indexed(db, arxiv_ids)
    full_text_index.update(db, before, after)
    listing_totals.update(db, listings, listing_totals.listings(db, arxiv_ids))
    refiled = {
        paper.arxiv_id: category_patterns.column(strings_or_none(paper.categories))
        for key, paper in after.items()
        if key in before and before[key].categories != paper.categories
    }
    db.conn.executemany(
        "UPDATE standings SET subjects = ? WHERE arxiv_id = ?",
        [(subjects, arxiv_id) for arxiv_id, subjects in refiled.items()],
    )
    ranking_totals.refile(db, refiled)


def get(db: Database, arxiv_id: str) -> Paper | None:
    """The paper with this canonical id."""
    row = db.conn.execute(
        f"SELECT {_COLUMNS} FROM papers WHERE arxiv_id = ?", [arxiv_id]
    ).fetchone()
    return None if row is None else _paper(row)


def many(db: Database, arxiv_ids: Sequence[str]) -> dict[str, Paper]:
    """The papers that are there, by id."""
    rows = db.conn.execute(
        f"SELECT {_COLUMNS} FROM papers WHERE arxiv_id IN (SELECT value FROM json_each(?))",
        [dump(list(arxiv_ids))],
    )
    return {paper.arxiv_id: paper for paper in readable(rows, _paper)}


def beginning(db: Database, start: str, limit: int) -> list[Paper]:
    """The papers whose ids begin so."""
    rows = db.conn.execute(
        f"SELECT {_COLUMNS} FROM papers WHERE arxiv_id >= ? AND arxiv_id < ? ORDER BY 1 LIMIT ?",
        [start, f"{start}\uffff", limit],
    )
    return readable(rows, _paper)


def of_day(db: Database, day: date) -> list[Listed]:
    """Everything listed on a day, replacements too, in the order of ids."""
    rows = db.conn.execute(
        f"""SELECT {_COLUMNS}, listings.announcement, listings.learnt_from
            FROM listings JOIN papers USING (arxiv_id) WHERE day = ? ORDER BY arxiv_id""",
        [day.isoformat()],
    )
    return readable(rows, lambda row: _listed(row, day))


def days_of(db: Database, arxiv_id: str) -> list[tuple[date, Announcement]]:
    """The days on which a paper was announced, oldest first."""
    rows = db.conn.execute(
        "SELECT arxiv_id, day, announcement FROM listings WHERE arxiv_id = ? ORDER BY day",
        [arxiv_id],
    )
    return [(day, announcement) for _, day, announcement in readable(rows, _ANNOUNCED)]


def _row(paper: Paper, now: datetime) -> tuple[object, ...]:
    return (
        paper.arxiv_id,
        paper.version,
        paper.title,
        dump(paper.authors),
        dump(paper.categories),
        pack(paper.abstract),
        maybe_seconds(paper.submitted_at),
        paper.comment,
        paper.journal_ref,
        paper.doi,
        paper.license_url,
        *_pack_raw(paper),
        seconds(now),
    )


def _pack_raw(paper: Paper) -> tuple[str | bytes, ...]:
    """The three columns of what arXiv sent, which is mostly what is shown."""
    return (
        pack_beside(paper.raw_title, paper.title),
        pack_beside(paper.raw_authors, _written(paper.authors)),
        pack_beside(paper.raw_abstract, paper.abstract),
    )


def raw_faults(row: Mapping[str, Any]) -> list[str]:
    """What is wrong with what arXiv sent, in a row whose columns by name can each be read."""
    try:
        _unpack_raw(
            [row[name] for name in _RAW],
            row["title"],
            strings(row["authors"]),
            unpack(row["abstract"]),
        )
    except ValueError as error:
        return [str(error)]
    return []


def _unpack_raw(
    stored: Sequence[Any], title: str, authors: Sequence[str], abstract: str
) -> list[str]:
    return unpack_all_beside(_RAW, stored, (title, _written(authors), abstract))


def _written(authors: Sequence[str]) -> str:
    """As arXiv's feed writes them."""
    return ", ".join(authors)


def pack_stored(db: Database) -> None:
    """Store every paper's texts as they are stored today. What cannot be read stays as it is."""
    last = 0
    while rows := db.conn.execute(
        f"SELECT {_COLUMNS}, papers.id FROM papers WHERE id > ? ORDER BY id LIMIT 1000", [last]
    ).fetchall():
        db.conn.executemany(
            """UPDATE papers SET abstract = ?, raw_title = ?, raw_authors = ?, raw_abstract = ?
               WHERE id = ?""",
            [
                (pack(paper.abstract), *_pack_raw(paper), key)
                for paper, key in readable(rows, lambda row: (_paper(row), row[-1]))
            ],
        )
        last = rows[-1][-1]


# How a paper is listed on each of its days.
_Days = dict[str, tuple[Announcement, LearntFrom]]


def _save_listings(db: Database, items: Sequence[Listed], arxiv_ids: Collection[str]) -> int:
    """Returns how many listings are new."""
    before = _days_by_paper(db, arxiv_ids)
    after = {arxiv_id: dict(before.get(arxiv_id, {})) for arxiv_id in arxiv_ids}
    fresh = sum(_list(after[item.paper.arxiv_id], item) for item in items)
    columns = {
        item.paper.arxiv_id: category_patterns.column(item.paper.categories) for item in items
    }
    db.conn.executemany(
        "DELETE FROM listings WHERE day = ? AND arxiv_id = ?",
        [(d, arxiv_id) for arxiv_id, on in before.items() for d in on if d not in after[arxiv_id]],
    )
    db.conn.executemany(
        """INSERT OR REPLACE INTO listings (day, arxiv_id, announcement, learnt_from, subjects)
           VALUES (?, ?, ?, ?, ?)""",
        [
            (d, arxiv_id, *place, columns[arxiv_id])
            for arxiv_id, on in after.items()
            for d, place in on.items()
            if before.get(arxiv_id, {}).get(d) != place
        ],
    )
    return fresh


def _days_by_paper(db: Database, arxiv_ids: Collection[str]) -> dict[str, _Days]:
    rows = db.conn.execute(
        """SELECT arxiv_id, day, announcement, learnt_from FROM listings
           WHERE arxiv_id IN (SELECT value FROM json_each(?))""",
        [dump(sorted(arxiv_ids))],
    )
    found: dict[str, _Days] = {}
    for arxiv_id, on, announcement, learnt in readable(rows, _PLACED):
        found.setdefault(arxiv_id, {})[on.isoformat()] = announcement, learnt
    return found


def _list(days: _Days, item: Listed) -> bool:
    """Add a listing to the paper's ``days``; whether it is new."""
    on, announcement, learnt = item.day.isoformat(), item.announcement, item.learnt_from
    if learnt.is_printed:
        for other, (kind, from_where) in list(days.items()):
            if other != on and kind is announcement and not from_where.is_printed:
                del days[other]
    known = days.get(on)
    if known is not None:
        announcement = min(announcement, known[0], key=_BETTER.__getitem__)
        learnt = min(learnt, known[1], key=TRUST.__getitem__)
    days[on] = announcement, learnt
    return known is None


FIRST_DAY = """(
    SELECT coalesce(min(iif(announcement IN ('new', 'cross'), day, NULL)), min(day))
    FROM listings WHERE listings.arxiv_id = papers.arxiv_id)"""
"""SQL for what a paper's ``first_day`` should be: the first as news, else the first at all."""


def _note_days(db: Database, arxiv_ids: Collection[str]) -> None:
    """Bring the papers' own first listing days in line with the listings."""
    db.conn.execute(
        f"""UPDATE papers SET first_day = first.day
            FROM (SELECT id, {FIRST_DAY} AS day FROM papers
                  WHERE arxiv_id IN (SELECT value FROM json_each(?))) AS first
            WHERE papers.id = first.id AND first_day IS NOT first.day""",
        [dump(sorted(arxiv_ids))],
    )


_PAPER = Columns(
    "papers", "arxiv_id", "version", "title", "authors", "categories", "abstract", "submitted_at",
    "comment", "journal_ref", "doi", "license_url", "raw_title", "raw_authors", "raw_abstract",
)  # fmt: skip
_ANNOUNCED = Columns("listings", "arxiv_id", "day", "announcement", keys=2)
_PLACED = Columns("listings", "arxiv_id", "day", "announcement", "learnt_from", keys=2)


def _paper(row: Any) -> Paper:
    found = _PAPER(row)
    title, authors, abstract = found[2], found[3], found[5]
    try:
        raw_title, raw_authors, raw_abstract = _unpack_raw(found[11:14], title, authors, abstract)
    except ValueError as error:
        raise UnreadableRow("papers", found[0], str(error)) from error
    return Paper(
        arxiv_id=found[0],
        version=found[1],
        title=title,
        authors=authors,
        categories=found[4],
        abstract=abstract,
        submitted_at=found[6],
        comment=found[7],
        journal_ref=found[8],
        doi=found[9],
        license_url=found[10],
        raw_title=raw_title,
        raw_authors=raw_authors,
        raw_abstract=raw_abstract,
    )


def _listed(row: Any, day: date) -> Listed:
    _, _, announcement, learnt_from = _PLACED([row[0], day.isoformat(), *row[14:]])
    return Listed(paper=_paper(row), day=day, announcement=announcement, learnt_from=learnt_from)
