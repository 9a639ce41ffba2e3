"""Mastodon as a source of posts.

There is no search by link without a user's token, so posts are found by the hashtags that go with
papers, on a few servers, which know the posts that their people follow. 300 requests in five
minutes for an address; the limit's end is told as an ISO date. A server may show its timelines
to its members only (401, by some versions 422).
"""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from bot.clock import Clock
from bot.config import MastodonSection
from bot.errors import Refused, SourceError, Throttled, Unreachable
from bot.http import Http
from bot.models import Network, Post
from bot.problems import Code, Problem
from bot.sources import Collected, Wanted
from bot.sources.collector import Gathering
from bot.sources.decoding import Skipped
from bot.sources.disabled import Off
from bot.sources.mastodon.wire import Timeline, next_page, parse_status, parse_timeline

PER_PAGE = 40
MAX_PAGES = 60  # of one tag on one server
MAX_LOOKUPS = 50
TIMELINES_SHARE = 0.8  # of the time; the rest is for posts that no timeline shows
GATE = "mastodon"
MEMBERS_ONLY = (401, 403, 422)
GONE = (404, 410)

NEVER = datetime.min.replace(tzinfo=UTC)

_OWN_ID = re.compile(r"/statuses/([0-9]+)$")


class Mastodon:
    """A PostSource. A post that several servers know counts once, with the highest counts seen.

    ``seconds`` bounds a collection. Servers are asked side by side.
    """

    network = Network.MASTODON

    def __init__(
        self, http: Http, clock: Clock, settings: MastodonSection, *, seconds: float = 270.0
    ) -> None:
        self._http = http
        self._clock = clock
        self._servers = tuple(dict.fromkeys(url.rstrip("/") for url in settings.servers))
        self._tags = tuple(dict.fromkeys(tag.lstrip("#").lower() for tag in settings.tags))
        self._seconds = seconds
        self._ids: dict[str, tuple[str, str]] = {}  # where a post is known by which id

    async def collect(self, wanted: Wanted) -> Collected:
        if not self._servers or not self._tags:
            reason = Problem(Code.MASTODON_NOTHING_TO_ASK)
            return await Off(self.network, reason, self._clock).collect(wanted)
        run = _Run(self._http, self._clock, self._tags, self._ids, wanted)
        now = asyncio.get_running_loop().time()
        with self._http.counting() as count:
            await run.timelines(self._servers, now + self._seconds * TIMELINES_SHARE)
            await run.lookups(self._servers, now + self._seconds)
        run.leave_out_unlinked()
        return run.found.collected(self._clock.now(), count.requests)


