"""Jetstream's frames on one core, against decoding every frame and against the live rate.

Two rows: judging frames that are already in memory, and the whole way of a replay over a loopback
websocket into a (memory) store. Seconds are those of this thread's CPU, so the double that sends,
in a thread of its own, costs the figure nothing.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.row import Row
from bot.clock import ManualClock
from bot.errors import Malformed
from bot.http import Http
from bot.models import Post
from bot.sources.bluesky import JetstreamListener
from bot.sources.bluesky.wire import may_matter, parse_frame
from tests.services.base import in_thread
from tests.services.bsky_posts import BskyPost
from tests.services.bskyd import BskyD

LIVE = 2_200_000 / 86_400  # posts a second, 2026
GOAL = 20 * LIVE
FRAMES = 40_000
START = datetime(2026, 11, 18, tzinfo=UTC)
TEXT = (
    "the a of and to in is it you that was for on are with as they at be this from have or by one "
    "猫 が かわいい bom dia pessoal größer straße über café naïve élan wow lol coffee morning paper"
)


def measure() -> list[Row]:
    service = BskyD(_posts(), ManualClock(START + timedelta(days=1)))
    frames = [frame for _, frame in service.events]
    every = _rate(frames, _decode)
    judged = _rate(frames, lambda frame: may_matter(frame) and _decode(frame))
    with in_thread(service):
        read = asyncio.run(_replay(service))
    return [
        Row("Jetstream: frames judged, against decoding every one", judged, "frames/s",
            baseline=every, goal=every, met=judged >= every),
        Row("Jetstream: frames replayed, against the live rate", read, "frames/s",
            baseline=LIVE, goal=GOAL, met=read >= GOAL),
    ]  # fmt: skip


def _posts() -> list[BskyPost]:
    """A stream of which one post in 500 links a paper, and one in four has a card."""
    random, words = Random(2026), TEXT.split()
    return [
        BskyPost(
            at=START + timedelta(milliseconds=40 * n),
            text=" ".join(random.choices(words, k=random.randint(2, 45))),
            links=(f"https://arxiv.org/abs/2611.{n % 20000 + 1:05}",) if n % 500 == 0 else (),
            card=f"https://example.org/story/{n}" if n % 4 == 1 else None,
            handle=f"person{n % 5000}.test",
        )
        for n in range(FRAMES)
    ]


def _decode(frame: str) -> object:
    try:
        return parse_frame(frame)
    except Malformed:
        return None


def _rate(frames: Sequence[str], look: Callable[[str], object]) -> float:
    start = time.thread_time()
    for frame in frames:
        look(frame)
    return len(frames) / (time.thread_time() - start)


class _Memory:
    value: str | None = None

    async def get(self) -> str | None:
        return self.value

    async def put(self, value: str) -> None:
        self.value = value


async def _replay(service: BskyD) -> float:
    found = 0

    async def keep(posts: Sequence[Post], deleted: Collection[str]) -> None:
        nonlocal found
        found += len(posts)

    async with Http(contact="", version="0", clock=service.clock) as http:
        url = service.jetstream_url
        listener = JetstreamListener(http, service.clock, url, _Memory(), keep)
        until = START + timedelta(milliseconds=40 * (FRAMES - 1))
        start = time.thread_time()
        await listener.catch_up(START, until, 120)
        seconds = time.thread_time() - start
    if found != FRAMES // 500:
        raise RuntimeError(f"{found} posts were found, not {FRAMES // 500}")
    return FRAMES / seconds


if __name__ == "__main__":
    for row in measure():
        print(row)
