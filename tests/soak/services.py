"""Every service on the loopback address, with papers of some days and people who talk of them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from tests.services.arxiv_world import World, invent
from tests.services.arxivd import ArxivD
from tests.services.base import Service, answers
from tests.services.bsky_posts import BskyPost
from tests.services.bskyd import BskyD
from tests.services.hfd import DailyPaper, HfD
from tests.services.hnd import HnD, Story
from tests.services.mastodond import MastodonD, Toot
from tests.services.x_posts import XPost, snowflake
from tests.services.xd import XD
from tests.soak.clock import FastClock

PAPERS = 800
CATEGORIES = ("cs.AI cs.LG", "cs.CL", "cs.CV cs.AI", "stat.ML cs.LG", "cs.RO")


@dataclass
class Town:
    """All services; ``talk`` lets a minute of the day pass in them."""

    clock: FastClock
    arxiv: ArxivD
    x: XD
    bluesky: BskyD
    mastodon: MastodonD
    hackernews: HnD
    huggingface: HfD
    ids: list[str]
    random: Random = field(default_factory=lambda: Random(8))
    said: int = 0

    @property
    def all(self) -> tuple[Service, ...]:
        return (
            self.arxiv, self.x, self.bluesky, self.mastodon, self.hackernews, self.huggingface,
        )  # fmt: skip

    async def talk(self, at: datetime) -> None:
        """What people post in a minute: mostly about few papers, as they do."""
        for _ in range(3):
            await self._post(at)
        for service in self.all:
            service.requests.clear()

    async def _post(self, at: datetime) -> None:
        self.said = n = self.said + 1
        link = f"https://arxiv.org/abs/{self._liked()}"
        likes, person = int(self.random.paretovariate(0.9)), f"person{n % 500}"
        await self.bluesky.publish(
            BskyPost(at=at, links=(link,), handle=f"{person}.test", likes=likes, n=n % 1000)
        )
        if likes > 8:
            reposts, post_id = likes // 3, snowflake(at, n % 4096)
            self.x.add(
                XPost(id=post_id, at=at, urls=(link,), author=person, likes=likes, reposts=reposts)
            )
        if n % 5 == 0:
            self.mastodon.toots.append(Toot(id=10**17 + n, at=at, links=(link,), favourites=4))
        if n % 60 == 0:
            self.hackernews.stories.append(Story(n, "An invented story", at, url=link, points=60))

    def _liked(self) -> str:
        return self.ids[min(int(self.random.paretovariate(0.6)), len(self.ids)) - 1]

    def break_down(self, *, broken: bool) -> None:
        """Hacker News answers nothing for a while."""
        self.hackernews.heal()
        if broken:
            self.hackernews.fail("*", answers(503).times(None))


@asynccontextmanager
async def town(clock: FastClock, days: list[date]) -> AsyncIterator[Town]:
    world = World()
    for day in days:
        world.add(*invent(PAPERS, day, CATEGORIES))
    ids = [paper.id for day in days for paper in invent(PAPERS, day, CATEGORIES)]
    made = Town(
        clock,
        arxiv=ArxivD(world, clock),
        x=XD((), clock),
        bluesky=BskyD((), clock),
        mastodon=MastodonD((), clock),
        hackernews=HnD((), clock),
        huggingface=HfD([DailyPaper(one, days[0], upvotes=12) for one in ids[:30]], clock),
        ids=ids,
    )
    async with AsyncExitStack() as stack:
        for service in made.all:
            await stack.enter_async_context(service)
        yield made


def settings(made: Town) -> str:
    """Where everything is, as TOML."""
    arxiv, x = made.arxiv.url, made.x.url
    return f"""
[bot]
contact = "soak@example.org"
[archive]
path = "archive.db"
[arxiv]
categories = ["cs.AI", "cs.CL", "cs.CV", "cs.LG", "cs.RO", "stat.ML"]
feed_url = "{arxiv}"
listing_url = "{arxiv}"
oai_url = "{arxiv}"
api_url = "{arxiv}"
seconds_between_requests = 0
seconds_between_pages = 0
[http]
tries = 2
backoff_seconds = 0.1
[sources.x]
url = "{x}"
oembed_url = "{x}"
[sources.bluesky]
appview_url = "{made.bluesky.url}"
pds_url = "{made.bluesky.url}"
jetstream_url = "{made.bluesky.jetstream_url}"
[sources.mastodon]
servers = ["{made.mastodon.url}"]
[sources.hackernews]
url = "{made.hackernews.url}"
[sources.huggingface]
url = "{made.huggingface.url}"
[watch]
port = 0
"""