class _Run:
    """One collection."""

    def __init__(
        self,
        http: Http,
        clock: Clock,
        tags: tuple[str, ...],
        ids: dict[str, tuple[str, str]],
        wanted: Wanted,
    ) -> None:
        self._http = http
        self._clock = clock
        self._tags = tags
        self._ids = ids
        self._wanted = wanted
        self._known = {p.post_id: p for p in wanted.known if p.network is Network.MASTODON}
        self._dropped = [uri for network, uri in wanted.dropped if network is Network.MASTODON]
        self._dead: set[str] = set()
        self._has_posts: set[str] = set()  # servers that showed any
        self._edited: dict[str, datetime] = {}
        self.found = Gathering(Network.MASTODON)

    async def timelines(self, servers: tuple[str, ...], end: float) -> None:
        errors = await asyncio.gather(*(self._server(server, end) for server in servers))
        failed = [error for error in errors if error is not None]
        for error in failed:
            if len(failed) == len(servers):
                self.found.fail(error)
            else:
                self.found.problems.append(error.problem)
        if failed:
            # The server that is missing may have been the one that knew most.
            known_too = self._known.keys() & self.found.posts.keys()
            self._add((self._known[uri] for uri in known_too), {})

    async def _server(self, server: str, end: float) -> SourceError | None:
        """All tags of one server; what goes wrong ends it, and is its own business."""
        try:
            async with asyncio.timeout_at(end):
                for tag in self._tags:
                    await self._timeline(server, tag)
        except TimeoutError:
            problem = Problem(Code.HOST_NOT_FINISHED_IN_TIME, host=_host(server))
            error: SourceError = Unreachable(problem)
        except SourceError as refusal:
            error = _told(server, refusal)
        else:
            return None
        self._dead.add(server)
        return error

    async def _timeline(self, server: str, tag: str) -> None:
        """Newest first, to the beginning of the window. Every page names a next one."""
        max_id: str | None = None
        seen: set[str | None] = {None}
        for _ in range(MAX_PAGES):
            page, max_id = await self._page(server, tag, max_id)
            self.found.skip(page.skipped)
            if page.rows:
                self._has_posts.add(server)
            self._add((post for post in page.posts if self._is_wanted(post)), page.edits)
            self._ids |= {
                post.post_id: (server, page.ids[post.post_id])
                for post in page.posts
                if post.arxiv_ids or post.post_id in self._known
            }
            is_older = page.newest is not None and page.newest < self._wanted.since
            if not page.rows or is_older or max_id in seen:
                return
            seen.add(max_id)
        self.found.problems.append(
            Problem(Code.MASTODON_TAG_TOO_LONG, host=_host(server), tag=tag, pages=MAX_PAGES)
        )

    async def _page(self, server: str, tag: str, max_id: str | None) -> tuple[Timeline, str | None]:
        params = {"limit": str(PER_PAGE)} | ({"max_id": max_id} if max_id else {})
        url = f"{server}/api/v1/timelines/tag/{quote(tag, safe='')}"
        answer = await self._http.get(url, params=params, gate=GATE)
        page = await answer.parsed(parse_timeline, server, self._clock.now())
        return page, next_page(answer.headers.get("Link", ""))

    def _is_wanted(self, post: Post) -> bool:
        """Whether it links a paper is seen when every server has shown its edit."""
        in_window = self._wanted.since <= post.posted_at < self._wanted.until
        return in_window or post.post_id in self._known

    def _add(self, posts: Iterable[Post], edits: Mapping[str, datetime]) -> None:
        """Servers know different shares of the truth, so the highest counts are the nearest, and
        of what a post says the newest edit."""
        for post in posts:
            other = self.found.posts.get(post.post_id, post)
            edited = edits.get(post.post_id, NEVER)
            is_newer = edited > self._edited.get(post.post_id, NEVER)
            if is_newer:
                self._edited[post.post_id] = edited
            self.found.add(
                [
                    replace(
                        post if is_newer else other,
                        reposts=max(post.reposts, other.reposts),
                        likes=max(post.likes, other.likes),
                        replies=max(post.replies, other.replies),
                    )
                ]
            )

    async def lookups(self, servers: tuple[str, ...], end: float) -> None:
        """Count known posts that no timeline shows any more, where a server is known to know them.

        A post of another server that this program has not seen since it was started cannot be
        asked for without a user's token; its counts stay as they were. A server that has no post
        at all may have lost them: what is missing there is not noted.
        """
        missing = [uri for uri in (*self._known, *self._dropped) if uri not in self.found.posts]
        places = {uri: place for uri in missing if (place := self._place(uri, servers))}
        try:
            async with asyncio.timeout_at(end):
                for number, (uri, (server, local)) in enumerate(places.items()):
                    if number == MAX_LOOKUPS:
                        self.found.problems.append(
                            Problem(Code.OLDER_POSTS_NOT_COUNTED, limit=MAX_LOOKUPS)
                        )
                        return
                    if server not in self._dead:
                        await self._lookup(uri, server, local)
        except TimeoutError:
            self.found.problems.append(Problem(Code.NO_TIME_FOR_OLDER_POSTS))

    def leave_out_unlinked(self) -> None:
        """Of the posts that link no paper only those that are known to have linked one matter."""
        self.found.posts = {
            uri: post
            for uri, post in self.found.posts.items()
            if post.arxiv_ids or uri in self._known
        }

    def _place(self, uri: str, servers: tuple[str, ...]) -> tuple[str, str] | None:
        """A server that knows the post, and its id there; the post's own server knows most."""
        own = _OWN_ID.search(uri)
        home = next((s for s in servers if _host(s) == urlsplit(uri).netloc), None)
        return (home, own[1]) if own and home else self._ids.get(uri)

    async def _lookup(self, uri: str, server: str, local: str) -> None:
        try:
            answer = await self._http.get(f"{server}/api/v1/statuses/{local}", gate=GATE)
            post = await answer.parsed(parse_status, server, self._clock.now())
        except SourceError as error:
            if error.status in GONE:
                if server in self._has_posts and uri in self._known:
                    self.found.missing.append(uri)
                return
            self.found.problems.append(_told(server, error).problem)
            self._dead.add(server)
            return
        if isinstance(post, Skipped):
            self.found.skip([post])
        elif post.post_id == uri:
            self._add([post], {})


def _told(server: str, error: SourceError) -> SourceError:
    """The same, with the server's name and what it wants."""
    host = _host(server)
    if isinstance(error, Refused) and error.status in MEMBERS_ONLY:
        problem = Problem(Code.MASTODON_MEMBERS_ONLY, host=host, status=error.status)
        return Refused(problem, url=error.url, status=error.status)
    if isinstance(error, Throttled) and error.retry_at is not None:
        problem = Problem(Code.ASKED_TO_WAIT, service=host, until=error.retry_at)
        return Throttled(problem, url=error.url, status=error.status, retry_at=error.retry_at)
    if host in error.problem.arguments.values():
        return error
    return type(error)(Problem(Code.OF_SERVER, host=host, problem=error.problem), url=error.url)


def _host(server: str) -> str:
    return urlsplit(server).netloc
