"""The running bot backs its archive up by itself, and ends in time in the middle of that."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.demo.server import serving
from bot.store import Archive, meta, scheduled_backup
from tests.discordd import LoopbackDiscord
from tests.e2e.bot_process import Program, stopped
from tests.polling import until

pytestmark = pytest.mark.rehearsal

NOW = datetime(2021, 3, 31, 7, 0, 1, tzinfo=UTC)
SECONDS = 60.0


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Program]:
    async with LoopbackDiscord() as server, serving() as services:
        program = Program(tmp_path, server)
        program.configure(services)
        with (tmp_path / "config.toml").open("a") as config:
            config.write('\n[backup]\nevery = "day"\nkeep = 1\n')
        await program.prepare()
        yield program


def backups(bot: Program) -> list[Path]:
    folder = scheduled_backup.folder_of(bot.archive)
    return [path for _, path in scheduled_backup.present(folder)]


async def test_a_running_bot_makes_backups_that_can_be_restored(bot: Program) -> None:
    async with bot.running(NOW) as process:
        await until(lambda: "upkeep.done" in bot.said, SECONDS)
        assert await stopped(process) == 0
    [made] = backups(bot)
    assert await bot.command(NOW, "restore", "--dry-run", str(made)) == 0
    assert "Nothing was changed." in bot.said
    assert "Traceback" not in bot.said


async def test_told_to_end_during_a_backup_it_does_and_leaves_none_that_is_broken(
    bot: Program,
) -> None:
    def fill(db: Database) -> None:
        """With what takes a while to be packed."""
        for number in range(6):
            meta.put(db, f"filling {number}", secrets.token_hex(15_000_000), now=NOW)

    async with await Archive.open(bot.archive) as archive:
        await archive.write(fill)
    folder = scheduled_backup.folder_of(bot.archive)
    async with bot.running(NOW) as process:
        await until(lambda: "bot.ready" in bot.said, SECONDS)
        await until(lambda: list(folder.glob(".hotpapers-*")), SECONDS)
        assert await stopped(process) == 0
    assert backups(bot) == []
    assert "Traceback" not in bot.said
    # The next life takes away what is left, and makes it whole.
    async with bot.running(NOW) as process:
        await until(lambda: "upkeep.done" in bot.said, 2 * SECONDS)
        assert await stopped(process) == 0
    assert [path.name for path in folder.iterdir()] == [path.name for path in backups(bot)]
