"""Bluesky as a source of posts."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from bot.clock import Clock
from bot.config import BlueskySection, Secret
from bot.errors import SourceError, Unreachable
from bot.http import Http
from bot.models import Network, Post
from bot.problems import Code, Problem
from bot.sources import Collected, Wanted
from bot.sources.bluesky.counts import Counts
from bot.sources.bluesky.jetstream import JetstreamListener
from bot.sources.bluesky.search import Search
from bot.sources.bluesky.session import Session
from bot.sources.collector import Gathering, not_finished
from bot.sources.disabled import Off

# Clocks differ, and posts take a moment.
SLACK = timedelta(minutes=2)
REPLAY_SHARE = 0.6  # of the time; the rest is for counting
_PROFILES = "https://bsky.app/profile/"
# Bluesky shows handles with an @, and puts marks of direction around those that are copied there.
_AROUND_HANDLE = "@ \t\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


class Bluesky:
    """A PostSource. Finds by Jetstream and by search, whichever there is; counts by getPosts.

    Where the listener is running, the posts it stored come as ``Wanted.known``; otherwise it
    catches up here, as far as the time allows. ``seconds`` bounds a collection.
    """

    network = Network.BLUESKY

    def __init__(
        self,
        http: Http,
        clock: Clock,
        settings: BlueskySection,
        app_password: Secret,
        listener: JetstreamListener | None,
        *,
        seconds: float = 270.0,
    ) -> None:
        self._http = http
        self._clock = clock
        self._listener = listener
        self._counts = Counts(http, clock, settings.appview_url)
        self._search = None
        if settings.handle and app_password:
            handle = settings.handle.strip(_AROUND_HANDLE).removeprefix(_PROFILES)
            session = Session(http, clock, settings.pds_url, handle, app_password)
            self._search = Search(session, clock)
        self._seconds = seconds

    async def collect(self, wanted: Wanted) -> Collected:
        known = {post.post_id: post for post in wanted.known if post.network is self.network}
        found = Gathering(self.network)
        if self._search is None and self._listener is None:
            nothing = Problem(Code.BLUESKY_NOTHING_TO_ASK)
            if not known:
                return await Off(self.network, nothing, self._clock).collect(wanted)
            found.problems.append(nothing)
        with self._http.counting() as count:
            try:
                async with asyncio.timeout(self._seconds):
                    await self._collect(wanted, known, found)
            except TimeoutError:
                found.fail(not_finished("Bluesky", self._seconds))
        return found.collected(self._clock.now(), count.requests)

    async def _collect(self, wanted: Wanted, known: Mapping[str, Post], found: Gathering) -> None:
        new = await self._find(wanted, found)
        new.sort(key=lambda post: wanted.arxiv_ids.isdisjoint(post.arxiv_ids))
        dropped = [post_id for network, post_id in wanted.dropped if network is self.network]
        post_ids = dict.fromkeys([*known, *(post.post_id for post in new), *dropped])
        uncounted = [post_id for post_id in post_ids if post_id not in found.posts]
        await self._counts.take(uncounted, known, found)

    async def _find(self, wanted: Wanted, found: Gathering) -> list[Post]:
        """Posts that still have to be counted; those with counts are added to ``found``."""
        errors: list[SourceError] = []
        before = await self._by_search(wanted, found, errors)
        searched = self._search is not None and not errors
        new = await self._by_jetstream(wanted, found, errors, searched=searched)
        finders = (self._search is not None) + (self._listener is not None)
        for error in errors:
            if len(errors) == finders:
                found.fail(error)
            else:
                found.problems.append(error.problem)
        return [*before, *new]

    async def _by_search(
        self, wanted: Wanted, found: Gathering, errors: list[SourceError]
    ) -> list[Post]:
        if self._search is None:
            return []
        try:
            return await self._search.find(wanted.since, wanted.until, found)
        except SourceError as error:
            errors.append(error)
            return []

    async def _by_jetstream(
        self, wanted: Wanted, found: Gathering, errors: list[SourceError], *, searched: bool
    ) -> list[Post]:
        """What was not heard does not matter in a window that was searched."""
        if self._listener is None:
            return []
        try:
            new = await self._hear(self._listener, wanted)
        except SourceError as error:
            errors.append(error)
            return []
        if not searched:
            found.problems += _unheard(self._listener, wanted)
        return new

    async def _hear(self, listener: JetstreamListener, wanted: Wanted) -> list[Post]:
        if not listener.running:
            seconds = self._seconds * REPLAY_SHARE
            return await listener.catch_up(wanted.since, wanted.until, seconds)
        if listener.problem and listener.heard() is None:
            raise Unreachable(listener.problem)
        return []


def _unheard(listener: JetstreamListener, wanted: Wanted) -> list[Problem]:
    """What part of the window nobody has listened to."""
    heard, problem = listener.heard(), listener.problem
    if heard is None:
        return [Problem(Code.JETSTREAM_NOT_HEARD_YET, problem=problem)]
    since, until = heard
    missing = []
    if since > wanted.since + SLACK:
        missing.append(Problem(Code.JETSTREAM_HEARD_FROM, since=since))
    if until < wanted.until - SLACK:
        missing.append(Problem(Code.JETSTREAM_READ_UP_TO, until=until, problem=problem))
    return missing
