"""Waiting until something is true of the server, without polling."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeAlias, TypeVar

GLANCE_SECONDS = 0.02

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
        """The first truthy value of `probe`. Raises `TimeoutError`.

        Asked at every change, and now and then: what the probe looks at may be elsewhere.
        """
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(seconds):
                while not (value := probe()):
                    with suppress(TimeoutError):
                        async with asyncio.timeout(GLANCE_SECONDS):
                            await event.wait()
                    event.clear()
                return value
        finally:
            self._waiting.discard(event)
