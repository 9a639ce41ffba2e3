"""The file, its threads and its schema."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from bot.errors import StoreError
from bot.store import Archive, meta, papers
from tests.factories import NOW, listed


async def test_what_is_written_is_there_after_reopening(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "new folder" / "a.db") as archive:
        await archive.write(papers.save, [listed("2103.15691")], now=NOW)
    async with await Archive.open(tmp_path / "new folder" / "a.db") as archive:
        assert await archive.read(papers.get, "2103.15691") == listed("2103.15691").paper


async def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    def half(db: Database) -> None:
        meta.put(db, "half", "written", now=NOW)
        raise RuntimeError("the second half fails")

    async with await Archive.open(tmp_path / "a.db") as archive:
        with pytest.raises(RuntimeError):
            await archive.write(half)
        assert await archive.read(meta.get, "half") is None


async def test_readers_cannot_write(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        with pytest.raises(StoreError, match="readonly"):
            await archive.read(meta.put, "key", "value", now=NOW)


async def test_a_missing_archive_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no_archive"):
        await Archive.open(tmp_path / "a.db", create=False)
    assert not (tmp_path / "a.db").exists()


async def test_a_file_that_is_no_archive_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("a letter to a friend, longer than a header" * 100)
    with pytest.raises(StoreError, match="not a database"):
        await Archive.open(tmp_path / "a.db")
    assert (tmp_path / "a.db").read_text().startswith("a letter")


async def test_an_archive_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db"):
        pass
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('hotpapers', 'm999_teleport', '2030-01-01')"
        )
    connection.close()
    with pytest.raises(StoreError, match="archive_newer"):
        await Archive.open(tmp_path / "a.db")


async def test_two_connections_read_while_one_writes(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await archive.write(meta.put, "key", "first", now=NOW)
        async with await Archive.open(tmp_path / "a.db") as other:
            await archive.write(meta.put, "key", "second", now=NOW + timedelta(seconds=1))
            assert await other.read(meta.get, "key") == "second"


async def test_a_first_start_that_was_killed_early_is_no_strangers_file(tmp_path: Path) -> None:
    with Database(tmp_path / "a.db") as early:
        Migrations("of sqlite-utils").apply(early)
    async with await Archive.open(tmp_path / "a.db") as archive:
        assert await archive.read(meta.get, "anything") is None


async def test_programs_that_read_and_then_write_take_turns(tmp_path: Path) -> None:
    def count_on(db: Database) -> None:
        meta.put(db, "count", str(int(meta.get(db, "count") or 0) + 1), now=NOW)

    async def count(times: int) -> None:
        async with await Archive.open(tmp_path / "a.db") as archive:
            for _ in range(times):
                await archive.write(count_on)

    await asyncio.gather(*(count(10) for _ in range(4)))  # on a file that each tries to make
    async with await Archive.open(tmp_path / "a.db") as archive:
        assert await archive.read(meta.get, "count") == "40"


async def test_a_damaged_file_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with await Archive.open(path):
        pass
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"?" * (len(whole) - 4096))
    with pytest.raises(StoreError, match="SQLITE_CORRUPT"):
        await Archive.open(path)
