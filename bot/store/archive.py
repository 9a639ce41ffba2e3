"""Opens the file, owns the writer thread and the readers."""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlite_utils import Database

from bot.config import logs
from bot.errors import StoreError
from bot.problems import Code, Problem
from bot.store import backup, files, migrations
from bot.store.codecs import utf8
from bot.store.sqlite_errors import kind_of

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

READERS = 3


class Archive:
    """Runs query functions in the threads that own the connections.

    ``write`` runs one function in one transaction: all of it is stored, or nothing. ``read`` runs
    beside the writer (WAL) on connections that cannot write. SQLite's errors become StoreError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="archive-writer")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="archive-reader")

    @classmethod
    async def open(cls, path: Path, *, create: bool = True) -> Self:
        """Open ``path`` and bring its schema up to date.

        Raises StoreError when the file is missing and ``create`` is False, is not an archive, or
        was written by a newer program.
        """
        archive = cls(path)
        try:
            await archive._run(archive._writer, partial(archive._prepare, create=create))
        except BaseException:
            await archive.close()
            raise
        return archive

    async def read(
        self, query: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """``query(db, *args, **kwargs)`` on a connection that cannot write."""
        return await self._run(
            self._readers, lambda: query(self._database(read_only=True), *args, **kwargs)
        )

    async def write(
        self, query: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """``query(db, *args, **kwargs)`` in one transaction of the writer."""

        def transaction() -> T:
            with _immediately(self._database(read_only=False)) as db:
                return query(db, *args, **kwargs)

        return await self._run(self._writer, transaction)

    async def close(self) -> None:
        """Finish what is being written, then close every connection."""
        for pool in (self._writer, self._readers):
            await asyncio.to_thread(partial(pool.shutdown, wait=True))
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _run(self, pool: ThreadPoolExecutor, job: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, job)
        except sqlite3.Error as error:
            kind = kind_of(error)
            raise StoreError(
                Problem(Code.ARCHIVE_FAILED, path=self.path, error=error, kind=kind)
            ) from error

    def _prepare(self, *, create: bool) -> None:
        if not create:
            _require_archive(self.path)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            folder, why = self.path.parent, error.strerror
            raise StoreError(
                Problem(Code.ARCHIVE_FOLDER_NOT_MADE, folder=folder, error=why)
            ) from error
        files.create_empty(self.path)
        db = self._database(read_only=False)
        self._refuse_another_programs(db)
        db.conn.execute("PRAGMA journal_mode = WAL")
        if migrations.applied(db) != migrations.known():
            with _immediately(db):
                self._copy_when_older(db)
                migrations.bring_up_to_date(db)
        migrations.give_room_back(db)

    def _refuse_another_programs(self, db: Database) -> None:
        # sqlite-utils' own table alone is an archive whose first start was ended just then.
        others = set(db.table_names()) - {migrations.steps.migrations_table}
        if others and not migrations.applied(db):
            raise StoreError(Problem(Code.FOREIGN_DATABASE, path=self.path))

    def _copy_when_older(self, db: Database) -> None:
        """Keep an older archive as it is before it is changed."""
        had = migrations.applied(db)
        if had and set(had) < set(migrations.known()):
            kept = self.path.with_name(f"{self.path.name}.{had[-1]}")
            # Ten years take some minutes, of which the log should say something.
            logs.event(logger, logging.INFO, "archive.updating", path=self.path, copy=kept)
            backup.copy(self.path, kept)

    def _database(self, *, read_only: bool) -> Database:
        """This thread's own connection, opened on first use."""
        found: Database | None = getattr(self._local, "db", None)
        if found is None:
            found = self._local.db = self._connect(read_only=read_only)
        return found

    def _connect(self, *, read_only: bool) -> Database:
        # check_same_thread is off only so that close() may run in the loop's thread after the
        # pools have ended; every query runs in the thread that opened its connection.
        connection = sqlite3.connect(self.path, timeout=30, check_same_thread=False)
        with self._lock:
            self._connections.append(connection)
        connection.text_factory = utf8
        connection.execute("PRAGMA foreign_keys = ON")
        # With WAL, NORMAL can lose the last transactions on power loss but never corrupts; the
        # ledger must not lose them, so the writer stays at FULL.
        connection.execute("PRAGMA synchronous = FULL")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        return Database(connection)


@contextmanager
def _immediately(db: Database) -> Iterator[Database]:
    """One transaction that is the only one writing from its first statement on.

    One that begins by reading fails at once, instead of waiting for its turn, when another process
    wrote in between (https://www.sqlite.org/rescode.html#busy_snapshot).
    """
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield db
        db.conn.execute("COMMIT")
    except BaseException:
        db.conn.rollback()
        raise


def _require_archive(path: Path) -> None:
    """Raises StoreError when nothing is there to be read."""
    if not path.exists():
        raise StoreError(Problem(Code.NO_ARCHIVE, path=path))
    # SQLite takes an empty file for an empty database.
    if not path.stat().st_size:
        raise StoreError(Problem(Code.ARCHIVE_EMPTY, path=path))
