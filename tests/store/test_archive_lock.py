"""Two processes and one archive: the second refuses, takes over when told, and a kill frees it."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.errors import ArchiveBusy, StoreError
from bot.messages.problems import words_of
from bot.store import Archive
from bot.store.archive_lock import ArchiveLock, holding, require_writable
from tests.factories import NOW

CHECKOUT = Path(__file__).resolve().parents[2]

# Waits to take the archive over until it is killed.
_ASKING = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.store.archive_lock import holding

async def main(path):
    async with holding(Path(path), "run", datetime.now(UTC), take_over=True):
        pass

asyncio.run(main(sys.argv[1]))
"""

# Holds the archive until it is asked to leave; deaf, it holds it until it is killed.
_OTHER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.store.archive_lock import holding

async def main(path, deaf):
    since = datetime(2021, 3, 31, 6, tzinfo=UTC)
    async with holding(Path(path), "run", since) as holder:
        print("holds", flush=True)
        await (asyncio.sleep(600) if deaf else holder.asked_to_leave())

asyncio.run(main(sys.argv[1], sys.argv[2] == "deaf"))
"""


@asynccontextmanager
async def another(archive: Path, *, deaf: bool = False) -> AsyncIterator[Process]:
    """Another process that holds the archive."""
    async with _started(_OTHER, str(archive), "deaf" if deaf else "hears") as process:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 20) == b"holds\n"
        yield process


def asking(archive: Path) -> AbstractAsyncContextManager[Process]:
    """Another process that wants to take the archive over."""
    return _started(_ASKING, str(archive))


@asynccontextmanager
async def _started(script: str, *arguments: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, *arguments, stdout=PIPE, cwd=CHECKOUT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.rehearsal
async def test_the_second_refuses_and_says_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    async with another(path) as process:
        with pytest.raises(ArchiveBusy) as refused:
            async with holding(path, "run", NOW):
                pass
    said = words_of(refused.value)
    assert f"process {process.pid}" in said
    assert "since 2021-03-31 06:00 UTC" in said
    assert "--take-over" in said


@pytest.mark.rehearsal
async def test_it_takes_over_when_told_and_the_first_ends_in_order(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    async with another(path) as process, holding(path, "run", NOW, take_over=True) as holder:
        assert await asyncio.wait_for(process.wait(), 10) == 0
        who = holder.who()
        assert who is not None
        assert who.since == NOW


@pytest.mark.rehearsal
async def test_one_that_does_not_hear_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    async with another(path, deaf=True):
        with pytest.raises(ArchiveBusy, match="archive_not_let_go"):
            async with holding(path, "run", NOW, take_over=True, patience=0.3):
                pass


async def test_a_job_ends_when_it_is_asked_to_leave_and_the_other_begins(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    begun, ended = asyncio.Event(), asyncio.Event()

    async def job() -> None:
        begun.set()
        try:
            await asyncio.sleep(600)
        finally:
            ended.set()

    async def first() -> None:
        async with holding(path, "harvest", NOW) as holder:
            await holder.work(job())

    task = asyncio.create_task(first())
    await begun.wait()
    async with holding(path, "daily", NOW, take_over=True):
        assert ended.is_set()
    with pytest.raises(ArchiveBusy, match="archive_taken_over"):
        await task


async def test_a_job_that_nobody_disturbs_gives_its_result(tmp_path: Path) -> None:
    async with holding(tmp_path / "archive.db", "daily", NOW) as holder:
        assert await holder.work(asyncio.sleep(0, "done")) == "done"
        with pytest.raises(StoreError, match="its own"):
            await holder.work(_failing())


async def _failing() -> None:
    raise StoreError("its own error")


async def test_who_gave_up_asking_leaves_the_other_in_peace(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    async with holding(path, "run", NOW) as holder:
        # The same process, so nobody looks for the note while it waits.
        with pytest.raises(ArchiveBusy):
            async with holding(path, "run", NOW, take_over=True, patience=0):
                pass
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(holder.asked_to_leave(), 0.3)


@pytest.mark.rehearsal
async def test_a_kill_never_leaves_it_locked(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    async with another(path, deaf=True) as process:
        process.kill()
        await process.wait()
        async with holding(path, "run", NOW):
            pass


@pytest.mark.rehearsal
async def test_who_was_killed_while_asking_leaves_the_other_in_peace(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    async with holding(path, "run", NOW) as holder:
        async with asking(path) as process:
            await asyncio.wait_for(holder.asked_to_leave(), 20)
            process.kill()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(holder.asked_to_leave(), 0.5)


@pytest.mark.rehearsal
async def test_reading_needs_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    async with await Archive.open(path) as archive:
        await archive.write(lambda db: db.conn.execute("PRAGMA user_version"))
    async with another(path, deaf=True), await Archive.open(path, create=False) as archive:
        assert await archive.read(lambda db: db.conn.execute("SELECT 1").fetchone()) == (1,)


async def test_it_is_free_again_after_the_block_and_makes_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "archive.db"
    for _ in range(2):
        async with holding(path, "run", datetime(2021, 1, 1, tzinfo=UTC)):
            pass


@pytest.fixture
def read_only() -> Path:
    """For root too, who may write most files."""
    file = Path("/proc/sys/kernel/ostype")
    if not file.exists():
        pytest.skip("needs Linux")
    return file


def test_an_archive_that_may_only_be_read_is_named_before_any_job_fails(
    tmp_path: Path, read_only: Path
) -> None:
    with pytest.raises(StoreError, match="archive_file_not_writable"):
        ArchiveLock(read_only).take("run", NOW)
    require_writable(tmp_path / "none yet.db")


def test_a_file_beside_it_that_may_only_be_read_is_named_too(
    tmp_path: Path, read_only: Path
) -> None:
    tmp_path.joinpath("archive.db.gate").symlink_to(read_only)
    with pytest.raises(StoreError, match=r"archive_file_not_writable .*archive\.db\.gate"):
        ArchiveLock(tmp_path / "archive.db").take("run", NOW)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError, match="archive_folder_not_writable"):
        async with holding(tmp_path / "file" / "archive.db", "run", NOW):
            pass
