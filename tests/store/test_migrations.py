"""Every schema that was released is brought up to date, and a copy is kept before.

``released`` holds a backup made by each release (``hotpapers backup``) of an archive with one
imported day, one rule and one digest. A release adds its own and leaves the others alone.
"""

import asyncio
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot import moving
from bot.errors import StoreError
from bot.query import parse
from bot.store import Archive, blogs, copies, ledger, migrations, rules, search
from tests.make import NOW

RELEASED = sorted((Path(__file__).parent / "released").glob("*.zip"))
DAY = date(2020, 9, 17)


@pytest.mark.parametrize("release", RELEASED, ids=lambda path: path.stem)
async def test_an_archive_of_a_release_is_brought_up_to_date(release: Path, tmp_path: Path) -> None:
    moving.restore(release, tmp_path / "a.db", tmp_path / "none.toml", now=NOW)
    async with await Archive.open(tmp_path / "a.db") as archive:
        post = await archive.read(blogs.get, DAY)
        assert post is not None
        assert [paper.arxiv_id for paper in post.papers] == ["2009.07118", "hep-th/9901001"]
        found = await archive.read(search.find, parse("ornek invented", DAY))
        assert {hit.paper.arxiv_id for hit in found.hits} == {"2009.07118", "hep-th/9901001"}
        (rule,) = await archive.read(rules.active)
        assert rule.categories == ("cs.CL", "cond-mat.*")
        (part,) = await archive.read(ledger.of_slot, rule.rule_id, NOW)
        assert part.payload == '[{"type":10,"content":"An invented digest"}]'
    assert copies.examine(tmp_path / "a.db").problems == ()


@pytest.mark.parametrize("count", range(1, len(migrations.known())))
async def test_an_older_archive_is_copied_before_it_is_changed(count: int, tmp_path: Path) -> None:
    path, steps = tmp_path / "a.db", migrations.known()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.steps.apply(Database(db), stop_before=steps[count])
    async with await Archive.open(path):
        pass
    assert copies.examine(path).steps == steps
    kept = copies.examine(tmp_path / f"a.db.{steps[count - 1]}")
    assert (kept.steps, kept.problems) == (steps[:count], ())


def test_an_archive_of_today_is_not_copied(tmp_path: Path) -> None:
    async def open_and_close() -> None:
        async with await Archive.open(tmp_path / "a.db"):
            pass

    asyncio.run(open_and_close())
    asyncio.run(open_and_close())
    assert [path.name for path in tmp_path.iterdir()] == ["a.db"]


async def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as db, db:
        db.execute("CREATE TABLE letters (text TEXT)")
    with pytest.raises(StoreError, match="another program"):
        await Archive.open(tmp_path / "a.db")
    with pytest.raises(StoreError, match="not an archive"):
        copies.examine(tmp_path / "a.db")
