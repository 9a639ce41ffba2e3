"""Pointing the unmodified discord.py of this process at a loopback server.

The two class attributes are what the library has for it (shared facts on Discord, section 1.4).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Protocol

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.discordd.settings import Settings


class HasAddresses(Protocol):
    @property
    def api_url(self) -> str: ...

    @property
    def gateway_url(self) -> str: ...


@contextmanager
def pointed_at(server: HasAddresses) -> Iterator[None]:
    """Every client made meanwhile talks to `server`; afterwards all is as before."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = server.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(server.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@asynccontextmanager
async def running(
    server: HasAddresses, client: discord.Client, token: str = Settings.token
) -> AsyncIterator[discord.Client]:
    """The client logged in and ready; closed at the end."""
    with pointed_at(server):
        task = asyncio.create_task(client.start(token))
        ready = asyncio.create_task(client.wait_until_ready())
        try:
            await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
            if not ready.done():
                raise AssertionError("the client did not become ready") from _error_of(task)
            yield client
        finally:
            ready.cancel()
            await client.close()
            with suppress(asyncio.CancelledError, discord.DiscordException):
                await task


def _error_of(task: "asyncio.Task[None]") -> BaseException | None:
    return task.exception() if task.done() and not task.cancelled() else None
