"""An older archive's texts and addresses are packed, and say the same."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.models import Paper
from bot.store import Archive, full_text_index, integrity, migrations, papers, posts
from bot.store.codecs import dump
from tests.store.releasing import FOLDER, load

RELEASED = sorted(FOLDER.glob("*.sql"))
TITLES = {  # as arXiv sent it, and as it is shown
    "Erd\\H{o}s Graphs": "Erdős Graphs",
    "A Quiet Study": "A Quiet Study",
    "A  Study\n  in Two Lines": "A Study in Two Lines",
}
_AS_IT_WAS = """
    SELECT arxiv_id, title, authors, abstract, raw_title, raw_authors, raw_abstract FROM papers
    ORDER BY arxiv_id
"""
_POSTS_AS_THEY_WERE = """
    SELECT network, post_id, url, author, author_id, author_name FROM posts
    ORDER BY network, post_id
"""


@pytest.mark.parametrize("release", [*RELEASED, None], ids=lambda path: path and path.stem)
async def test_texts_and_addresses_of_an_older_archive_are_the_same_packed(
    release: Path | None, tmp_path: Path
) -> None:
    path = tmp_path / "a.db"
    _load(release, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrations.steps.apply(Database(connection), stop_before="m019_packed_texts")
        _store_unpacked(connection)
        papers_before = connection.execute(_AS_IT_WAS).fetchall()
        posts_before = connection.execute(_POSTS_AS_THEY_WERE).fetchall()
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    async with await Archive.open(path) as archive:
        ids = [row[0] for row in papers_before]
        known = await archive.read(papers.many, ids)
        found = [*await archive.read(integrity.check), await archive.write(integrity.check_index)]
        stored = await archive.read(
            lambda db: [
                db.conn.execute(query).fetchone()[0]
                for query in (
                    "SELECT count(*) FROM papers WHERE typeof(abstract) = 'text'",
                    "SELECT count(*) FROM posts WHERE url <> x''",
                    "PRAGMA user_version",
                    "PRAGMA freelist_count",
                    "PRAGMA page_count",
                )
            ]
        )
        everything = await archive.read(
            lambda db: [post for arxiv_id in ids for post in posts.of_paper(db, arxiv_id)]
        )
    assert [problem for checked in found for problem in checked.problems] == []
    assert [_as_it_was(known[arxiv_id]) for arxiv_id in ids] == papers_before
    now = {(p.network, p.post_id, p.url, p.author, p.author_id, p.author_name) for p in everything}
    assert sorted(map(tuple, now)) == posts_before
    *rest, pages_now = stored
    assert rest == [0, sum("elsewhere" in f"{row[1]} {row[2]}" for row in posts_before), 0, 0]
    assert pages_now < pages * 3 / 4


def _load(release: Path | None, path: Path) -> None:
    if release is not None:
        load(release.read_text(encoding="utf-8"), path)


def _as_it_was(paper: Paper) -> tuple[object, ...]:
    return (
        paper.arxiv_id, paper.title, dump(paper.authors), paper.abstract,
        paper.raw_title, paper.raw_authors, paper.raw_abstract,
    )  # fmt: skip


def _store_unpacked(connection: sqlite3.Connection) -> None:
    """Papers and posts as the versions before stored them."""
    connection.execute("UPDATE posts SET url = 'https://elsewhere.example/' || post_id")
    for number in range(300):
        arxiv_id, (raw, title) = f"2104.{number:05}", list(TITLES.items())[number % 3]
        abstract = f"We show that {number} invented methods outperform the state of the art. " * 15
        names = dump(["Ada Muster", f"Bo {number}"])
        connection.execute(
            """INSERT INTO papers (arxiv_id, version, title, authors, categories, abstract,
                   raw_title, raw_authors, raw_abstract, first_seen)
               VALUES (?, 1, ?, ?, '["cs.CL"]', ?, ?, ?, ?, 0)""",
            [arxiv_id, title, names, abstract, raw,
             f"Ada Muster{' and' if number % 2 else ','} Bo {number}",
             abstract.replace(". ", ".\n")],
        )  # fmt: skip
        post_id = f"elsewhere {number}" if number % 10 == 0 else str(number)
        (key,) = connection.execute(
            """INSERT INTO posts (network, post_id, url, author, author_id, author_name, posted_at,
                   reposts, likes, replies, counted_at)
               VALUES ('x', ?, ?, 'ada', '77', 'Ada', 0, 0, 0, 0, 0) RETURNING id""",
            [f"9{post_id}" if post_id.isdigit() else post_id,
             f"https://x.com/{'ada' if post_id.isdigit() else 'i'}/status/"
             f"{f'9{post_id}' if post_id.isdigit() else post_id}"],
        ).fetchone()  # fmt: skip
        connection.execute("INSERT INTO counts VALUES (?, 0, 0, 0, 0)", [key])
        connection.execute("INSERT INTO post_papers VALUES (?, 0, ?)", [arxiv_id, key])
    full_text_index.rebuild(Database(connection))


async def test_room_that_a_step_left_is_given_back_when_the_program_was_killed_before(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrations.steps.apply(Database(connection), stop_before="m019_packed_texts")
        _store_unpacked(connection)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        migrations.bring_up_to_date(Database(connection))
    async with await Archive.open(path) as archive:
        assert await archive.read(_pages) < pages * 3 / 4


def _pages(db: Database) -> int:
    return int(db.conn.execute("PRAGMA page_count").fetchone()[0])


async def test_what_cannot_be_read_is_left_as_it_is_by_the_packing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrations.steps.apply(Database(connection), stop_before="m019_packed_texts")
        _store_unpacked(connection)
        connection.execute("UPDATE papers SET title = x'ff' WHERE arxiv_id = '2104.00007'")
        connection.execute("UPDATE posts SET url = x'ff' WHERE post_id = '97'")
        before = connection.execute(_DAMAGED).fetchall()
    async with await Archive.open(path) as archive:
        after = await archive.read(lambda db: db.conn.execute(_DAMAGED).fetchall())
    assert after == before


_DAMAGED = """
    SELECT title, abstract FROM papers WHERE arxiv_id = '2104.00007'
    UNION ALL SELECT post_id, url FROM posts WHERE post_id = '97'
"""
