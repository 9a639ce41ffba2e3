"""Waiting until something is true of the server, without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeAlias, TypeVar

T = TypeVar("T")
Probe: TypeAlias = Callable[[], object]
"""Truthy once what is waited for has come."""


class Signal:
    """Fired after every change that somebody may wait for."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()

    def fire(self) -> None:
        for event in self._waiting:
            event.set()

    async def until(self, probe: Callable[[], T], seconds: float) -> T:
        """The first truthy value of `probe`, asked at every change. Raises `TimeoutError`."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(seconds):
                while not (value := probe()):
                    await event.wait()
                    event.clear()
                return value
        finally:
            self._waiting.discard(event)
