"""Work in a process of its own, which may be killed at any moment and never outlives this one."""

import asyncio
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import ParamSpec

from bot.errors import HotpapersError, own_fault
from bot.problems import Code, Problem

P = ParamSpec("P")

_LEAST_PRIORITY = 19


async def run_in_background(
    function: Callable[P, None], /, *args: P.args, **kwargs: P.kwargs
) -> Problem | None:
    """What kept a function of values, such as one that reads the whole archive, from its end.

    It takes the processor only when nobody else wants it, and is killed when this is cancelled.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    call = partial(function, *args, **kwargs)
    process = context.Process(target=_report, args=(sender, call), daemon=True)
    with interrupts_held_off():
        process.start()
    sender.close()
    try:
        problem: Problem | None = await asyncio.to_thread(receiver.recv)
    except EOFError:  # it could tell nothing any more
        problem = Problem(Code.PROCESS_ENDED)
    finally:
        process.kill()
    await asyncio.to_thread(process.join)
    receiver.close()
    return problem


def _report(sender: Connection, call: Callable[[], None]) -> None:
    follow_parent()
    os.nice(_LEAST_PRIORITY)
    problem = None
    try:
        call()
    except HotpapersError as error:
        problem = error.problem
    except Exception as error:  # an edge: what the other process is told is a value
        problem = own_fault(error)
    sender.send(problem)


@contextmanager
def interrupts_held_off() -> Iterator[None]:
    """A process that is started meanwhile inherits that Ctrl-C is its parent's business."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def follow_parent() -> None:
    """End this process, whatever it does, when the one that started it is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent,), daemon=True).start()


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
