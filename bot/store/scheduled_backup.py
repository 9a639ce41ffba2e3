"""Backups that the bot makes by itself, in the folder ``backups`` beside the archive.

Their names say when they were made, so the folder alone tells which one is due and which ones go.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import StoreError
from bot.problems import Code, Problem
from bot.store import backup_file

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"hotpapers-(?P<at>[0-9]{8}T[0-9]{6}Z)\.zip")
_CHUNK = 1 << 20
INTERVALS = {"day": timedelta(days=1), "week": timedelta(weeks=1)}


def folder_of(archive: Path) -> Path:
    return archive.parent / "backups"


def present(folder: Path) -> list[tuple[datetime, Path]]:
    """The scheduled backups that are there, newest first; other files are not looked at."""
    backups = []
    for path in folder.glob("hotpapers-*.zip"):
        if match := _NAME.fullmatch(path.name):
            try:
                at = datetime.strptime(match["at"], _STAMP).replace(tzinfo=UTC)
            except ValueError:  # a day that no month has
                continue
            backups.append((at, path))
    return sorted(backups, reverse=True)


def is_due(newest: datetime | None, interval: timedelta, now: datetime) -> bool:
    """Also where the newest is of a time to come, as of a clock that was wrong."""
    return newest is None or abs(now - newest) >= interval


def make(archive: Path, config: Path | None, *, keep: int, now: datetime) -> None:
    """One more backup; when it was read back and is whole, the oldest beyond ``keep`` go.

    Raises StoreError. What was there before stays then.
    """
    folder = folder_of(archive)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        why = error.strerror
        raise StoreError(Problem(Code.FOLDER_NOT_WRITABLE, folder=folder, error=why)) from error
    file = folder / f"hotpapers-{now:{_STAMP}}.zip"
    backup_file.backup(archive, config, file, now=now, overwrite=True)
    try:
        verify(file)
    except StoreError:
        file.unlink(missing_ok=True)
        raise
    for _, old in present(folder)[keep:]:
        old.unlink(missing_ok=True)


def verify(file: Path) -> None:
    """Read a backup as a restore would, without unpacking it onto the disk. The archive in it was
    examined before it was packed, so it is whole when its bytes are the same.

    Raises StoreError for one that is damaged.
    """
    with backup_file.opened(file) as packed, backup_file.readable(file):
        manifest = backup_file.manifest_of(file, packed)
        for name, member in manifest.members.items():
            digest = hashlib.sha256()
            with packed.open(name) as part:
                while chunk := part.read(_CHUNK):
                    digest.update(chunk)
            if digest.hexdigest() != member.sha256:
                raise StoreError(Problem(Code.BACKUP_PART_CHANGED, file=file, part=name))
