"""Where a gate keeps its state, and who may pass: one task here, or one on the whole machine."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Protocol

import msgspec

from bot import file_lock
from bot.errors import StoreError
from bot.problems import Code, Problem

POLL = 0.05  # seconds between two looks at a lock that another process holds


class Closure(msgspec.Struct):
    """A host that asked us to wait, and how many times in a row it did."""

    until: Annotated[datetime, msgspec.Meta(tz=True)]
    strikes: int


class State(msgspec.Struct):
    """``last`` and ``spaced`` are monotonic seconds, which processes of one machine share."""

    last: float | None = None
    spaced: float | None = None
    closed: dict[str, Closure] = {}
    day: date | None = None
    requests: int = 0


class SharedState(Protocol):
    def load(self) -> State: ...

    def save(self, state: State) -> None:
        """Only within ``exclusive``."""

    def exclusive(self) -> AbstractAsyncContextManager[None]: ...


class MemoryTurnstile:
    """For one process. A ``parallel`` one lets everybody pass."""

    def __init__(self, *, parallel: bool) -> None:
        self._state = State()
        self._parallel = parallel
        self._lock = asyncio.Lock()

    def load(self) -> State:
        return self._state

    def save(self, state: State) -> None:
        self._state = state

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        if self._parallel:
            yield
            return
        async with self._lock:
            yield


class FileTurnstile:
    """For all processes of a machine. ``flock`` ends with its process, so a crash unlocks it.

    Who waits first takes the lock of ``PATH.queue``, then that of ``PATH``, then lets the queue
    go: a process that has just passed must queue up again and cannot starve the others.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue = path.with_name(path.name + ".queue")
        self._lock = asyncio.Lock()

    def load(self) -> State:
        """A file that another process is just writing may look damaged: ask again within."""
        try:
            return self._read()
        except msgspec.DecodeError:
            return State()

    def save(self, state: State) -> None:
        """One write, then the cut, so that a reader never finds the file empty."""
        text = msgspec.json.encode(state) + b"\n"
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.pwrite(descriptor, text, 0)
                os.ftruncate(descriptor, len(text))
            finally:
                os.close(descriptor)
        except OSError as error:
            raise _unusable(self._path, error) from error

    @asynccontextmanager
    async def exclusive(self) -> AsyncIterator[None]:
        async with self._lock:
            queue = await _locked(self._queue)
            try:
                gate = await _locked(self._path)
            finally:
                os.close(queue)
            try:
                self._mend()
                yield
            finally:
                os.close(gate)

    def _read(self) -> State:
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return State()
        except OSError as error:
            raise _unusable(self._path, error) from error
        return msgspec.json.decode(text, type=State) if text.strip() else State()

    def _mend(self) -> None:
        """A damaged file counts as a request made just now."""
        try:
            self._read()
        except msgspec.DecodeError:
            self.save(State(last=time.monotonic()))


async def _locked(path: Path) -> int:
    """The descriptor of the locked file; closing it unlocks. Never blocks the event loop."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        while not file_lock.try_lock(descriptor):  # noqa: ASYNC110 - no event crosses processes
            await asyncio.sleep(POLL)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _unusable(path: Path, error: OSError) -> StoreError:
    return StoreError(Problem(Code.GATE_FILE_UNUSABLE, path=path, error=error.strerror))
