"""Pointing the unmodified discord.py of this process at a loopback server.

By the class attribute that `[discord] api_url` sets, and by nothing else: where the library would
go by itself must be seen here as anywhere.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Protocol

import discord
from discord.http import Route

from tests.discordd.settings import Settings


class HasAddress(Protocol):
    @property
    def api_url(self) -> str: ...


@contextmanager
def pointed_at(server: HasAddress) -> Iterator[None]:
    """Every client made meanwhile talks to `server`; afterwards all is as before."""
    base = Route.BASE
    Route.BASE = server.api_url
    try:
        yield
    finally:
        Route.BASE = base


@asynccontextmanager
async def running(
    server: HasAddress, client: discord.Client, token: str = Settings.token
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
