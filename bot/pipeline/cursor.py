"""What a listener keeps in the archive: its place in the stream, and the posts it found."""

from collections.abc import Collection, Sequence

from bot.clock import Clock
from bot.models import Network, Post
from bot.store import Archive, meta, missing_posts, posts


class StoredCursor:
    """``key`` names the value in the archive, such as ``jetstream``."""

    def __init__(self, archive: Archive, key: str, clock: Clock) -> None:
        self._archive = archive
        self._key = f"cursor:{key}"
        self._clock = clock

    async def get(self) -> str | None:
        return await self._archive.read(meta.get, self._key)

    async def put(self, value: str) -> None:
        await self._archive.write(meta.put, self._key, value, now=self._clock.now())


class FoundPosts:
    """Called with posts to store and with ids of posts that were deleted, known here or not."""

    def __init__(self, archive: Archive, network: Network, clock: Clock) -> None:
        self._archive = archive
        self._network = network
        self._clock = clock

    async def __call__(self, found: Sequence[Post], deleted: Collection[str]) -> None:
        if deleted:
            now = self._clock.now()
            await self._archive.write(missing_posts.drop, self._network, deleted, at=now)
        if found:
            await self._archive.write(posts.save_heard, found)
