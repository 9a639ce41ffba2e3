"""Reading and making readable, which take as long as all the rest together: beside the rest."""

import asyncio
import logging
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

from bot.child_process import follow_parent, interrupts_held_off
from bot.config import logs

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class RunOffThread(Protocol):
    """Calls a pure function of values, whose errors come back as they are."""

    async def __call__(
        self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


async def in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """For few records."""
    return await asyncio.to_thread(function, *args, **kwargs)


@contextmanager
def in_process() -> Iterator[RunOffThread]:
    """For years of them: a second core does the work while this one stores.

    Without the other process, which a machine short of memory ends first or does not start, the
    work goes on in this one.
    """
    context = multiprocessing.get_context("spawn")
    lost = False
    with ProcessPoolExecutor(1, mp_context=context, initializer=follow_parent) as pool:

        async def elsewhere(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
            nonlocal lost
            call = partial(function, *args, **kwargs)
            try:
                return await asyncio.wrap_future(_submit(pool, call))
            except (BrokenExecutor, OSError) as error:
                if not lost:
                    logs.event(logger, logging.WARNING, "backfill.reader_lost", error=error)
                lost = True
            return await asyncio.to_thread(call)

        yield elsewhere


def _submit(pool: ProcessPoolExecutor, call: Callable[[], T]) -> Future[T]:
    with interrupts_held_off():
        return pool.submit(call)
