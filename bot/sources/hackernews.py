"""Hacker News, by Algolia's search (hn.algolia.com/api): stories whose link is a paper.

No key. One query finds the links of one site, and papers are linked on several. A query reaches at
most 1,000 hits (algolia/hn-search#230), so a window with more is cut in halves. ``points`` is
refused as a numeric filter since 2026, so points are judged here. They start at 1, the submitter's
own: a story with one point has had no interest and is not kept.

The searches find new stories and count the known ones of the same window again. Known stories
from before the window are asked for by their tags ``story_ID``, many in one request. A story that
the index does not show is not taken for deleted: the index also has gaps.
"""

import asyncio
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from bot.clock import Clock
from bot.config import HackerNewsSection
from bot.errors import SourceError
from bot.http import Http
from bot.models import Network, Post
from bot.problems import Code, Problem
from bot.sources import Collected, Wanted
from bot.sources.collector import Gathering, not_finished
from bot.sources.decoding import Count, Seconds, Skipped, Text, each, linked, whole

# By words of the link; the first finds most, so it comes first.
SITES = ("arxiv.org", "alphaxiv.org", "huggingface.co/papers", "ar5iv", "10.48550/arxiv")
REACHABLE = 1000  # hits that any one query can reach
PER_PAGE = 100
MAX_REQUESTS = 100  # for one site; of the 10,000 an hour that Algolia allows an address
SHORTEST_SLICE = timedelta(minutes=10)
TAGS_PER_REQUEST = 50
NO_INTEREST = 1


class _Hit(msgspec.Struct):
    story: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,19}$")] = msgspec.field(name="objectID")
    created: Seconds = msgspec.field(name="created_at_i")
    url: str | None = None
    title: Text | None = None
    author: str | None = None
    points: Count | None = None
    comments: Count | None = msgspec.field(name="num_comments", default=None)


class _Answer(msgspec.Struct):
    hits: list[msgspec.Raw]
    total: Count = msgspec.field(name="nbHits")


@dataclass(frozen=True, slots=True)
class Stories:
    """One page. ``posts`` are the stories that link a paper, ``stories`` the ids of all read.

    ``total`` is how many hits the query has on all pages.
    """

    posts: tuple[Post, ...]
    stories: frozenset[str]
    total: int
    skipped: tuple[Skipped, ...]


def parse_search(body: bytes, counted_at: datetime) -> Stories:
    """An answer of ``/api/v1/search_by_date``. Raises Malformed.

    Text posts have no url and link nothing. A story without points is not known to have none, so
    it is left out rather than counted as zero.
    """
    answer = whole(body, _Answer, "Hacker News (Algolia)")
    hits, skipped = each(answer.hits, _Hit, "objectID")
    posts = [post for hit in hits if (post := _post(hit, counted_at))]
    return Stories(tuple(posts), frozenset(hit.story for hit in hits), answer.total, tuple(skipped))


def _post(hit: _Hit, counted_at: datetime) -> Post | None:
    found = linked(hit.url or "")
    if not found or hit.points is None:
        return None
    return Post(
        network=Network.HACKERNEWS,
        post_id=hit.story,
        url=f"https://news.ycombinator.com/item?id={hit.story}",
        author=hit.author or "",
        author_id=hit.author or "",
        posted_at=datetime.fromtimestamp(hit.created, UTC),
        counted_at=counted_at,
        reposts=0,
        likes=hit.points,
        replies=hit.comments or 0,
        arxiv_ids=found,
        text=hit.title,
    )


class HackerNews:
    """A PostSource. Points are likes; there are no reposts. ``seconds`` bounds a collection."""

    network = Network.HACKERNEWS

    def __init__(
        self, http: Http, clock: Clock, settings: HackerNewsSection, *, seconds: float = 270.0
    ) -> None:
        self._http = http
        self._clock = clock
        self._url = f"{settings.url.rstrip('/')}/api/v1/search_by_date"
        self._seconds = seconds

    async def collect(self, wanted: Wanted) -> Collected:
        found = Gathering(self.network)
        known = {post.post_id: post for post in wanted.known if post.network is self.network}
        with self._http.counting() as count:
            try:
                async with asyncio.timeout(self._seconds):
                    for site in SITES:
                        await self._search(site, wanted, found)
                    missing = [story for story in known if story not in found.posts]
                    await self._recount(missing, found)
            except TimeoutError:
                found.fail(not_finished("Hacker News", self._seconds))
            except SourceError as error:
                found.fail(error)
        found.posts = {
            story: post
            for story, post in found.posts.items()
            if post.likes > NO_INTEREST or story in known
        }
        return found.collected(self._clock.now(), count.requests)

    async def _search(self, site: str, wanted: Wanted, found: Gathering) -> None:
        """Every slice of the window, newest first; one with too many hits is cut in halves."""
        slices = [(wanted.since, wanted.until)]
        for _ in range(MAX_REQUESTS):
            if not slices:
                return
            start, end = slices.pop()
            filters = f"created_at_i>={_seconds(start)},created_at_i<{_seconds(end)}"
            where = {
                "tags": "story",
                "query": site,
                "restrictSearchableAttributes": "url",
                "numericFilters": filters,
            }
            page = await self._page(where, 0)
            if page.total >= REACHABLE and end - start > SHORTEST_SLICE:
                middle = start + (end - start) / 2
                slices += [(start, middle), (middle, end)]
                continue
            await self._rest(where, page, found)
        if slices:
            before = slices[-1][1]
            found.problems.append(
                Problem(Code.STORIES_MISSING, requests=MAX_REQUESTS, before=before)
            )

    async def _rest(self, where: dict[str, str], page: Stories, found: Gathering) -> None:
        """This page and those after it. A page with nothing new is the end, whatever it says."""
        seen: frozenset[str] = frozenset()
        for number in range(1, REACHABLE // PER_PAGE + 1):
            found.skip(page.skipped)
            found.add(page.posts)
            if page.stories <= seen and not page.skipped:
                return
            seen |= page.stories
            if number * PER_PAGE >= page.total:
                return
            if number * PER_PAGE < REACHABLE:
                page = await self._page(where, number)
        found.problems.append(
            Problem(Code.STORIES_OUT_OF_REACH, limit=REACHABLE, stories=page.total)
        )

    async def _recount(self, stories: Sequence[str], found: Gathering) -> None:
        for some in _batches(stories, TAGS_PER_REQUEST):
            tags = f"story,({','.join(f'story_{story}' for story in some)})"
            page = await self._page({"tags": tags}, 0)
            found.skip(page.skipped)
            found.add(post for post in page.posts if post.post_id in some)

    async def _page(self, where: dict[str, str], number: int) -> Stories:
        paging = {"hitsPerPage": str(PER_PAGE), "page": str(number)}
        answer = await self._http.get(self._url, params=where | paging, gate="hackernews")
        return await answer.parsed(parse_search, self._clock.now())


def _batches(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def _seconds(instant: datetime) -> int:
    """Rounded up, so that a window begins inside itself and two windows share nothing."""
    return math.ceil(instant.timestamp())
