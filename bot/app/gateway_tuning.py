"""Keeps the event loop free and the memory small on a bot of thousands of servers; `make soak`
measures both.

discord.py handles frames that are there already one after the other. At its start a shard gets up
to 2,500 servers in one burst, which kept the loop for almost half a second.
"""

import asyncio
import ctypes
import gc
from collections.abc import Awaitable, Callable, Coroutine
from itertools import count
from typing import Any, ParamSpec, TypeVar

import aiohttp
from discord.http import HTTPClient

P = ParamSpec("P")
T = TypeVar("T")

# A server of ordinary size takes one to two milliseconds, most of them to read its JSON.
FRAMES_PER_TURN = 5
# Fewer are looked through in no time.
MIN_SERVERS = 500


def replace_methods(of: object, **methods: Callable[..., object]) -> None:
    """Put functions in place of an object's methods: discord.py makes these objects itself and
    takes no classes of ours for them."""
    for name, method in methods.items():
        setattr(of, name, method)


def yield_between_frames(http: HTTPClient) -> None:
    """From now on a connection that reads many frames pauses for a moment now and then."""
    connect = http.ws_connect

    async def ws_connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        socket = await connect(url, compress=compress)
        replace_methods(socket, receive=_in_turns(socket.receive))
        return socket

    # The library makes its connections itself and has no other place for this.
    replace_methods(http, ws_connect=ws_connect)


def _in_turns(receive: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    frames = count(1)

    async def in_turns(*args: P.args, **kwargs: P.kwargs) -> T:
        if next(frames) % FRAMES_PER_TURN == 0:
            await asyncio.sleep(0)
        return await receive(*args, **kwargs)

    return in_turns


def freeze_gc(servers: int) -> None:
    """Let the garbage collector pass over all that is there now, which stays as long as the bot.

    Looking through 10,000 servers takes it 0.1 s. To be called each time that some hundred of them
    have arrived; what leaves has to free itself (``guild_cache``).
    """
    if servers >= MIN_SERVERS:
        gc.freeze()


async def trim_heap() -> None:
    """Give memory that is not used any more back to the machine; does nothing without glibc.

    glibc itself gives back what is free at the end of its heap only. A day's harvest leaves holes
    everywhere else, and a bot of months would keep the most that it ever needed. Takes a
    millisecond or two, in a thread of its own.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        await asyncio.to_thread(trim, 0)
