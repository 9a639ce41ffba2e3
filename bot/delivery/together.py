"""Many small writes in one transaction: while one is committed, the next gather."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from sqlite_utils import Database

from bot.store import Archive

P = ParamSpec("P")
T = TypeVar("T")

_Write = Callable[[Database], object]


class Together:
    """As ``Archive.write``. A commit waits for the disk, which a fan-out cannot afford twice for
    each message; so writes that are asked for meanwhile share the next one.

    All of a transaction are stored, or none: then each of its callers gets the error.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._waiting: list[tuple[_Write, asyncio.Future[object]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(
        self, query: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """``query(db, *args, **kwargs)``; returns when it is on the disk."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def run(db: Database) -> T:
            return query(db, *args, **kwargs)

        self._waiting.append((run, done))  # type: ignore[arg-type]  # a future of T gets a T back
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        return await done

    async def _write_waiting(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting, []
            try:
                results = await self._archive.write(partial(_all, [run for run, _ in some]))
            except BaseException as error:
                _fail([done for _, done in some], error)
                if not isinstance(error, Exception):
                    raise
            else:
                for (_, done), result in zip(some, results, strict=True):
                    if not done.done():
                        done.set_result(result)


def _all(runs: Sequence[_Write], db: Database) -> list[object]:
    return [run(db) for run in runs]


def _fail(waiting: Sequence[asyncio.Future[object]], error: BaseException) -> None:
    for done in waiting:
        if done.done():
            continue
        if isinstance(error, asyncio.CancelledError):
            done.cancel()
        else:
            done.set_exception(error)
