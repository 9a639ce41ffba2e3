"""Counts by getPosts: 25 posts a request, no login."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import SourceError, Throttled, Unreachable
from bot.http import Http
from bot.models import Post
from bot.problems import Code, Problem
from bot.sources.bluesky.wire import Views, parse_views
from bot.sources.collector import Gathering

GATE = "bluesky"
PER_REQUEST = 25
# A young post may not have come to the AppView yet.
SETTLED = timedelta(minutes=15)


class Counts:
    """``url`` is the AppView's."""

    def __init__(self, http: Http, clock: Clock, url: str) -> None:
        self._http = http
        self._clock = clock
        self._url = f"{url.rstrip('/')}/xrpc/app.bsky.feed.getPosts"

    async def take(
        self, post_ids: Sequence[str], known: Mapping[str, Post], found: Gathering
    ) -> None:
        """Add posts with their counts of now; one of ``known`` that has none is missing.

        Goes on after an answer that is of no use, unless the next would be like it.
        """
        for start in range(0, len(post_ids), PER_REQUEST):
            some = post_ids[start : start + PER_REQUEST]
            if len(some) == 1 and start:
                # What is missing from an answer without others is not believed.
                some = post_ids[start - 1 : start + 1]
            try:
                views = await self._ask(some)
            except SourceError as error:
                found.fail(error)
                silent = isinstance(error, Unreachable) and error.status is None
                if silent or isinstance(error, Throttled):
                    return
                continue
            self._add(some, views, known, found)

    async def _ask(self, some: Sequence[str]) -> Views:
        params = [("uris", post_id) for post_id in some]
        answer = await self._http.get(self._url, params=params, gate=GATE)
        return await answer.parsed(parse_views, self._clock.now())

    def _add(
        self, some: Sequence[str], views: Views, known: Mapping[str, Post], found: Gathering
    ) -> None:
        found.skip(views.skipped)
        found.add(post for post in views.posts if post.post_id in some)
        if views.skipped:
            return
        missing = [
            post_id
            for post_id in some
            if post_id not in found.posts
            and post_id in known
            and _settled(known[post_id], self._clock.now())
        ]
        if views.posts:
            found.missing += missing
        elif missing:
            found.problems.append(Problem(Code.BLUESKY_HAD_NONE, posts=len(missing)))


def _settled(post: Post, now: datetime) -> bool:
    return post.posted_at <= now - SETTLED
