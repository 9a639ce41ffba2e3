"""The move file: made while the archive is in use, checked before anything is touched."""

import asyncio
import json
import re
import resource
import signal
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlite_utils import Database

from bot import moving
from bot.cli import history
from bot.cli import moving as commands
from bot.cli.context import Context
from bot.errors import ArchiveBusy, StoreError
from bot.moving import ARCHIVE, CONFIG, MANIFEST
from bot.store import Archive, copies, meta, migrations
from tests.blog_posts import blog_post
from tests.make import NOW

DAY = date(2020, 9, 17)
TEXT = blog_post(DAY, [("2009.07118", "An Invented Study", 300, 120)])
COMMANDS = {c.name: c for c in (*commands.COMMANDS, *history.COMMANDS)}


def run(config: Path, name: str, *args: object) -> Result:
    command = COMMANDS[name]
    assert command is not None
    return CliRunner().invoke(command, [str(a) for a in args], obj=Context(config))


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The configuration of a machine with an archive that holds one imported day."""
    folder = tmp_path / "old"
    folder.mkdir()
    config = folder / "config.toml"
    config.write_text(
        '[archive]\npath = "data/a.db"\n[discord]\nproxy = "http://me:secret@proxy.example:8080"\n'
    )
    post = folder / f"{DAY}---Hot-Papers.md"
    post.write_text(TEXT)
    assert run(config, "import", post).exit_code == 0
    return config


@pytest.fixture
def made(old: Path, tmp_path: Path) -> Path:
    file = tmp_path / "hotpapers.zip"
    result = run(old, "backup", file)
    assert result.exit_code == 0, result.exception
    return file


def new_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "new"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_backup_on_an_empty_machine_gives_the_same_bytes(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_machine(tmp_path, monkeypatch)
    result = CliRunner().invoke(commands.restore, [str(made)], obj=Context(None))
    assert result.exit_code == 0, result.exception
    assert "`hotpapers init` asks for the bot's token" in result.stdout
    assert {p.name for p in folder.iterdir()} == {"config.toml", "data"}
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "data" / "a.db").stat().st_mode) == 0o600
    out = run(folder / "config.toml", "export", "--date", DAY, "--format", "markdown")
    assert out.stdout == TEXT


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_machine(tmp_path, monkeypatch)
    result = CliRunner().invoke(commands.restore, [str(made), "--dry-run"], obj=Context(None))
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
    assert copies.examine(aside).counts["papers"] == 1
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
    assert copies.examine(config.parent / "b.db").counts["papers"] == 1


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
    CliRunner().invoke(commands.restore, [str(file)], obj=Context(None))
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
    assert CliRunner().invoke(commands.restore, [str(file)], obj=Context(None)).exit_code == 0
    assert (folder / "hotpapers.db").exists()


async def _touch(path: Path) -> None:
    async with await Archive.open(path):
        pass


async def test_a_copy_is_of_one_instant_while_the_writer_goes_on(tmp_path: Path) -> None:
    path, target = tmp_path / "a.db", tmp_path / "a.zip"
    async with await Archive.open(path) as archive:
        for n in range(200):
            await archive.write(meta.put, f"key{n}", "before" * 500, now=NOW)
        copying = asyncio.create_task(asyncio.to_thread(moving.backup, path, None, target, now=NOW))
        written = 0
        while not copying.done():
            await archive.write(meta.put, f"late{written}", "during", now=NOW)
            written += 1
        await copying
        assert written
        assert await archive.read(meta.get, f"late{written - 1}") == "during"
    plan = moving.restore(target, tmp_path / "b.db", tmp_path / "none.toml", now=NOW)
    assert plan.aside is None
    async with await Archive.open(tmp_path / "b.db") as restored:
        assert await restored.read(meta.get, "key199") == "before" * 500


async def test_an_archive_in_use_is_not_replaced(tmp_path: Path) -> None:
    path, file = tmp_path / "a.db", tmp_path / "a.zip"
    await _touch(path)
    moving.backup(path, None, file, now=NOW)
    async with await Archive.open(path) as archive:
        await archive.write(meta.put, "key", "value", now=NOW)
        with pytest.raises(ArchiveBusy, match="Stop the bot"):
            moving.restore(file, path, tmp_path / "none.toml", now=NOW)
        assert await archive.read(meta.get, "key") == "value"


def test_an_older_backup_is_replaced_when_asked_and_another_file_never(
    made: Path, old: Path
) -> None:
    before = made.read_bytes()
    assert "With --overwrite it is replaced" in str(run(old, "backup", made).exception)
    assert made.read_bytes() == before
    assert run(old, "backup", made, "--overwrite").exit_code == 0
    letter = made.with_name("letter.txt")
    letter.write_text("Dear friend")
    result = run(old, "backup", letter, "--overwrite")
    assert "is there already" in str(result.exception)
    assert letter.read_text() == "Dear friend"


def test_a_backup_makes_no_folders(old: Path, tmp_path: Path) -> None:
    result = run(old, "backup", tmp_path / "typo" / "a.zip")
    assert "There is no folder" in str(result.exception)
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
    assert "archive.db cannot be written" in str(backup.exception)
    assert f"{folder} cannot be written: File too large" in str(restored.exception)
    assert before == (made.read_bytes(), (folder / "a.db").read_bytes())
    assert [p.name for p in folder.iterdir() if p.name.startswith(".")] == []
    assert [p.name for p in made.parent.iterdir() if p.name.startswith(".")] == []


# --- what is refused ----------------------------------------------------------------------------


def _repack(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(file) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    change(members)
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)


def _flip(members: dict[str, bytes]) -> None:
    content = bytearray(members[ARCHIVE])
    content[len(content) // 2] ^= 0xFF
    members[ARCHIVE] = bytes(content)


def _newer_format(members: dict[str, bytes]) -> None:
    members[MANIFEST] = json.dumps({"format": 99, "future": True}).encode()


DAMAGES: dict[str, tuple[Callable[[dict[str, bytes]], None], str]] = {
    "a flipped byte": (_flip, "archive.db is not what it was"),
    "a member cut off": (lambda m: m.update({ARCHIVE: m[ARCHIVE][:5000]}), "not as long as it was"),
    "a member gone": (lambda m: m.__delitem__(ARCHIVE), "archive.db is missing"),
    "no manifest": (lambda m: m.__delitem__(MANIFEST), "is no backup of hotpapers"),
    "a broken manifest": (lambda m: m.update({MANIFEST: b"{"}), "cannot be read"),
    "a newer format": (_newer_format, "newer hotpapers"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_and_nothing_touched(
    made: Path, old: Path, damage: str
) -> None:
    change, said = DAMAGES[damage]
    _repack(made, change)
    before = sorted(p.name for p in (old.parent / "data").iterdir())
    result = run(old, "restore", made)
    assert isinstance(result.exception, StoreError)
    assert said in str(result.exception)
    assert sorted(p.name for p in (old.parent / "data").iterdir()) == before


def test_a_truncated_file_or_another_one_is_refused(made: Path, old: Path) -> None:
    whole = made.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"Dear friend"):
        made.write_bytes(content)
        with pytest.raises(StoreError, match="cannot be read as a backup"):
            moving.restore(made, old.parent / "data" / "a.db", old, now=NOW)


def test_a_backup_of_a_newer_program_is_refused(old: Path, tmp_path: Path) -> None:
    archive = old.parent / "data" / "a.db"
    with closing(sqlite3.connect(archive)) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('hotpapers', 'm999_teleport', '2030-01-01')"
        )
    file = tmp_path / "newer.zip"
    moving.backup(archive, None, file, now=NOW)
    with pytest.raises(StoreError, match=re.escape("newer hotpapers")):
        moving.restore(file, tmp_path / "b.db", tmp_path / "none.toml", now=NOW)
    assert not (tmp_path / "b.db").exists()


def test_a_damaged_archive_is_not_backed_up(old: Path, tmp_path: Path) -> None:
    archive = old.parent / "data" / "a.db"
    with closing(sqlite3.connect(archive)) as db, db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("DELETE FROM papers")
    with pytest.raises(StoreError, match="damaged"):
        moving.backup(archive, None, tmp_path / "a.zip", now=NOW)
    assert not (tmp_path / "a.zip").exists()


def test_an_older_backup_is_brought_up_to_date(tmp_path: Path) -> None:
    older, file = tmp_path / "older.db", tmp_path / "older.zip"
    with closing(sqlite3.connect(older, isolation_level=None)) as db:
        migrations.steps.apply(Database(db), stop_before=migrations.known()[-1])
    moving.backup(older, None, file, now=NOW)
    plan = moving.restore(file, tmp_path / "b.db", tmp_path / "none.toml", now=NOW, dry_run=True)
    assert plan.found.missing == migrations.known()[-1:]
    moving.restore(file, tmp_path / "b.db", tmp_path / "none.toml", now=NOW)
    assert copies.examine(tmp_path / "b.db").missing == ()
