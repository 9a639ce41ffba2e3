"""Counts by getPosts: 25 posts a request, no login."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
        self, posts: Sequence[Post], known: Mapping[str, Post], found: Gathering
    ) -> None:
        """Add ``posts`` with their counts of now; a missing one of ``known`` is gone.

        Goes on after an answer that is of no use, unless the next would be like it.
        """
        for start in range(0, len(posts), PER_REQUEST):
            some = posts[start : start + PER_REQUEST]
            try:
                views = await self._ask(some)
            except SourceError as error:
                found.fail(error)
                silent = isinstance(error, Unreachable) and error.status is None
                if silent or isinstance(error, Throttled):
                    return
                continue
            self._add(some, views, known, found)

    async def _ask(self, some: Sequence[Post]) -> Views:
        params = [("uris", post.post_id) for post in some]
        answer = await self._http.get(self._url, params=params, gate=GATE)
        return await answer.parsed(parse_views, self._clock.now())

    def _add(
        self, some: Sequence[Post], views: Views, known: Mapping[str, Post], found: Gathering
    ) -> None:
        asked = {post.post_id: post for post in some}
        found.skip(views.skipped)
        found.add(
            # A quoted post may have been deleted since; the paper was linked all the same.
            post if post.arxiv_ids else replace(post, arxiv_ids=asked[post.post_id].arxiv_ids)
            for post in views.posts
            if post.post_id in asked
        )
        missing = [post for post in some if post.post_id not in found.posts]
        if len(missing) == PER_REQUEST:
            found.problems.append(Problem(Code.BLUESKY_HAD_NONE, posts=PER_REQUEST))
        elif not views.skipped:
            found.gone += [post.post_id for post in missing if self._is_gone(post, known)]

    def _is_gone(self, post: Post, known: Mapping[str, Post]) -> bool:
        return post.post_id in known and _settled(post, self._clock.now())


def _settled(post: Post, now: datetime) -> bool:
    return post.posted_at <= now - SETTLED
