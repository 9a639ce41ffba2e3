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
from bot.messages.problems import render, words_or_nothing
from bot.models import Era, Outcome, Ranking, RankingQuery, Status
from bot.problems import Code, Problem
from bot.search import parse
from bot.store import (
    Archive,
    backup,
    blogs,
    days,
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
    with pytest.raises(StoreError, match="foreign_database"):
        await Archive.open(tmp_path / "a.db")
    with pytest.raises(StoreError, match="not_an_archive"):
        backup.examine(tmp_path / "a.db")


# A reason as older versions stored it, whether such a message may stand in its channel, and its
# code by now.
OLD_REASONS = {
    "It may have been posted. The connection to Discord broke. (the answer cannot be read)": (
        True, Code.MAYBE_POSTED,
    ),
    "It was posted, and somebody deleted it.": (True, Code.DELETED_AFTER_POSTING),
    "Discord refused the message. (400, code 50035: Invalid Form Body)": (False, Code.LEGACY),
    "merged into a later digest": (False, Code.MERGED_INTO_LATER_DIGEST),
    "more than seven days old: in the archive only": (False, Code.TOO_OLD),
    "the digest was paused before this was posted": (False, Code.PAUSED_BEFORE_POSTING),
    "the digest was deleted before this was posted": (False, Code.DELETED_BEFORE_POSTING),
    "nothing above the bar": (False, Code.LEGACY),
    "Given up after 24 hours. Grüße \"aus\" {dem} Norden.": (False, Code.LEGACY),
}  # fmt: skip
OLD_SUSPENSIONS = {
    "The bot lacks Send Messages in this channel.": Code.LEGACY,
    "'Nowhere/At_All' is not a time zone. One is named like Europe/Berlin.": Code.NO_ZONE,
    "Your direct messages are closed to me.": Code.DIRECT_MESSAGES_CLOSED,
}


@pytest.mark.parametrize("release", [*RELEASED, None], ids=lambda path: path and path.stem)
async def test_every_stored_reason_reads_as_the_sentence_that_it_was(
    release: Path | None, tmp_path: Path
) -> None:
    """In an archive of a release, and in one of the last version that stored sentences."""
    path = tmp_path / "a.db"
    if release is not None:
        load(_text(release), path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if release is None:
            migrations.steps.apply(Database(connection), stop_before="m015_problems_of_digests")
        _store_as_before(connection)
        if release is None:
            connection.execute("UPDATE deliveries SET may_stand = 1 WHERE reason LIKE 'It %'")
    async with await Archive.open(path) as archive:
        rows = [row for row in await archive.read(ledger.of_rule, 7) if row.reason]
        assert {render(row.reason): (row.may_stand, row.reason.code) for row in rows
                if row.reason} == OLD_REASONS  # fmt: skip
        (failed,) = [row for row in await archive.read(ledger.of_rule, 7) if row.last_error]
        assert failed.last_error == Problem(Code.LEGACY, text="Discord had a fault. (502)")
        suspended = [one.suspended for one in await archive.read(rules.of_servers) if one.suspended]
        assert {render(problem): problem.code for problem in suspended} == OLD_SUSPENSIONS


def _store_as_before(connection: sqlite3.Connection) -> None:
    reasons = [*OLD_REASONS, ""]
    for number, reason in enumerate(reasons, 1):
        connection.execute(
            """INSERT INTO deliveries (target_kind, target_id, rule_id, slot_at, part, state,
                   nonce, planned_at, reason, trouble)
               VALUES ('channel', 2, 7, ?, 0, 'failed', ?, 0, ?, ?)""",
            [2_000_000_000 + number, f"nonce {number}", reason,
             "" if reason else "Discord had a fault. (502)"],
        )  # fmt: skip
    for rule_id, parked in enumerate(("", *OLD_SUSPENSIONS), 7):
        connection.execute(
            """INSERT INTO rules (id, guild_id, channel_id, categories, at, zone, rhythm, top,
                   layout, cross_lists, keywords, exclusions, thread, quiet_lines, catch_up,
                   created_by, created_at, parked)
               VALUES (?, 3, 4, '[]', '09:00', 'Nowhere/At_All', 'mailing', 10, 'compact', 1,
                   '[]', '[]', 0, 1, 'merge', 5, 1617170400, ?)""",
            [rule_id, parked],
        )


async def test_reasons_of_earlier_versions_still_read_as_sentences(tmp_path: Path) -> None:
    """Without the addresses that stood in them: those are for the log."""
    stored = {
        "": "",
        "no answer within 300 s": "no answer within 300 s",
        "x.org did not answer in time (https://x.org/a?b=(c,d)&e)": "x.org did not answer in time",
        "feed: x.org answered 404 to https://x.org/atom/cs.CL; listing: complete": (
            "feed: x.org answered 404; listing: complete"
        ),
        "a redirect to https://y.org/b?c, then": "a redirect to y.org, then",
        'it said "Erdős"\tand {more}': 'it said "Erdős"\tand {more}',
        "switched off in the configuration": "switched off in the configuration",
    }
    path, steps = tmp_path / "a.db", migrations.known()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.steps.apply(Database(db), stop_before="m014_reasons_of_outcomes")
        for number, reason in enumerate(stored):
            db.execute(
                "INSERT INTO outcomes (day, stage, source, status, reason, at, requests, items)"
                " VALUES (?, 'collect', ?, 'failed', ?, 1617170400, 1, 0)",
                [DAY.isoformat(), f"s{number}", reason],
            )
        db.execute(
            "INSERT INTO outcomes (day, stage, source, status, reason, at, requests, items)"
            " VALUES (?, 'collect', 't', 'failed', CAST(? AS TEXT), 1617170400, 1, 0)",
            [DAY.isoformat(), b"bytes \xff of no text (https://x.org/a)"],
        )
    async with await Archive.open(path) as archive:
        outcomes = await archive.read(days.outcomes, DAY, "collect")
        columns = await archive.read(lambda db: db["outcomes"].columns_dict)
    assert backup.examine(path).steps == steps
    assert [words_or_nothing(it.reason) for it in outcomes if it.source != "t"] == (
        list(stored.values())
    )
    assert "https://x.org/a?b=(c,d)&e" in str(outcomes[2].reason)
    assert outcomes[6].reason == Problem(Code.SWITCHED_OFF)
    assert "reason" not in columns


async def test_a_reason_is_the_same_again(tmp_path: Path) -> None:
    inner = Problem(Code.HOST_ANSWERED, host="x.org", status=503, address="https://x.org/a")
    reasons = [
        None,
        inner,
        Problem(Code.OF_ENDPOINT, endpoint="feed", problem=inner),
        Problem(Code.STILL_SHOWS, days=[DAY]),
    ]
    outcomes = tuple(
        Outcome(source=f"s{number}", status=Status.FAILED, at=NOW, reason=reason)
        for number, reason in enumerate(reasons)
    )
    async with await Archive.open(tmp_path / "a.db") as archive:
        await archive.write(days.open_day, DAY)
        await archive.write(days.add_outcomes, DAY, "collect", outcomes)
        assert await archive.read(days.outcomes, DAY, "collect") == outcomes
