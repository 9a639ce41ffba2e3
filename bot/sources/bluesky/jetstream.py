"""Jetstream: every post of the network as it is made (v1 ``/subscribe``), and again from a time on.

One connection, JSON frames, no key. Found posts are stored first and the place in the stream after
them, so whatever ends a connection, the next one takes up where nothing is missing. A post has no
likes when it is made: counts come from getPosts.

Deleted posts are dropped. Deleted accounts are not looked at: their posts are missing when they
are counted next, and dropped then.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.clock import Clock
from bot.config import logs
from bot.errors import HotpapersError, SourceError, Unreachable, own_fault
from bot.http import Http
from bot.models import Post
from bot.problems import Code, Problem
from bot.sources.bluesky import coverage as spans
from bot.sources.bluesky.connection import Connection
from bot.sources.bluesky.coverage import ReadSpan
from bot.sources.bluesky.wire import COLLECTION, instant, microseconds

logger = logging.getLogger(__name__)

GATE = "jetstream"
HANDSHAKE = 20.0  # seconds
# Bytes of a frame. The server is asked to leave out what is larger than the first; what is larger
# than the second ends the connection, and would come again with the next one.
LARGEST_WANTED = 2**20
LARGEST_TAKEN = 2**21


class Cursor(Protocol):
    """Keeps one text over restarts: the place in the stream."""

    async def get(self) -> str | None: ...

    async def put(self, value: str) -> None: ...


Keep = Callable[[Sequence[Post], Collection[str]], Awaitable[None]]
"""Stores found posts, and drops the deleted ones of these ids, most of which nobody has stored."""

Enough = Callable[[Connection], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """All in seconds. ``store``: how often what was found is stored, with the cursor.

    ``quiet``: after such a silence a replay is taken to be at its end. ``silence``: after this one
    a connection is given up. ``pause``: before connecting anew; it doubles up to ``longest``.
    """

    store: float = 5.0
    quiet: float = 5.0
    silence: float = 120.0
    pause: float = 1.0
    longest: float = 300.0
    look: float = 0.2


class JetstreamListener:
    """Either ``run()`` for as long as the program lives, or ``catch_up()`` now and then."""

    def __init__(
        self,
        http: Http,
        clock: Clock,
        url: str,
        cursor: Cursor,
        keep: Keep,
        *,
        pace: Pace | None = None,
    ) -> None:
        self._http = http
        self._clock = clock
        self._url = f"{url.rstrip('/')}/subscribe"
        self._cursor = cursor
        self._keep = keep
        self._pace = pace or Pace()
        self._turn = asyncio.Lock()
        self._kept: ReadSpan | None = None
        self._line: Connection | None = None
        self._at_end = 0
        self.running = False
        self.problem: Problem | None = None

    def heard(self) -> tuple[datetime, datetime] | None:
        """From when to when every post was seen; None before the first frame ever."""
        if self._line is not None:
            self._note_end(self._line)
        if self._kept is None:
            return None
        return instant(self._kept.since), instant(max(self._kept.at, self._at_end))

    async def run(self) -> None:
        """Listen until cancelled. Goes on where it, or an earlier run, was cut off."""
        self.running = True
        try:
            async with self._turn:
                await self._run()
        finally:
            self.running = False

    async def _run(self) -> None:
        pause = self._pace.pause
        while True:
            before = self._kept
            self.problem = await self._listen_once()
            pause = self._pace.pause if self._kept != before else pause
            logs.event(
                logger, logging.WARNING, "jetstream.lost", reason=self.problem, again_in_s=pause
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._pace.longest)

    async def _listen_once(self) -> Problem:
        """Returns why the connection ended, or did not come about."""
        try:
            start = spans.resume(await self._last(), None, self._clock.now())
            logs.event(logger, logging.INFO, "jetstream.connect", since=instant(start.at))
            await self._listen(start, self._keep, lambda it: it.quiet_for() > self._pace.silence)
        except HotpapersError as error:
            return error.problem
        except Exception as error:  # an edge: nothing may end the listening for good
            logs.event(logger, logging.ERROR, "jetstream.crashed", error=error)
            return own_fault(error)
        return Problem(Code.JETSTREAM_ENDED)

    async def catch_up(self, since: datetime, until: datetime, seconds: float) -> list[Post]:
        """Read up to ``until``, from where reading ended or else from ``since``, for ``seconds``.

        Returns the posts found and not deleted since; how far it came, ``heard()`` tells. Raises
        SourceError when no connection is to be had; one that breaks later is a ``problem``.
        """
        found: dict[str, Post] = {}

        async def keep(posts: Sequence[Post], deleted: Collection[str]) -> None:
            await self._keep(posts, deleted)
            found.update({post.post_id: post for post in posts})
            for post_id in deleted:
                found.pop(post_id, None)

        async with self._turn:
            start = spans.resume(await self._last(), min(since, until), self._clock.now())
            await self._replay(start, keep, microseconds(until), seconds)
        return list(found.values())

    async def _replay(self, start: ReadSpan, keep: Keep, until: int, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds

        def enough(line: Connection) -> bool:
            at = line.at() or 0
            quiet = line.quiet_for() > self._pace.quiet
            return at >= until - spans.SECOND or quiet or loop.time() >= end

        at = start
        self.problem = None
        try:
            while not await self._listen(at, keep, enough, min(seconds, HANDSHAKE)):
                if self._kept is None or self._kept.at <= at.at:
                    raise Unreachable(Problem(Code.JETSTREAM_ENDS_AT_ONCE))
                at = self._kept
        except SourceError as error:
            if at == start:
                raise
            self.problem = error.problem

    async def _last(self) -> ReadSpan | None:
        self._kept = self._kept or spans.decode(await self._cursor.get())
        return self._kept

    async def _listen(
        self,
        start: ReadSpan,
        keep: Keep,
        enough: Enough,
        handshake: float = HANDSHAKE,
    ) -> bool:
        """One connection. Returns whether it was enough, else it ended by itself."""
        params = {
            "wantedCollections": COLLECTION,
            "cursor": str(start.at - spans.REWIND),
            "maxMessageSizeBytes": str(LARGEST_WANTED),
        }
        async with self._http.websocket(
            self._url,
            params=params,
            max_bytes=LARGEST_TAKEN,
            gate=GATE,
            seconds_to_connect=handshake,
        ) as socket:
            line = self._line = Connection(start)
            reading = asyncio.create_task(line.read(socket))
            try:
                while not (reading.done() or enough(line)):
                    await self._wait(reading, line, enough)
                    await self._store(line, keep)
                was_enough = enough(line)
                self._note_end(line)
            finally:
                self._line = None
                reading.cancel()
                await asyncio.wait({reading})
            await self._store(line, keep)
        if not reading.cancelled():
            reading.result()
        return was_enough

    async def _wait(self, reading: asyncio.Task[None], line: Connection, enough: Enough) -> None:
        """Until it is time to store something."""
        loop = asyncio.get_running_loop()
        due = loop.time() + self._pace.store
        while loop.time() < due and not (reading.done() or enough(line)):
            await asyncio.wait({reading}, timeout=min(self._pace.look, self._pace.store))
            line.look()

    async def _store(self, line: Connection, keep: Keep) -> None:
        posts, deleted, span = line.handed_over()
        if posts or deleted:
            await keep(posts, deleted)
        if span is None:
            return
        # Jetstream would take a cursor in the future for none.
        now = microseconds(self._clock.now())
        span = ReadSpan(min(span.since, now), min(span.at, now))
        if span != self._kept:
            await self._cursor.put(spans.encode(span))
        self._kept = span
        self.problem = None

    def _note_end(self, line: Connection) -> None:
        """A stream that has nothing more to send has been heard up to now."""
        now = microseconds(self._clock.now())
        if line.quiet_for() > self._pace.quiet and line.is_at_end(now):
            self._at_end = now
