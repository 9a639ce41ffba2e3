"""The move file: made while the archive is in use, checked before anything is touched."""

import asyncio
import fcntl
import os
import resource
import signal
import sqlite3
import stat
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.cli.context import Context
from bot.errors import ArchiveBusy, StoreError
from bot.store import Archive, backup_file, meta, migrations
from bot.store import backup as archive_copy
from bot.store.backup_file import ARCHIVE, CONFIG, MANIFEST
from bot.store.restore import restore
from tests import processes
from tests.factories import NOW
from tests.store.move_files import DAY, TEXT, new_machine, restored, run, why


def test_a_backup_on_an_empty_machine_gives_the_same_bytes(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_machine(tmp_path, monkeypatch)
    result = restored(made, "--accept-addresses")
    assert result.exit_code == 0, result.exception
    assert "`hotpapers init` asks for the bot's token" in result.stdout
    assert {p.name for p in folder.iterdir()} == {"config.toml", "data"}
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700
    for file in (folder / "config.toml", folder / "data" / "a.db"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    out = run(folder / "config.toml", "export", "--date", DAY, "--format", "markdown")
    assert out.stdout == TEXT


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_machine(tmp_path, monkeypatch)
    result = restored(made, "--dry-run")
    assert "1 paper, 1 day, 1 imported day" in result.stdout
    assert f"would go to {folder / 'data' / 'a.db'}" in result.stdout
    assert "Nothing was changed." in result.stdout
    assert list(folder.iterdir()) == []


def test_only_the_owner_can_read_it(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_no_secret_is_in_it(made: Path) -> None:
    with zipfile.ZipFile(made) as packed:
        text = packed.read(CONFIG).decode()
        assert set(packed.namelist()) == {MANIFEST, ARCHIVE, CONFIG}
    assert "secret" not in text
    assert "http://proxy.example:8080" in text


def test_a_machine_that_has_the_token_is_not_asked_for_it(
    made: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTPAPERS_DISCORD_TOKEN", "aa.bb.cc")
    assert "init" not in run(old, "restore", made).stdout


def test_what_is_there_is_kept_aside(made: Path, old: Path) -> None:
    result = run(old, "restore", made)
    assert result.exit_code == 0, result.exception
    (aside,) = (p for p in (old.parent / "data").iterdir() if ".before-" in p.name)
    assert archive_copy.examine(aside).counts["papers"] == 1
    assert str(aside) in result.stdout
    kept = {"a.db", "a.db.holder", aside.name}
    assert {p.name for p in (old.parent / "data").iterdir()} == kept


def test_another_configuration_is_not_overwritten(made: Path, tmp_path: Path) -> None:
    config = tmp_path / "elsewhere" / "config.toml"
    config.parent.mkdir()
    config.write_text('[archive]\npath = "b.db"\n')
    would = run(config, "restore", made, "--dry-run").stdout
    result = run(config, "restore", made)
    assert result.exit_code == 0
    for said in (would, result.stdout):
        assert f"{config} is another one and stays in force" in said
        assert "config.restored.toml" in said
    assert config.read_text() == '[archive]\npath = "b.db"\n'
    assert 'path = "data/a.db"' in (config.parent / "config.restored.toml").read_text()
    assert archive_copy.examine(config.parent / "b.db").counts["papers"] == 1


def test_a_path_of_the_old_machine_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "elsewhere" / "a.db"
    config = tmp_path / "config.toml"
    config.write_text(f'[archive]\npath = "{archive}"\ntext_days = 7\n')
    asyncio.run(_touch(archive))
    file = tmp_path / "a.zip"
    assert run(config, "backup", file).exit_code == 0
    folder = new_machine(tmp_path, monkeypatch)
    restored(file)
    assert (folder / "hotpapers.db").exists()
    assert Context(folder / "config.toml").config.archive == folder / "hotpapers.db"
    assert Context(folder / "config.toml").config.settings.archive.text_days == 7


def test_a_home_that_this_machine_does_not_know_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[archive]\npath = "~nobody-of-this-name/a.db"\n')
    asyncio.run(_touch(Context(config).config.archive))
    file = tmp_path / "a.zip"
    assert run(config, "backup", file).exit_code == 0
    folder = new_machine(tmp_path, monkeypatch)
    assert restored(file).exit_code == 0
    assert (folder / "hotpapers.db").exists()


async def _touch(path: Path) -> None:
    async with await Archive.open(path):
        pass


async def test_a_copy_is_of_one_instant_while_the_writer_goes_on(tmp_path: Path) -> None:
    path, target = tmp_path / "a.db", tmp_path / "a.zip"
    async with await Archive.open(path) as archive:
        for n in range(200):
            await archive.write(meta.put, f"key{n}", "before" * 500, now=NOW)
        copying = asyncio.create_task(
            asyncio.to_thread(backup_file.backup, path, None, target, now=NOW)
        )
        written = 0
        while not copying.done():
            await archive.write(meta.put, f"late{written}", "during", now=NOW)
            written += 1
        await copying
        assert written
        assert await archive.read(meta.get, f"late{written - 1}") == "during"
    plan = restore(target, tmp_path / "b.db", tmp_path / "none.toml", now=NOW)
    assert plan.aside is None
    async with await Archive.open(tmp_path / "b.db") as restored:
        assert await restored.read(meta.get, "key199") == "before" * 500


async def test_an_archive_in_use_is_not_replaced(tmp_path: Path) -> None:
    path, file = tmp_path / "a.db", tmp_path / "a.zip"
    await _touch(path)
    backup_file.backup(path, None, file, now=NOW)
    async with await Archive.open(path) as archive:
        await archive.write(meta.put, "key", "value", now=NOW)
        with pytest.raises(ArchiveBusy, match="archive_open_elsewhere"):
            restore(file, path, tmp_path / "none.toml", now=NOW)
        assert await archive.read(meta.get, "key") == "value"


def test_an_older_backup_is_replaced_when_asked_and_another_file_never(
    made: Path, old: Path
) -> None:
    before = made.read_bytes()
    assert "With --overwrite it is replaced" in why(run(old, "backup", made))
    assert made.read_bytes() == before
    assert run(old, "backup", made, "--overwrite").exit_code == 0
    letter = made.with_name("letter.txt")
    letter.write_text("Dear friend")
    result = run(old, "backup", letter, "--overwrite")
    assert "is there already" in why(result)
    assert letter.read_text() == "Dear friend"


def test_a_backup_makes_no_folders(old: Path, tmp_path: Path) -> None:
    result = run(old, "backup", tmp_path / "typo" / "a.zip")
    assert "There is no folder" in why(result)
    assert not (tmp_path / "typo").exists()


@contextmanager
def little_room(most: int) -> Iterator[None]:
    """No file may be longer, as on a full disk. For this process alone, and only inside."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_is_said_and_leaves_nothing_behind(made: Path, old: Path) -> None:
    folder = old.parent / "data"
    before = (made.read_bytes(), (folder / "a.db").read_bytes())
    with little_room(50_000):
        backup = run(old, "backup", made, "--overwrite")
        restored = run(old, "restore", made)
    assert "archive.db cannot be written" in why(backup)
    assert f"{folder} cannot be written: File too large" in why(restored)
    assert before == (made.read_bytes(), (folder / "a.db").read_bytes())
    assert [p.name for p in folder.iterdir() if p.name.startswith(".")] == []
    assert [p.name for p in made.parent.iterdir() if p.name.startswith(".")] == []


def test_what_a_killed_backup_left_goes_with_the_next_and_what_is_at_work_stays(
    old: Path, tmp_path: Path
) -> None:
    left, at_work = tmp_path / ".hotpapers-left", tmp_path / ".hotpapers-at-work"
    for folder in (left, at_work):
        folder.mkdir()
        (folder / "archive.db").write_text("half")
    handle = os.open(at_work, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        assert run(old, "backup", tmp_path / "a.zip").exit_code == 0
        assert (left.exists(), at_work.exists()) == (False, True)
    finally:
        os.close(handle)


@pytest.mark.rehearsal
def test_a_backup_that_is_killed_leaves_nothing_for_good(old: Path, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    slow = (
        "import time; from bot.store import backup_file; from bot.__main__ import main; "
        "backup_file._pack = lambda *a: time.sleep(60); "
        f"main(['--config', {str(old)!r}, 'backup', {str(backups / 'a.zip')!r}])"
    )
    process = processes.begin([sys.executable, "-c", slow])
    try:
        while not (found := list(backups.glob(".hotpapers-*/archive.db"))):
            assert process.poll() is None
            time.sleep(0.02)
        # Another beside it leaves what is at work alone.
        assert run(old, "backup", backups / "b.zip").exit_code == 0
        assert found[0].exists()
    finally:
        process.kill()
        processes.end(process)
    assert run(old, "backup", backups / "c.zip").exit_code == 0
    assert {p.name for p in backups.iterdir()} == {"b.zip", "c.zip"}


def test_a_truncated_file_or_another_one_is_refused(made: Path, old: Path) -> None:
    whole = made.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"Dear friend"):
        made.write_bytes(content)
        with pytest.raises(StoreError, match="backup_unreadable"):
            restore(made, old.parent / "data" / "a.db", old, now=NOW)


def test_a_backup_of_a_newer_program_is_refused(old: Path, tmp_path: Path) -> None:
    archive = old.parent / "data" / "a.db"
    with closing(sqlite3.connect(archive)) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('hotpapers', 'm999_teleport', '2030-01-01')"
        )
    file = tmp_path / "newer.zip"
    backup_file.backup(archive, None, file, now=NOW)
    with pytest.raises(StoreError, match="backup_archive_newer"):
        restore(file, tmp_path / "b.db", tmp_path / "none.toml", now=NOW)
    assert not (tmp_path / "b.db").exists()


def test_a_damaged_archive_is_not_backed_up(old: Path, tmp_path: Path) -> None:
    archive = old.parent / "data" / "a.db"
    with closing(sqlite3.connect(archive)) as db, db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("DELETE FROM papers")
    with pytest.raises(StoreError, match="archive_not_backed_up"):
        backup_file.backup(archive, None, tmp_path / "a.zip", now=NOW)
    assert not (tmp_path / "a.zip").exists()


def test_an_older_backup_is_brought_up_to_date(tmp_path: Path) -> None:
    older, file = tmp_path / "older.db", tmp_path / "older.zip"
    with closing(sqlite3.connect(older, isolation_level=None)) as db:
        migrations.steps.apply(Database(db), stop_before=migrations.known()[-1])
    backup_file.backup(older, None, file, now=NOW)
    plan = restore(file, tmp_path / "b.db", tmp_path / "none.toml", now=NOW, dry_run=True)
    assert plan.found.missing == migrations.known()[-1:]
    restore(file, tmp_path / "b.db", tmp_path / "none.toml", now=NOW)
    assert archive_copy.examine(tmp_path / "b.db").missing == ()
