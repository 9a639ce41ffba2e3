"""Reading and making readable, which take as long as all the rest together: beside the rest."""

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from typing import ParamSpec, Protocol, TypeVar

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
    with ProcessPoolExecutor(1, mp_context=context, initializer=_follow_parent) as pool:

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
    """A process that this starts inherits that Ctrl-C is held off: it is the parent's business."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(call)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _follow_parent() -> None:
    """A worker must not outlive a parent that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
