"""An archive is told to be sound when it is, and what is wrong when it is not."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from bot import blog
from bot.cli import backup as commands
from bot.cli.context import Context
from bot.models import TargetKind
from bot.ranking.scoring import rank
from bot.store import (
    Archive,
    api_usage,
    blogs,
    days,
    integrity,
    ledger,
    migrations,
    papers,
    posts,
    retention,
    standings,
)
from tests.blog_posts import blog_post
from tests.factories import DAY, NOW, listed, post

FIRST, SECOND = "2103.00001", "2103.00002"


def fill(db: Database) -> None:
    """One day of our own with a digest, one of the blog."""
    days.open_day(db, DAY)
    again = listed(FIRST, day=DAY + timedelta(1))
    papers.save(db, [listed(FIRST), listed(SECOND), again], now=NOW)
    found = [post("1", FIRST, likes=90), post("2", SECOND, FIRST, likes=60, text="A text")]
    posts.save(db, found)
    ranked = rank([listed(FIRST).paper, listed(SECOND).paper], found, {found[0].network: 1.0})
    standings.save(db, DAY, ranked)
    old = blog_post(DAY - timedelta(9), [("2009.07118", "An Old Study", 300, 120)])
    blogs.save(db, blog.parse(old, "post.md"), now=NOW)
    ledger.plan(
        db, kind=TargetKind.CHANNEL, target_id=2, rule_id=1, slot_at=NOW, payloads=["[]"],
        listing_day=DAY, now=NOW,
    )  # fmt: skip


@pytest.fixture
def db(db: Database) -> Database:
    fill(db)
    return db


def wrong(db: Database) -> dict[str, tuple[str, ...]]:
    found = [*integrity.check(db), integrity.check_index(db)]
    return {checked.what: checked.problems for checked in found if checked.problems}


def test_a_sound_archive_is_told_to_be_so(db: Database) -> None:
    assert wrong(db) == {}


DAMAGES = {
    "UPDATE totals SET listed = 7 WHERE pattern = 'cs.CV' AND day = '2021-03-30'": (
        "totals of the listings", "in cs.CV: 7 papers are noted, 2 are listed",
    ),
    "DELETE FROM totals WHERE day = '2021-03-31'": ("totals of the listings", "0 papers are noted"),
    "UPDATE ranking_totals SET papers = 7": ("totals of the rankings", "is noted wrongly"),
    "UPDATE standings SET previous = '2021-03-01'": (
        "totals of the rankings", "when it was ranked before is noted wrongly",
    ),
    "UPDATE listings SET previous = NULL": ("totals of the listings", "2103.00001 on 2021-03-31"),
    "UPDATE papers SET first_day = '2001-01-01'": ("first listing days", "2103.00001"),
    "UPDATE post_papers SET interest = 1": ("the order of posts and papers", "out of order"),
    "UPDATE standings SET again = 1": ("the order of posts and papers", "on several days"),
    "UPDATE standings SET subjects = ' hep-th '": ("the order of posts and papers", "wrong categ"),
    "UPDATE blog_papers SET counts = '[]', attention = 0": (
        "the order of imported papers", "paper 1 of 2021-03-21",
    ),
    "DELETE FROM papers_fts_data WHERE id > 10": ("the full-text index inside", "it is damaged"),
    "DELETE FROM papers_fts_docsize": ("the full-text index", "is not in the full-text index"),
    "UPDATE papers SET attention = 5": ("the full-text index", "is not in the full-text index"),
    "UPDATE papers SET title = 'Another'": ("the full-text index", "is not found by its title"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_derived_is_told_and_repaired(db: Database, damage: str) -> None:
    what, said = DAMAGES[damage]
    db.conn.execute(damage)
    assert any(said in problem for problem in wrong(db)[what])
    integrity.repair(db)
    assert wrong(db) == {}


def test_an_index_that_lost_its_entries_is_told_and_made_again(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        database = Database(connection)
        migrations.bring_up_to_date(database)
        connection.execute("PRAGMA writable_schema = ON")
        index = connection.execute(
            "DELETE FROM sqlite_master WHERE name = 'standings_by_paper' RETURNING *"
        ).fetchone()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        fill(Database(connection))
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", index)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        database = Database(connection)
        (problem, *_) = wrong(database)["the file and its references"]
        assert "standings_by_paper" in problem
        integrity.repair(database)
        assert wrong(database) == {}


LOSSES = {
    "UPDATE posts SET likes = 1 WHERE post_id = '1'": ("posts and their counts", "post x 1"),
    "UPDATE standings SET score = 3": ("scores and their parts", "the score is 3"),
    "UPDATE blog_papers SET body = replace(body, 'Old', 'New')": ("imported days", "2021-03-21"),
    "UPDATE blog_papers SET body = 'x'": ("imported days", "cannot be read"),
    "DELETE FROM contents": ("digests as they were posted", "what was posted is missing"),
    "DELETE FROM posts WHERE post_id = '1'": ("the file and its references", "missing row"),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_what_is_lost_is_told(db: Database, loss: str) -> None:
    what, said = LOSSES[loss]
    db.conn.execute("PRAGMA foreign_keys = OFF")
    db.conn.execute(loss)
    assert any(said in problem for problem in wrong(db)[what])
    integrity.repair(db)  # is not in the way of the rest
    assert any(said in problem for problem in wrong(db)[what])


@pytest.mark.parametrize("damage", ["", "UPDATE totals SET listed = 7"])
def test_the_command_says_it_and_repairs(tmp_path: Path, damage: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[archive]\npath = "a.db"\n')

    async def build() -> None:
        async with await Archive.open(tmp_path / "a.db") as archive:
            await archive.write(fill)
            await archive.write(_do(damage))

    def run(*args: str) -> tuple[int, str]:
        result = CliRunner().invoke(commands.archive, args, obj=Context(config))
        return result.exit_code, result.stdout

    asyncio.run(build())
    code, told = run("check", "--json")
    assert (code, json.loads(told)["whole"]) == ((1, False) if damage else (0, True))
    code, told = run("check")
    assert code == bool(damage)
    assert ("archive check --repair" if damage else "Nothing is wrong") in told
    code, told = run("check", "--repair")
    assert code == 0
    assert ("mended  totals" in told) is bool(damage)
    assert run("check")[0] == 0
    assert ("Nothing is wrong any more." if damage else "Nothing is wrong.") in told


def test_what_no_repair_brings_back_is_said(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[archive]\npath = "a.db"\n')

    async def build() -> None:
        async with await Archive.open(tmp_path / "a.db") as archive:
            await archive.write(fill)
            await archive.write(_do("UPDATE standings SET score = 3, subjects = ' cs.CV '"))

    asyncio.run(build())
    result = CliRunner().invoke(commands.archive, ["check", "--repair"], obj=Context(config))
    assert result.exit_code == 1
    assert "mended  the order of posts and papers" in result.stdout
    assert "wrong   scores and their parts" in result.stdout
    assert f"--config {config} restore FILE" in result.stdout


def _do(statement: str) -> Callable[[Database], None]:
    def execute(db: Database) -> None:
        if statement:
            db.conn.execute(statement)

    return execute


def test_texts_and_notes_of_reading_are_dropped_when_they_are_old(db: Database) -> None:
    api_usage.note(db, "x", ["1", "2"], now=NOW)
    assert retention.tidy(db, text_days=30, now=NOW) == retention.Tidied(0, 0)
    late = NOW + timedelta(days=70)
    api_usage.note(db, "x", ["3"], now=late)
    assert retention.tidy(db, text_days=30, now=late) == retention.Tidied(texts=1, reads=2)
    assert [p.text for p in posts.of_paper(db, SECOND)] == [None]
    assert api_usage.read_today(db, "x", now=late) == 1
    assert wrong(db) == {}
