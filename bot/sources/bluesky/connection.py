"""One connection to Jetstream: what came on it and is not stored yet, and how far it is."""

import asyncio
import logging

import aiohttp

from bot.config import logs
from bot.errors import Malformed
from bot.models import Network, Post
from bot.problems import Code, Problem
from bot.sources.bluesky import coverage as spans
from bot.sources.bluesky.coverage import ReadSpan
from bot.sources.bluesky.wire import Deleted, may_matter, parse_frame, stamp

logger = logging.getLogger(__name__)


# Characters. A post has about 1,000; with four pictures and all their descriptions perhaps 40,000.
CHEAP = 8 * 2**10
LARGEST = 2**18


class Connection:
    """Almost every frame is thrown away undecoded; the time of the last one is read on demand."""

    def __init__(self, start: ReadSpan) -> None:
        self.start = start
        self.frames = 0
        self._posts: dict[str, Post] = {}
        self._deleted: set[str] = set()
        self._first: int | None = None
        self._last = ""
        self._at: int | None = None
        self._looked_at = 0
        self._quiet_since = asyncio.get_running_loop().time()

    async def read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Until the connection ends, for whatever reason.

        A frame is the last one, as far as which what was found is stored, once it was looked into.
        """
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            frame: str = message.data
            if len(frame) > CHEAP or may_matter(frame):
                await self._look_into(frame)
            self.frames += 1
            self._last = frame
            if self._first is None:
                self._first = stamp(frame)

    async def _look_into(self, frame: str) -> None:
        try:
            made = await _parsed(frame)
        except Malformed as error:
            logs.event(
                logger, logging.WARNING, "source.entry_skipped",
                source=Network.BLUESKY, entry=f"frame {self.frames + 1}", problem=error.problem,
            )  # fmt: skip
            return
        if isinstance(made, Deleted):
            self._posts.pop(made.post_id, None)
            self._deleted.add(made.post_id)
        elif made is not None:
            self._posts[made.post_id] = made
            self._deleted.discard(made.post_id)

    def handed_over(self) -> tuple[list[Post], set[str], ReadSpan | None]:
        """Posts, ids of deleted posts, and the span read when they are stored."""
        posts, deleted = list(self._posts.values()), self._deleted
        self._posts, self._deleted = {}, set()
        return posts, deleted, self.heard()

    def heard(self) -> ReadSpan | None:
        """None before the first frame."""
        first, last = self._first, self.at()
        if first is None or last is None:
            return None
        since = spans.read_since(self.start, first, last, self.frames)
        # The first frames repeat the last seconds before the start.
        return ReadSpan(since, max(last, self.start.at) if since == self.start.since else last)

    def at(self) -> int | None:
        """The time of the last frame."""
        self._at = (stamp(self._last) if self._last else None) or self._at
        return self._at

    def look(self) -> None:
        """Note whether anything came since the last look."""
        if self.frames != self._looked_at:
            self._looked_at = self.frames
            self._quiet_since = asyncio.get_running_loop().time()

    def quiet_for(self) -> float:
        """Seconds since a look that saw something new."""
        return asyncio.get_running_loop().time() - self._quiet_since

    def is_at_end(self, now: int) -> bool:
        """Whether a quiet stream has nothing left to send, rather than being stuck."""
        first, last = self._first, self.at()
        if first is None or last is None:
            return False
        return not spans.is_gap(now - last, last - first, self.frames)


async def _parsed(frame: str) -> Post | Deleted | None:
    """Raises Malformed. A large frame is judged and read in a thread."""
    if len(frame) > LARGEST:
        technical = f"a frame of more than {LARGEST:,} characters"
        raise Malformed(Problem(Code.ANSWER_UNREADABLE, service="Jetstream", technical=technical))
    if len(frame) > CHEAP:
        return await asyncio.to_thread(_if_it_matters, frame)
    return parse_frame(frame)


def _if_it_matters(frame: str) -> Post | Deleted | None:
    return parse_frame(frame) if may_matter(frame) else None
