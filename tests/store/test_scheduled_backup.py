"""Backups that the bot makes by itself: which are due, which stay, and that each is read back."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.problems import Code
from bot.store import backup_file, scheduled_backup
from tests.store.move_files import restored

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def archive(old: Path) -> Path:
    return old.parent / "data" / "a.db"


def names(archive: Path) -> list[str]:
    return sorted(path.name for path in scheduled_backup.folder_of(archive).iterdir())


def test_the_oldest_go_and_other_files_stay(archive: Path, old: Path) -> None:
    for days in range(4):
        scheduled_backup.make(archive, old, keep=2, now=NOON + days * DAY)
        if not days:
            (scheduled_backup.folder_of(archive) / "hotpapers-by-hand.zip").touch()
            (scheduled_backup.folder_of(archive) / "hotpapers-20261399T000000Z.zip").touch()
    assert names(archive) == [
        "hotpapers-20261203T120000Z.zip",
        "hotpapers-20261204T120000Z.zip",
        "hotpapers-20261399T000000Z.zip",
        "hotpapers-by-hand.zip",
    ]


def test_it_is_a_move_file_for_its_owner_alone(
    archive: Path, old: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scheduled_backup.make(archive, old, keep=2, now=NOON)
    folder = scheduled_backup.folder_of(archive)
    [(at, file)] = scheduled_backup.present(folder)
    assert at == NOON
    assert folder.stat().st_mode & 0o077 == file.stat().st_mode & 0o077 == 0
    monkeypatch.chdir(tmp_path)
    result = restored(file, "--dry-run")
    assert result.exit_code == 0, result.exception


def test_one_that_cannot_be_read_back_is_none_and_costs_no_older_one(
    archive: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled_backup.make(archive, old, keep=1, now=NOON)
    make = backup_file.backup

    def on_a_bad_disk(
        archive: Path, config: Path | None, target: Path, *, now: datetime, overwrite: bool
    ) -> None:
        make(archive, config, target, now=now, overwrite=overwrite)
        content = bytearray(target.read_bytes())
        with zipfile.ZipFile(target) as packed:
            start = packed.getinfo(backup_file.ARCHIVE).header_offset
        content[start + 200] ^= 1
        target.write_bytes(content)

    monkeypatch.setattr(backup_file, "backup", on_a_bad_disk)
    with pytest.raises(StoreError) as refused:
        scheduled_backup.make(archive, old, keep=1, now=NOON + DAY)
    assert refused.value.problem.code in (Code.BACKUP_UNREADABLE, Code.BACKUP_PART_CHANGED)
    assert names(archive) == ["hotpapers-20261201T120000Z.zip"]


def test_a_folder_that_cannot_be_made_is_a_problem(archive: Path, old: Path) -> None:
    scheduled_backup.folder_of(archive).write_text("a file")
    with pytest.raises(StoreError):
        scheduled_backup.make(archive, old, keep=1, now=NOON)


@pytest.mark.parametrize(
    ("newest", "due"),
    [
        (None, True),
        (NOON, False),
        (NOON - DAY + timedelta(seconds=1), False),
        (NOON - DAY, True),
        (NOON + 3 * DAY, True),  # of a clock that was wrong
    ],
)
def test_when_one_is_due(newest: datetime | None, due: bool) -> None:
    assert scheduled_backup.is_due(newest, DAY, NOON) == due
