"""X as a source over its loopback double, and a budget that is kept in memory."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from bot.clock import Clock
from bot.config import Secret, XSection
from bot.http import Http
from bot.sources import Budget, Reserved
from bot.sources.x import X
from tests.factories import made
from tests.services.x_posts import XPost, snowflake
from tests.services.xd import XD
from tests.sources.helpers import SINCE

PAPER = "https://arxiv.org/abs/2103.15691"


class MemoryBudget:
    """``limit`` posts per UTC day of ``clock``."""

    def __init__(self, limit: int, clock: Clock) -> None:
        self._limit = limit
        self._clock = clock
        self._read: set[tuple[date, str]] = set()
        self._reserved: list[Reserved] = []

    async def left(self) -> int:
        today = self._clock.now().date()
        held = sum(reserved.posts for reserved in self._reserved if reserved.day == today)
        return self._limit - held - sum(day == today for day, _ in self._read)

    async def reserve(self, posts: int) -> Reserved:
        reserved = Reserved("", self._clock.now().date(), min(posts, await self.left()))
        self._reserved.append(reserved)
        return reserved

    async def settle(self, reserved: Reserved, post_ids: Collection[str]) -> None:
        self._reserved.remove(reserved)
        self._read |= {(self._clock.now().date(), post_id) for post_id in post_ids}


def x_source(
    xd: XD,
    http: Http,
    clock: Clock,
    settings: XSection | None = None,
    *,
    budget: Budget | None = None,
    seconds: float = 30,
    token: str = "",
) -> X:
    section = replace(settings or XSection(), url=xd.url, oembed_url=xd.url)
    kept = budget or MemoryBudget(section.posts_per_day, clock)
    return X(http, clock, section, Secret(token or xd.token), kept, seconds=seconds)


def tweet(
    n: int,
    url: str = PAPER,
    *more: str,
    likes: int = 30,
    reposts: int = 10,
    at: datetime = SINCE,
    **changes: object,
) -> XPost:
    """The ``n``-th post since ``at``, one a minute."""
    at += timedelta(minutes=n)
    values = {"id": snowflake(at, n), "at": at, "urls": (url, *more), "author": f"person{n}"}
    return made(XPost, values | {"likes": likes, "reposts": reposts} | changes)
