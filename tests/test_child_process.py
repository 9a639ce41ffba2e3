"""Work in a process of its own: what comes of it, and that it ends with who started it."""

import asyncio
import multiprocessing
import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from bot.child_process import run_in_background
from bot.errors import StoreError
from bot.problems import Code, Problem
from tests.polling import until

pytestmark = pytest.mark.rehearsal  # a process takes a second to start

PROBLEM = Problem(Code.NO_ARCHIVE, path="a.db")


def note_process(file: Path) -> None:
    file.write_text(f"{os.getpid()} {os.nice(0)}")


def refuse() -> None:
    raise StoreError(PROBLEM)


def fail() -> None:
    raise ZeroDivisionError


def die() -> None:
    os._exit(9)


def linger(file: Path) -> None:
    note_process(file)
    time.sleep(600)


async def test_it_runs_elsewhere_and_yields_to_everybody(tmp_path: Path) -> None:
    assert await run_in_background(note_process, tmp_path / "pid") is None
    pid, niceness = (tmp_path / "pid").read_text().split()
    assert int(pid) != os.getpid()
    assert int(niceness) > os.nice(0)


async def test_what_went_wrong_is_a_value() -> None:
    assert await run_in_background(refuse) == PROBLEM
    problem = await run_in_background(fail)
    assert problem is not None
    assert problem.arguments["error"] == "ZeroDivisionError"
    assert await run_in_background(die) == Problem(Code.PROCESS_ENDED)


async def test_whoever_is_cancelled_leaves_no_process_behind(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    working = asyncio.create_task(run_in_background(linger, file))
    await until(lambda: file.exists() and file.read_text(), 60)
    pid = int(file.read_text().split()[0])
    assert pid in {process.pid for process in multiprocessing.active_children()}
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    await until(lambda: pid not in {p.pid for p in multiprocessing.active_children()}, 60)
