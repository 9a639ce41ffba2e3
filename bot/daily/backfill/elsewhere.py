"""Reading and making readable, which take as long as all the rest together: beside the rest."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Elsewhere(Protocol):
    """Calls a pure function of values, whose errors come back as they are."""

    async def __call__(
        self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


async def in_thread(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """For few records."""
    return await asyncio.to_thread(function, *args, **kwargs)


@contextmanager
def in_processes(count: int = 1) -> Iterator[Elsewhere]:
    """For years of them: a second core does the work while this one stores."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context, initializer=_follow_parent) as pool:

        async def elsewhere(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
            call = partial(function, *args, **kwargs)
            return await asyncio.get_running_loop().run_in_executor(pool, call)

        yield elsewhere


def _follow_parent() -> None:
    """Ctrl-C is the parent's business, but a worker must not outlive a parent that was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
