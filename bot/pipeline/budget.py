"""The budget of a source that bills by the post, kept in the archive."""

from collections.abc import Collection
from uuid import uuid4

from bot.clock import Clock
from bot.sources import Reserved
from bot.store import Archive, api_usage


class StoredBudget:
    """``limit`` posts per UTC day, for all processes on the archive together."""

    def __init__(self, archive: Archive, source: str, limit: int, clock: Clock) -> None:
        self._archive = archive
        self._source = source
        self._limit = limit
        self._clock = clock

    async def left(self) -> int:
        read = await self._archive.read(api_usage.read_today, self._source, now=self._clock.now())
        return max(self._limit - read, 0)

    async def reserve(self, posts: int) -> Reserved:
        name, now = uuid4().hex, self._clock.now()
        held = await self._archive.write(
            api_usage.reserve, self._source, name, posts, limit=self._limit, now=now
        )
        return Reserved(name, now.date(), held)

    async def settle(self, reserved: Reserved, post_ids: Collection[str]) -> None:
        await self._archive.write(
            api_usage.settle,
            self._source,
            reserved.name,
            reserved.posts,
            reserved.day,
            post_ids,
            now=self._clock.now(),
        )
