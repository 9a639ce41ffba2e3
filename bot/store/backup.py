"""Whole copies of an archive's file: made while it is in use, examined, put in its place.

SQLite's online backup (https://www.sqlite.org/backup.html) inside one read transaction: with a
write-ahead log the writer goes on meanwhile, and the copy is the archive of one instant.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from bot.errors import ArchiveBusy, StoreError
from bot.problems import Code, Problem
from bot.store import files, migrations
from bot.store.archive_lock import ArchiveLock, held
from bot.store.sqlite_errors import kind_of

PAGES_AT_ONCE = 2_000  # 8 MB
# In a file that may be anybody's. Ours have a hundredth of it.
MAX_VALUE_BYTES = 64_000_000

Progress = Callable[[int, int], None]
"""Called with pages done and pages in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a file holds. ``steps`` are its schema; ``missing`` and ``unknown`` compare them with
    this program's. ``problems`` are SQLite's own words, none for a sound file."""

    steps: tuple[str, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]
    counts: dict[str, int]
    newest_day: str | None


def copy(source: Path, target: Path, progress: Progress | None = None) -> None:
    """Copy an archive, in use or not, into ``target``, which is replaced when the copy is whole.

    The source's folder must be writable, as SQLite's shared memory is there.
    """
    try:
        with (
            files.replacement(target) as draft,
            _wrapped(source),
            closing(_read_only(source)) as db,
        ):
            db.execute("BEGIN")
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the instant of the copy
            files.create_empty(draft)
            with _room_for(target), closing(sqlite3.connect(draft)) as out:
                db.backup(
                    out,
                    pages=PAGES_AT_ONCE,
                    progress=lambda _, left, total: progress and progress(total - left, total),
                )
                out.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
    except OSError as error:
        why = error.strerror
        raise StoreError(Problem(Code.COPY_NOT_WRITTEN, path=target, error=why)) from error


def examine(path: Path, named: Path | None = None) -> Examined:
    """Look at an archive's file without changing it. Raises StoreError when it is none, which then
    names the file that ``path`` is a copy of."""
    named = named or path
    with _wrapped(named), closing(_read_only(path)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
        db = Database(connection)
        steps = tuple(map(str, migrations.applied(db)))
        known = migrations.known()
        if not steps:
            raise StoreError(Problem(Code.NOT_AN_ARCHIVE, path=named))
        # What runs, perhaps endlessly, when the file is asked or changed.
        if db.conn.execute(
            "SELECT 1 FROM sqlite_master WHERE type IN ('view', 'trigger')"
        ).fetchone():
            raise StoreError(Problem(Code.ARCHIVE_WITH_VIEWS, path=named))
        return Examined(
            steps=steps,
            missing=tuple(step for step in known if step not in steps),
            unknown=tuple(step for step in steps if step not in known),
            problems=problems(db),
            counts={table: db[table].count for table in _COUNTED if db[table].exists()},
            newest_day=db.conn.execute("SELECT max(day) FROM days").fetchone()[0],
        )


_COUNTED = ("papers", "days", "blog_days", "posts", "rules", "deliveries")


def problems(db: Database) -> tuple[str, ...]:
    """What SQLite finds wrong with the file and with references between tables."""
    problems = [row[0] for row in db.conn.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
    problems += [
        f"{row[0]} row {row[1]} refers to a missing row of {row[2]}"
        for row in db.conn.execute("PRAGMA foreign_key_check").fetchmany(20)
    ]
    return tuple(problems)


def migrate(path: Path) -> None:
    """Bring a file that nobody uses up to date."""
    with _wrapped(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
        db = Database(connection)
        migrations.bring_up_to_date(db)
        migrations.give_room_back(db)


def put_in_place(new: Path, archive: Path, aside: Path, *, now: datetime) -> None:
    """Make ``new`` the archive; the one that is there is kept as ``aside``.

    At every moment one of the two is there. Raises ArchiveBusy when another process has it open.
    """
    with held(archive, "restore", now):
        files.sync(new)
        if archive.exists():
            _close_log(archive)
            try:
                os.link(archive, aside)
            except FileExistsError:
                raise
            except OSError:  # a file can have but one name here
                archive.replace(aside)
        for ending in ("-wal", "-shm"):
            archive.with_name(archive.name + ending).unlink(missing_ok=True)
        new.replace(archive)
        files.sync(archive.parent)


def refuse_if_held(archive: Path) -> None:
    """Raises ArchiveBusy when a process works on the archive."""
    holder = ArchiveLock(archive)
    if holder.is_held():
        raise holder.busy()


def _close_log(path: Path) -> None:
    """Write the log back into the file. Only the last connection to an archive can."""
    try:
        with closing(sqlite3.connect(path, timeout=0)) as db:
            db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if kind_of(error) in ("SQLITE_BUSY", "SQLITE_LOCKED"):
            raise ArchiveBusy(Problem(Code.ARCHIVE_OPEN_ELSEWHERE, path=path)) from error
    except sqlite3.DatabaseError:
        # What is there is damaged; it is kept aside with its log as it is.
        for ending in ("-wal", "-shm"):
            with contextlib.suppress(OSError):
                beside = path.with_name(path.name + ending)
                beside.replace(path.with_name(f"{path.name}.damaged{ending}"))


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)


@contextmanager
def _room_for(target: Path) -> Iterator[None]:
    """SQLite says of a full disk, and of other troubles in writing, only that there was one."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreError(Problem(Code.COPY_WITHOUT_ROOM, path=target, error=error)) from error


@contextmanager
def _wrapped(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        kind = kind_of(error)
        raise StoreError(
            Problem(Code.NOT_READABLE_AS_ARCHIVE, path=path, error=error, kind=kind)
        ) from error
