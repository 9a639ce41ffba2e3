"""A flood of frames from Discord leaves the event loop to others, as the garbage collector does."""

import asyncio
import gc
from typing import Any

from bot.app.gateway_tuning import FRAMES, MANY, freeze_gc, yield_between_frames

FLOOD = 1000


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
    assert turns >= FLOOD // FRAMES - 1


def test_what_is_there_is_looked_through_no_more_on_a_bot_of_many_servers() -> None:
    frozen = gc.get_freeze_count()  # Python 3.12 has some at its start
    freeze_gc(MANY - 1)
    assert gc.get_freeze_count() == frozen
    try:
        freeze_gc(MANY)
        assert gc.get_freeze_count() > frozen + 1000
    finally:
        gc.unfreeze()
