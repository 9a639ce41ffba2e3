"""A flood of frames from Discord leaves the event loop to others, as the garbage collector does;
what is free inside the heap goes back to the machine."""

import asyncio
import gc
import platform
from pathlib import Path
from typing import Any

import pytest

from bot.app.gateway_tuning import (
    FRAMES_PER_TURN,
    MIN_SERVERS,
    freeze_gc,
    trim_heap,
    yield_between_frames,
)

FLOOD = 1000
MEGABYTE = 10**6


class Socket:
    """A frame is always there already, so reading it gives nobody else a turn."""

    async def receive(self) -> str:
        return "frame"


class Client:
    async def ws_connect(self, url: str, *, compress: int = 0) -> Socket:
        return Socket()


async def test_others_go_on_while_a_flood_of_frames_is_read() -> None:
    http: Any = Client()
    yield_between_frames(http)
    socket = await http.ws_connect("ws://127.0.0.1")
    turns = 0

    async def another() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(another())
    assert {await socket.receive() for _ in range(FLOOD)} == {"frame"}
    task.cancel()
    assert turns >= FLOOD // FRAMES_PER_TURN - 1


def test_what_is_there_is_looked_through_no_more_on_a_bot_of_many_servers() -> None:
    frozen = gc.get_freeze_count()  # Python 3.12 has some at its start
    freeze_gc(MIN_SERVERS - 1)
    assert gc.get_freeze_count() == frozen
    try:
        freeze_gc(MIN_SERVERS)
        assert gc.get_freeze_count() > frozen + 1000
    finally:
        gc.unfreeze()


def resident() -> float:
    """In megabytes."""
    rows = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(row.split()[1]) * 1024 / MEGABYTE for row in rows if row.startswith("VmRSS"))


async def test_free_memory_between_what_is_used_is_given_back() -> None:
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("only glibc keeps it")
    # Too large for Python's own pools, too small for pages of their own; the last ones stay.
    blocks = [bytes(9_000) for _ in range(4_000)]
    del blocks[:-100]
    before = resident()
    await trim_heap()
    assert before - resident() > 20
