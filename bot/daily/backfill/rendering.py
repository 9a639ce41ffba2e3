"""Texts made readable, which takes as long as everything else together: beside the rest of it."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

from bot.models import Paper
from bot.sources.arxiv_record import Record

Render = Callable[[Sequence[Record]], Awaitable[list[Paper]]]


def rendered(records: Sequence[Record]) -> list[Paper]:
    return [record.paper() for record in records]


async def in_thread(records: Sequence[Record]) -> list[Paper]:
    """For few records."""
    return await asyncio.to_thread(rendered, records)


@contextmanager
def in_processes(count: int = 1) -> Iterator[Render]:
    """For years of them: a second core does the work while this one stores."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context, initializer=_follow_parent) as pool:

        async def render(records: Sequence[Record]) -> list[Paper]:
            return await asyncio.get_running_loop().run_in_executor(pool, rendered, records)

        yield render


def _follow_parent() -> None:
    """Ctrl-C is the parent's business, but a worker must not outlive a parent that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
