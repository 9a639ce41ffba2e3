"""arXiv, X and Bluesky on one big mailing day, as a process of their own.

Prints one line of JSON with their addresses, then serves until it is ended.
"""

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

from bot.clock import ManualClock
from tests.services.arxiv_world import Paper, World, submitted_for
from tests.services.arxivd import ArxivD
from tests.services.bsky_posts import BskyPost
from tests.services.bskyd import BskyD
from tests.services.x_posts import TWEET, XPost, rendered, snowflake
from tests.services.xd import XD

DAY = date(2026, 10, 6)
NOW = datetime(2026, 10, 6, 17, tzinfo=UTC)
SINCE = datetime(2026, 10, 6, 1, tzinfo=UTC)
PAPERS = 1500
# What X gives for one query at most; the rest of the 20,000 posts is Bluesky's.
X_POSTS, BLUESKY_POSTS = 10_000, 10_000
PER_PAGE = 100
CATEGORIES = ("cs.AI", "cs.CL", "cs.CV", "cs.LG", "stat.ML")
_MIXES = (("cs.LG", "stat.ML"), ("cs.CV",), ("cs.CL", "cs.AI", "cs.LG"), ("cs.AI",), ("cs.LG",))
_LETTERS = "etaoinshrdlucmfwypvbgkjqxz"


def papers(random: Random) -> list[Paper]:
    """As long as arXiv's: a median of 1,100 characters, every seventh with a formula."""
    words = _words(random)
    return [_paper(random, words, n) for n in range(PAPERS)]


def _words(random: Random) -> list[str]:
    vocabulary = ["".join(random.choices(_LETTERS, k=random.randint(2, 9))) for _ in range(20_000)]
    return random.choices(vocabulary, [1 / rank for rank in range(1, 20_001)], k=200_000)


def _paper(random: Random, words: Sequence[str], n: int) -> Paper:
    abstract = random.choices(words, k=random.randint(120, 230))
    if random.random() < 0.138:
        abstract[10:10] = ["of", "$O(n^{2} \\log n)$", "and", "$\\alpha$"]
    return Paper(
        id=f"2610.{n + 1:05d}",
        title=" ".join(random.choices(words, k=10)).capitalize(),
        categories=random.choice(_MIXES),
        submitted=submitted_for(DAY, n),
        listed=DAY,
        authors=tuple(
            " ".join(random.choices(words, k=2)).title() for _ in range(random.randint(1, 8))
        ),
        abstract=" ".join(abstract).capitalize() + ".",
    )


def x_pages(random: Random) -> list[dict[str, object]]:
    fields = frozenset(
        {"author_id", "created_at", "public_metrics", "entities", "note_tweet", "lang"}
    )
    posts = [rendered(post, fields, TWEET) for post in _x_posts(random)]
    return [
        {"data": posts[n : n + PER_PAGE], "meta": {"result_count": PER_PAGE}}
        for n in range(0, len(posts), PER_PAGE)
    ]


def _x_posts(random: Random) -> Iterator[XPost]:
    """Newest first; a few papers have most of them, and few posts are liked by many."""
    for n in range(X_POSTS, 0, -1):
        at = SINCE + timedelta(seconds=5 * n)
        yield XPost(
            id=snowflake(at, n % 4096),
            at=at,
            urls=(f"https://arxiv.org/abs/{_linked(random)}",),
            author=f"person{n % 3000}",
            likes=int(random.paretovariate(0.9)) + 9,
            reposts=int(random.paretovariate(1.1)),
        )


def bluesky_posts(random: Random) -> list[BskyPost]:
    return [
        BskyPost(
            at=SINCE + timedelta(seconds=5 * n),
            text="an invented remark",
            links=(f"https://arxiv.org/abs/{_linked(random)}",),
            handle=f"person{n % 3000}.test",
            likes=int(random.paretovariate(0.9)),
            reposts=int(random.paretovariate(1.1)) - 1,
        )
        for n in range(BLUESKY_POSTS)
    ]


def _linked(random: Random) -> str:
    return f"2610.{min(int(random.paretovariate(0.5)), PAPERS):05d}"


async def serve() -> None:
    random, clock = Random(2026), ManualClock(NOW)
    world = World()
    world.add(*papers(random))
    arxiv, x = ArxivD(world, clock), XD((), clock)
    x.pages = x_pages(random)
    bluesky = BskyD(bluesky_posts(random), clock)
    async with arxiv, x, bluesky:
        told = {"arxiv": arxiv.url, "x": x.url, "x_token": x.token, "bluesky": bluesky.url}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
