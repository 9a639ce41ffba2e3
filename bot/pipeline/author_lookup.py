"""Who wrote the posts that will be shown: asked for those few only.

X bills every name that comes with a page of posts, and gives one post's author and text by oEmbed
for nothing (docs.x.com: x-for-websites/oembed-api). A post that is gone is dropped with its counts.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from itertools import chain

from sqlite_utils import Database

from bot.clock import Clock
from bot.config import Settings, logs
from bot.errors import SourceError
from bot.models import Network, Post
from bot.sources.x import Embedded
from bot.store import Archive, missing_posts, posts, standings

logger = logging.getLogger(__name__)

# The address of a post -> what is known of it, or None when it is gone. Raises SourceError.
Lookup = Callable[[str], Awaitable[Embedded | None]]

SHOWN_OF_A_PAPER = 3
MAX_POSTS = 90
AT_ONCE = 4


async def run(
    archive: Archive, settings: Settings, clock: Clock, lookup: Lookup, day: date
) -> bool:
    """Name the shown posts of ``day`` that have no author; whether a post turned out to be gone.

    Never raises for what X did: a post keeps its address without a name.
    """
    unnamed = await archive.read(_unnamed, day, settings.ranking.bar)
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(post: Post) -> Post | None:
        async with turn:
            found = await lookup(post.url)
        if found is None:
            return None
        return replace(
            post,
            author=found.handle,
            author_name=found.author_name,
            url=f"https://x.com/{found.handle}/status/{post.post_id}" if found.handle else post.url,
            text=found.text,
        )

    try:
        async with asyncio.timeout(settings.sources.seconds_per_source):
            named = await asyncio.gather(*map(one, unnamed))
    except (TimeoutError, SourceError) as error:
        logs.event(logger, logging.WARNING, "naming.failed", day=day, error=error)
        return False
    answered = [post for post in named if post is not None]
    await archive.write(posts.save, answered)
    # If every post seems gone, it is the service that is not there.
    gone = [post.post_id for post, found in zip(unnamed, named, strict=True) if found is None]
    if not answered or not gone:
        return False
    await archive.write(missing_posts.drop, Network.X, gone, at=clock.now())
    return True


def _unnamed(db: Database, day: date, bar: float) -> list[Post]:
    above = standings.with_posts(db, standings.between(db, day, day, min_score=bar))
    posts = chain.from_iterable(ranked.posts[:SHOWN_OF_A_PAPER] for ranked in above)
    unnamed = {p.post_id: p for p in posts if p.network is Network.X and not p.author}
    return [post for post in unnamed.values() if isinstance(post, Post)][:MAX_POSTS]
