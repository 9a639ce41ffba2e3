"""Many small writes in one transaction: while one is committed, the next gather."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database

from bot.store import Archive

P = ParamSpec("P")
T = TypeVar("T")

_Write = Callable[[Database], None]


class WriteBatcher:
    """As ``Archive.write``. A commit waits for the disk, which a fan-out cannot afford twice for
    each message; so writes that are asked for meanwhile share the next one.

    When one of a transaction fails, each is tried by itself, and only whose own fails gets the
    error.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._waiting: list[tuple[_Write, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(
        self, query: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """``query(db, *args, **kwargs)``; returns when it is on the disk."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        results: list[T] = []

        def run(db: Database) -> None:
            results.append(query(db, *args, **kwargs))

        self._waiting.append((run, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        await done
        return results[-1]

    async def _write_waiting(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting, []
            try:
                await self._archive.write(partial(_all, [run for run, _ in some]))
            except Exception:
                await self._one_by_one(some)
            except BaseException as error:
                _fail([done for _, done in some], error)
                raise
            else:
                _succeed([done for _, done in some])

    async def _one_by_one(self, some: Sequence[tuple[_Write, asyncio.Future[None]]]) -> None:
        """One of them failed, and nothing was stored: the others are not to blame for it."""
        for run, done in some:
            try:
                await self._archive.write(run)
            except Exception as error:
                _fail([done], error)
            except BaseException as error:
                _fail([waiting for _, waiting in some], error)
                raise
            else:
                _succeed([done])


def _all(runs: Sequence[_Write], db: Database) -> None:
    for run in runs:
        run(db)


def _succeed(waiting: Sequence[asyncio.Future[None]]) -> None:
    for done in waiting:
        if not done.done():
            done.set_result(None)


def _fail(waiting: Sequence[asyncio.Future[None]], error: BaseException) -> None:
    for done in waiting:
        if done.done():
            continue
        if isinstance(error, asyncio.CancelledError):
            done.cancel()
        else:
            done.set_exception(error)
