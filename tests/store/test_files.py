"""What the program makes is for its owner's eyes, whatever the umask allows."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.http.shared_state import FileTurnstile, State
from bot.store import Archive, backup, meta, migrations
from bot.store.archive_lock import ArchiveLock
from tests.factories import NOW


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.rglob("*")}


async def test_the_archive_and_what_lies_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    path = folder / "a.db"
    holder, waiting = ArchiveLock(path), ArchiveLock(path)
    assert holder.take("run", NOW)
    waiting.ask()
    gate = FileTurnstile(path.with_name("a.db.gate"))
    async with await Archive.open(path) as archive, gate.exclusive():
        gate.save(State())
        await archive.write(meta.put, "key", "value", now=NOW)
        names = {
            "a.db", "a.db-wal", "a.db-shm", "a.db.holder", "a.db.take-over", "a.db.gate",
            "a.db.gate.queue",
        }  # fmt: skip
        assert rights(folder) == dict.fromkeys(names, 0o600)
    waiting.forget_asking()
    holder.release()
    assert rights(tmp_path)["data"] == 0o700


async def test_the_copy_of_an_older_archive(tmp_path: Path) -> None:
    path, steps = tmp_path / "a.db", migrations.known()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        migrations.steps.apply(Database(db), stop_before=steps[-1])
    async with await Archive.open(path):
        pass
    assert rights(tmp_path)[f"a.db.{steps[-2]}"] == 0o600


async def test_rights_that_somebody_gave_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with await Archive.open(path):
        pass
    path.chmod(0o640)
    async with await Archive.open(path):
        assert set(rights(tmp_path).values()) == {0o640}
    assert backup.examine(path).problems == ()
