"""What a day of 1,500 papers costs on X: requests, posts and dollars, against one query a paper.

The source as it is by default and the old blog's way ask a loopback X each, which keeps X's bill:
$0.005 for a post, once per UTC day, and for a request to the counts endpoint. 3,000 original posts
link arXiv, half of them the day's papers; about one in fourteen has 10 likes or 5 reposts
(shares of science posts on X: 4 to 7.5% and 1.4 to 4.4%). Figures of one collection.
"""

import asyncio
import json
import tempfile
import urllib.parse
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import msgspec

from benchmarks.beside import fetch
from benchmarks.row import Row
from bot.clock import ManualClock
from bot.config import Secret, XSection
from bot.http import Http
from bot.models import Network, Status
from bot.pipeline.budget import StoredBudget
from bot.sources import Wanted
from bot.sources.x import X
from bot.store import Archive
from tests.services.base import in_thread
from tests.services.x_posts import XPost, snowflake
from tests.services.xd import XD

DAY = date(2026, 10, 6)
SINCE = datetime(2026, 10, 6, 0, tzinfo=UTC)
NOW = datetime(2026, 10, 7, 6, tzinfo=UTC)
PAPERS, POSTS = 1500, 3000
MONTH = "2610"
GOAL_REQUESTS, GOAL_POSTS, GOAL_DOLLARS = 5, 400, 2.0


def measure() -> list[Row]:
    papers, posts, clock = _papers(), _posts(), ManualClock(NOW)
    # No query for a paper of the day finds the others.
    of_the_day = [post for post in posts if MONTH in post.urls[0]]
    ours, theirs = XD(posts, clock), XD(of_the_day, clock)
    theirs.windows.limits["/2/tweets/search/recent"] = 10 * PAPERS  # X would make it wait an hour
    with in_thread(ours, theirs):
        found = asyncio.run(_collect(ours, clock, papers))
        per_paper = _one_by_one(theirs, papers)
    if ours.ledger.read_again() or len(theirs.asked("*/search/*")) < PAPERS:
        raise RuntimeError("the bills cannot be compared")
    requests, read = len(ours.requests), ours.ledger.posts_read
    if found != read:
        raise RuntimeError(f"{read} posts were read and {found} kept")
    return [
        Row("X: requests for a day of 1,500 papers, against one query per paper",
            requests, "requests", baseline=per_paper, goal=GOAL_REQUESTS,
            met=requests <= GOAL_REQUESTS),
        Row("X: posts read for a day of 1,500 papers, against one query per paper",
            read, "posts", baseline=theirs.ledger.posts_read, goal=GOAL_POSTS,
            met=read <= GOAL_POSTS),
        Row("X: the day's bill, against one query per paper",
            ours.ledger.dollars, "dollars", baseline=theirs.ledger.dollars, goal=GOAL_DOLLARS,
            met=ours.ledger.dollars <= GOAL_DOLLARS),
    ]  # fmt: skip


def _papers() -> list[str]:
    return [f"{MONTH}.{n:05d}" for n in range(1, PAPERS + 1)]


def _posts() -> list[XPost]:
    random = Random(2026)
    return [_post(random, SINCE + timedelta(seconds=30 * n), n) for n in range(POSTS)]


def _post(random: Random, at: datetime, n: int) -> XPost:
    """Every second one links a paper of the day, of which a few have most."""
    number = min(int(random.paretovariate(0.5)), PAPERS)
    month = MONTH if n % 2 else "2609"
    return XPost(
        id=snowflake(at, n),
        at=at,
        urls=(f"https://arxiv.org/abs/{month}.{number:05d}",),
        author=f"person{n % 700}",
        likes=int(random.paretovariate(1.2)) - 1,
        reposts=int(random.paretovariate(2.0)) - 1,
    )


async def _collect(x: XD, clock: ManualClock, papers: Sequence[str]) -> int:
    section = msgspec.structs.replace(XSection(), url=x.url, oembed_url=x.url)
    wanted = Wanted(day=DAY, arxiv_ids=frozenset(papers), since=SINCE, until=NOW)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            await Archive.open(Path(folder) / "archive.db") as archive,
            Http(contact="", version="0", clock=clock) as http,
        ):
            budget = StoredBudget(archive, Network.X, section.posts_per_day, clock)
            found = await X(http, clock, section, Secret(x.token), budget).collect(wanted)
    if found.outcome.status is not Status.OK:
        raise RuntimeError(found.outcome.reason)
    return found.outcome.items


def _one_by_one(x: XD, papers: Sequence[str]) -> int:
    """The old blog's way; returns the number of requests."""
    for arxiv_id in papers:
        query = {"query": f'url:"{arxiv_id}" -is:retweet', "max_results": "100",
                 "start_time": f"{SINCE:%Y-%m-%dT%H:%M:%SZ}"}  # fmt: skip
        token: str | None = ""
        while token is not None:
            page = _get(x, query | ({"next_token": token} if token else {}))
            token = page["meta"].get("next_token")
    return len(x.requests)


def _get(x: XD, query: dict[str, str]) -> dict[str, dict[str, str]]:
    url = f"{x.url}/2/tweets/search/recent?{urllib.parse.urlencode(query)}"
    headers = {"Authorization": f"Bearer {x.token}"}
    page: dict[str, dict[str, str]] = json.loads(fetch(url, headers))
    return page
