"""The budget of a source that bills by the post, kept in the archive."""

from collections.abc import Collection

from bot.clock import Clock
from bot.store import Archive, usage


class StoredBudget:
    """``limit`` posts per UTC day. A restart does not forget what was read."""

    def __init__(self, archive: Archive, source: str, limit: int, clock: Clock) -> None:
        self._archive = archive
        self._source = source
        self._limit = limit
        self._clock = clock

    async def left(self) -> int:
        read = await self._archive.read(usage.read_today, self._source, now=self._clock.now())
        return max(self._limit - read, 0)

    async def spend(self, post_ids: Collection[str]) -> int:
        return await self._archive.write(usage.note, self._source, post_ids, now=self._clock.now())
