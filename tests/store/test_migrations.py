"""Every schema that was released is brought up to date, and a copy is kept before.

``released`` holds what ``releasing`` wrote at each release. A release adds its own file and leaves
the others alone.
"""

import asyncio
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

import bot
from bot import blog, queries
from bot.config import Settings
from bot.errors import StoreError
from bot.models import Era, Ranking, RankingQuery
from bot.search import parse
from bot.store import (
    Archive,
    backup,
    blogs,
    follows,
    integrity,
    ledger,
    meta,
    migrations,
    posts,
    rules,
    search,
)
from tests.factories import DAY, NOW
from tests.store.releasing import BLOG_DAY, BLOG_TEXT, DIGEST, FOLDER, MEMBER, dump, fill, load

RELEASED = sorted(FOLDER.glob("*.sql"))


def test_this_version_left_its_archive() -> None:
    """Made by ``python -m tests.store.releasing`` when the version is set."""
    assert FOLDER / f"{bot.__version__}.sql" in RELEASED


@pytest.mark.parametrize("release", RELEASED, ids=lambda path: path.stem)
async def test_an_archive_of_a_release_is_brought_up_to_date(release: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    load(_text(release), path)
    steps = backup.examine(path).steps
    async with await Archive.open(path) as archive:
        await _answers_as_ever(archive)
        found = [*await archive.read(integrity.check), await archive.write(integrity.check_index)]
        assert [problem for checked in found for problem in checked.problems] == []
    kept = {"a.db"} if steps == migrations.known() else {"a.db", f"a.db.{steps[-1]}"}
    assert _names(tmp_path) == kept


def _text(release: Path) -> str:
    return release.read_text(encoding="utf-8")


def _names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


async def _answers_as_ever(archive: Archive) -> None:
    own = await _ranking(archive, DAY)
    assert own.era is Era.HOTPAPERS
    # X's 95 likes and 10 reposts at rate 1, and Bluesky's 60 likes and 10 reposts at rate 2.
    assert _order(own) == [(1, "2103.00001", 245.0), (2, "2103.00002", 140.0)]
    (first, _) = own.papers
    assert (first.paper.title, first.paper.categories) == ("Erdős Graphs", ("cs.CL", "stat.ML"))
    texts = {p.post_id: p.text for p in await archive.read(posts.of_paper, "2103.00001")}
    assert texts == {"1": "Read this", "2": None}
    printed = await _ranking(archive, BLOG_DAY)
    assert printed.era is Era.BLOG_REPOSTS_ADDED
    assert _order(printed) == [(1, "2009.07118", 420.0), (2, "hep-th/9901001", 70.0)]
    post = await archive.read(blogs.get, BLOG_DAY)
    assert post is not None
    assert blog.write(post) == BLOG_TEXT
    for query, ids in (("ornek invent", {"2009.07118", "hep-th/9901001"}),
                       ("title:erdos", {"2103.00001"})):  # fmt: skip
        hits = (await archive.read(search.find, parse(query, DAY))).hits
        assert {hit.paper.arxiv_id for hit in hits} == ids
    (rule,) = await archive.read(rules.of_servers)
    assert rule.categories == ("cs.CL", "cond-mat.*")
    (part,) = await archive.read(ledger.of_slot, rule.rule_id, NOW)
    assert (part.payload, part.message_id) == (DIGEST, 500)
    (follow,) = await archive.read(follows.of_member, MEMBER)
    assert follow.query == "author:muster"
    assert await archive.read(meta.get, "key") == "value"


async def _ranking(archive: Archive, day: date) -> Ranking:
    found = await queries.ranking(archive, Settings(), RankingQuery(day))
    assert found is not None
    return found


def _order(found: Ranking) -> list[tuple[int, str, float]]:
    return [(entry.rank, entry.paper.arxiv_id, entry.score) for entry in found.papers]


async def test_what_is_dumped_is_the_archive(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await archive.write(fill)
    text = dump(tmp_path / "a.db")
    load(text, tmp_path / "b.db")
    assert dump(tmp_path / "b.db") == text
    assert backup.examine(tmp_path / "b.db").problems == ()


@pytest.mark.parametrize("count", range(1, len(migrations.known())))
async def test_an_older_archive_is_copied_before_it_is_changed(count: int, tmp_path: Path) -> None:
    path, steps = tmp_path / "a.db", migrations.known()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.steps.apply(Database(db), stop_before=steps[count])
    async with await Archive.open(path):
        pass
    assert backup.examine(path).steps == steps
    kept = backup.examine(tmp_path / f"a.db.{steps[count - 1]}")
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
        backup.examine(tmp_path / "a.db")


def test_what_may_stand_in_a_channel_is_no_longer_told_by_the_words_of_its_reason() -> None:
    reasons = {
        "It may have been posted. The connection to Discord broke.": True,
        "It was posted, and somebody deleted it.": True,
        "Discord refused the message.": False,
        "": False,
    }
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        db = Database(connection)
        migrations.steps.apply(db, stop_before="m012_may_stand")
        for number, reason in enumerate(reasons, 1):
            db.conn.execute(
                """INSERT INTO deliveries (target_kind, target_id, rule_id, slot_at, part, state,
                       nonce, planned_at, reason)
                   VALUES ('channel', 2, 1, ?, 0, 'failed', ?, 0, ?)""",
                [number, f"nonce {number}", reason],
            )
        migrations.bring_up_to_date(db)
        rows = db.conn.execute("SELECT reason, may_stand FROM deliveries").fetchall()
    assert {reason: bool(may_stand) for reason, may_stand in rows} == reasons
