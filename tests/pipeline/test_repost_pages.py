"""X's pages as they were before May 2026, most of them repost objects: the sums a reader gets.

A repost object carries its original's reposts and no likes. Added up, 17 of them that say 22 make
374 of a post that has 42.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from bot import queries
from bot.clock import ManualClock
from bot.config import ArxivSection, Config, Secret, Secrets, Settings, SourcesSection
from bot.container import services
from bot.models import RankingQuery
from bot.output import json
from tests.services.arxiv_world import Paper, World, submitted_for
from tests.services.arxivd import ArxivD
from tests.services.x_posts import POST, TWEET, Json, Vocabulary, XPost, rendered, snowflake
from tests.services.xd import XD

DAY = date(2026, 10, 6)
SINCE = datetime(2026, 10, 6, tzinfo=UTC)
NOW = datetime(2026, 10, 6, 20, tzinfo=UTC)
PAPERS = tuple(f"2610.{n:05d}" for n in range(1, 6))
# (reposts, likes, repost objects) of the most reposted posts of a page.
LOUD = ((22, 20, 17), (845, 2004, 19), (3, 0, 8))


class Page:
    """A page of 100, so many of them repost objects, and the originals behind those."""

    def __init__(self, number: int, reposts: int) -> None:
        self.at = SINCE + timedelta(hours=number)
        quiet = [(2, 1, 1)] * (reposts - sum(count for *_, count in LOUD))
        self.own = [self._post(n, reposts=n % 7, likes=n) for n in range(100 - reposts)]
        self.originals: list[XPost] = []
        self.wrappers: list[XPost] = []
        for n, (reposted, likes, count) in enumerate((*LOUD, *quiet), 100):
            original = self._post(n, reposts=reposted, likes=likes)
            self.originals.append(original)
            for k in range(count):
                bare = XPost(id=snowflake(self.at, 20 * n + k), at=self.at, author=f"fan{k}")
                bare.repost_of = original.id
                self.wrappers.append(original.reposted_by(bare))

    def _post(self, n: int, *, reposts: int, likes: int) -> XPost:
        url = f"https://arxiv.org/abs/{PAPERS[n % len(PAPERS)]}"
        return XPost(
            id=snowflake(self.at, n), at=self.at, urls=(url,), author=f"person{n}",
            reposts=reposts, likes=likes,
        )  # fmt: skip


def body(posts: Sequence[XPost], names: Vocabulary, *, told: bool) -> list[Json]:
    """``told``: the posts name what they refer to."""
    fields = {"author_id", "created_at", "entities", "public_metrics"}
    if told:
        fields.add(names.references)
    return [rendered(post, frozenset(fields), names) for post in posts]


def truth(originals: Sequence[XPost]) -> dict[str, tuple[int, int]]:
    """(reposts, likes) by paper."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for post in originals:
        arxiv_id = post.urls[0].rpartition("/")[2]
        reposts, likes = found[arxiv_id]
        found[arxiv_id] = reposts + post.reposts, likes + post.likes
    return dict(found)


async def asked(x: XD, clock: ManualClock, path: Path) -> tuple[Json, dict[str, Json]]:
    """What ``hot --json`` and ``why --json`` say after one run of the daily job."""
    world = World()
    world.add(
        *(
            Paper(id=arxiv_id, title=f"An Invented Study {n}", categories=("cs.LG",),
                  submitted=submitted_for(DAY, n), listed=DAY)
            for n, arxiv_id in enumerate(PAPERS)
        )
    )  # fmt: skip
    async with ArxivD(world, clock) as arxiv, x:
        config = _config(arxiv.url, x, path)
        async with services(config, clock) as opened:
            await opened.daily.run(DAY)
            ranking = await queries.ranking(
                opened.archive, config.settings, RankingQuery(DAY, min_score=0)
            )
            views = [await queries.paper(opened.archive, config.settings, n) for n in PAPERS]
    assert ranking is not None
    reasons = {view.ranked.paper.arxiv_id: json.why(view) for view in views if view}
    return json.ranking(ranking), reasons


def _config(arxiv: str, x: XD, path: Path) -> Config:
    sources = SourcesSection()
    off = {
        name: replace(getattr(sources, name), enabled=False)
        for name in ("bluesky", "mastodon", "hackernews", "huggingface")
    }
    settings = Settings(
        arxiv=ArxivSection(
            categories=("cs.LG",), feed_url=arxiv, listing_url=arxiv, oai_url=arxiv, api_url=arxiv,
            seconds_between_requests=0.0, seconds_between_pages=0.0,
        ),
        sources=SourcesSection(x=replace(sources.x, url=x.url, oembed_url=x.url), **off),
    )  # fmt: skip
    return Config(settings, Secrets(x_bearer_token=Secret(x.token)), path)


@pytest.mark.parametrize("names", [TWEET, POST], ids=["tweet", "post"])
@pytest.mark.parametrize(
    ("originals", "told"),
    [("absent", True), ("along", True), ("beside", True), ("absent", False), ("beside", False)],
)
async def test_a_reader_gets_the_sums_of_original_posts(
    originals: str, told: bool, names: Vocabulary, tmp_path: Path
) -> None:
    clock = ManualClock(NOW)
    x = XD(clock=clock, names=names)
    known: list[XPost] = []
    for page in (Page(1, 67), Page(2, 78)):
        posts = [*page.own, *page.wrappers]
        assert len(posts) == 100
        known += page.own if originals == "absent" else [*page.own, *page.originals]
        answer: dict[str, Any] = {"data": body(posts, names, told=told), "meta": {}}
        if originals == "along":
            answer["includes"] = {names.includes: body(page.originals, names, told=told)}
        x.pages.append(answer)
        if originals == "beside":
            x.pages.append({"data": body(page.originals, names, told=told), "meta": {}})
    ranking, reasons = await asked(x, clock, tmp_path / "archive.db")

    expected = truth(known)
    shown = {p["arxiv_id"]: p for p in _list(ranking["papers"])}
    assert {
        n: (p["counts"]["x"]["reposts"], p["counts"]["x"]["likes"]) for n, p in shown.items()
    } == expected
    assert {n: p["score"] for n, p in shown.items()} == {n: sum(expected[n]) for n in expected}
    for arxiv_id, reason in reasons.items():
        [part] = _list(reason["parts"])
        assert (part["reposts"], part["likes"]) == expected[arxiv_id]
        assert reason["score"] == part["points"] == sum(p["points"] for p in part["posts"])
    ids = [p["id"] for reason in reasons.values() for part in _list(reason["parts"])
           for p in part["posts"]]  # fmt: skip
    assert sorted(ids) == sorted(str(post.id) for post in known)


def _list(value: object) -> list[dict[str, Any]]:
    assert isinstance(value, list)
    return value
