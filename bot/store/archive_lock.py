"""One process at a time works on an archive; a second one refuses and says who does.

The lock is a ``flock`` on a file beside the archive, which ends with its process however that
ends. Reading needs no lock. Who wants to take over locks another file beside it, for as long as it
waits; the process that holds the archive finds that locked, ends in order and so lets go. Nobody is
ever killed: a process number means nothing in another container.
"""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec

from bot import file_lock
from bot.clock import utc
from bot.errors import ArchiveBusy, StoreError
from bot.problems import Code, Problem
from bot.store import files

T = TypeVar("T")

# An archive and what is written beside it; the gates are those of ``bot.http.shared_state``.
FILES = ("", "-wal", "-shm", ".holder", ".take-over", ".gate", ".gate.queue")
POLL = 0.2  # seconds between two looks at a lock
# The holder may take ten seconds to end in order.
PATIENCE = 30.0


class Who(msgspec.Struct, frozen=True):
    """Who holds an archive: ``what`` is the command, ``since`` when it began."""

    pid: int
    host: str
    what: str
    since: datetime

    def __str__(self) -> str:
        since = utc(self.since)
        return f"hotpapers {self.what} (process {self.pid} on {self.host}, since {since})"


class ArchiveLock:
    """The right to work on one archive, held until ``release``."""

    def __init__(self, archive: Path) -> None:
        path = archive.resolve()
        self._archive = path
        self._lock = path.with_name(path.name + ".holder")
        self._request = path.with_name(path.name + ".take-over")
        self._file: IO[bytes] | None = None
        self._asking: IO[bytes] | None = None

    def take(self, what: str, now: datetime) -> bool:
        """Whether it is ours now. Raises StoreError when nothing can be written there."""
        require_writable(self._archive)
        try:
            self._archive.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = files.open_private(self._lock, "a+b")
        except OSError as error:
            raise self._unwritable(error) from error
        if not file_lock.try_lock(file):
            file.close()
            return False
        self._file = file
        try:
            file.truncate(0)
            file.write(msgspec.json.encode(Who(os.getpid(), socket.gethostname(), what, now)))
            file.flush()
        except OSError as error:
            with suppress(OSError):
                self.release()
            raise self._unwritable(error) from error
        self.forget_asking()
        return True

    def release(self) -> None:
        """The file stays: another process may have it open already, and must see the same one."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def who(self) -> Who | None:
        """Who signed last; None when it cannot be read."""
        with suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode(self._lock.read_bytes(), type=Who)
        return None

    def is_held(self) -> bool:
        """Whether any process holds the archive now. Takes and writes nothing."""
        return _is_locked(self._lock, shared=True)

    def ask(self) -> None:
        """Ask whoever holds the archive to let it go, until ``forget_asking`` or our end."""
        self._asking = files.open_private(self._request, "ab")
        file_lock.lock(self._asking, shared=True)  # several may ask

    async def asked_to_leave(self) -> None:
        """Return when another process waits to take over."""
        while not _is_locked(self._request):  # noqa: ASYNC110 - no event crosses processes
            await asyncio.sleep(POLL)

    async def work(self, job: Coroutine[Any, Any, T]) -> T:
        """The job's result. Cancels it and raises ArchiveBusy when another process takes over."""
        working = asyncio.ensure_future(job)
        asked = asyncio.create_task(self.asked_to_leave())
        try:
            await asyncio.wait({working, asked}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return await working
        finally:
            for task in (working, asked):
                task.cancel()
            await asyncio.wait({working, asked})
        raise ArchiveBusy(Problem(Code.ARCHIVE_TAKEN_OVER, path=self._archive))

    def busy(self, code: Code = Code.ARCHIVE_IN_USE, **arguments: object) -> ArchiveBusy:
        who = self.who()
        holder = None if who is None else str(who)
        return ArchiveBusy(Problem(code, path=self._archive, holder=holder, **arguments))

    def forget_asking(self) -> None:
        """Whoever holds the archive may keep it."""
        file, self._asking = self._asking, None
        if file is not None:
            file.close()

    def _unwritable(self, error: OSError) -> StoreError:
        folder, why = self._archive.parent, error.strerror
        return StoreError(Problem(Code.ARCHIVE_FOLDER_NOT_WRITABLE, folder=folder, error=why))


def _is_locked(path: Path, *, shared: bool = False) -> bool:
    """Whether another holds a lock beside which there can be none, or no ``shared`` one."""
    try:
        with path.open("rb") as file:
            return not file_lock.try_lock(file, shared=shared)
    except OSError:
        return False


def require_writable(archive: Path) -> None:
    """Raises StoreError for an archive that this user may only read, or a file beside it, as after
    a ``sudo``: SQLite opens it all the same, and every job fails later."""
    for ending in FILES:
        file = archive.with_name(archive.name + ending)
        if file.exists() and not os.access(file, os.W_OK):
            raise StoreError(
                Problem(Code.ARCHIVE_FILE_NOT_WRITABLE, file=file, of_archive=not ending)
            )


@asynccontextmanager
async def holding(
    archive: Path, what: str, now: datetime, *, take_over: bool = False, patience: float = PATIENCE
) -> AsyncIterator[ArchiveLock]:
    """Hold the archive for the block.

    Raises ArchiveBusy when another process does; with ``take_over`` only when that one did not
    let go within ``patience`` seconds.
    """
    holder = ArchiveLock(archive)
    if not holder.take(what, now):
        if not take_over:
            raise holder.busy(Code.ARCHIVE_HELD)
        await _wait(holder, what, now, patience)
    try:
        yield holder
    finally:
        holder.release()


@contextmanager
def held(archive: Path, what: str, now: datetime) -> Iterator[None]:
    """As ``holding``, for work that is over in a moment and never takes over."""
    holder = ArchiveLock(archive)
    if not holder.take(what, now):
        raise holder.busy()
    try:
        yield
    finally:
        holder.release()


async def _wait(holder: ArchiveLock, what: str, now: datetime, patience: float) -> None:
    until = time.monotonic() + patience
    holder.ask()
    try:
        while not holder.take(what, now):
            if time.monotonic() >= until:
                raise holder.busy(Code.ARCHIVE_NOT_LET_GO, seconds=patience)
            await asyncio.sleep(POLL)
    except BaseException:
        holder.forget_asking()
        raise
