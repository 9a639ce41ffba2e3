"""A day on which every network answers in another way, as it is told from the outside."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot import messages, queries
from bot.cards.header import header
from bot.cli.root import root
from bot.clock import ManualClock
from bot.config import Config, load
from bot.container import services
from bot.models import Ranking, RankingQuery, Status
from bot.output import json
from bot.pipeline import Report
from tests.services.arxiv_world import Paper, World, submitted_for
from tests.services.arxivd import ArxivD
from tests.services.base import answers, drops, html, slow
from tests.services.bsky_posts import BskyPost
from tests.services.bskyd import BskyD
from tests.services.hfd import DailyPaper, HfD
from tests.services.hnd import HnD, Story
from tests.services.mastodond import MastodonD, Toot
from tests.services.x_posts import XPost, snowflake
from tests.services.xd import XD
from tests.settings import arxiv_at

DAY = date(2026, 10, 6)
SINCE = datetime(2026, 10, 6, tzinfo=UTC)
NOW = datetime(2026, 10, 6, 5, tzinfo=UTC)
PAPERS = [f"2610.{n:05d}" for n in range(1, 6)]
MAX_SECONDS = 60.0
SLOW_SECONDS = 4.0  # enough for all but the one that is slow, also on a slow machine


def at(minute: int) -> datetime:
    return SINCE + timedelta(minutes=minute)


def link(n: int) -> str:
    return f"https://arxiv.org/abs/{PAPERS[n % 5]}"


@dataclass
class Networks:
    """Papers 1 to 5 of the day, and what five networks have of them."""

    clock: ManualClock
    arxiv: ArxivD
    x: XD
    bluesky: BskyD
    mastodon: MastodonD
    hackernews: HnD
    huggingface: HfD

    @contextmanager
    def config(self, folder: Path, seconds: float) -> Iterator[Config]:
        file = folder / "config.toml"
        file.write_text(self.toml(seconds), encoding="utf-8")
        os.environ["HOTPAPERS_X_BEARER_TOKEN"] = self.x.token
        try:
            yield load(file)
        finally:
            del os.environ["HOTPAPERS_X_BEARER_TOKEN"]

    def toml(self, seconds: float) -> str:
        x, b = self.x.url, self.bluesky
        return f"""
            [archive]
            path = "archive.db"
            {arxiv_at(self.arxiv.url, "cs.LG")}
            [http]
            backoff_seconds = 0.0
            [sources]
            seconds_per_source = {seconds}
            [sources.x]
            url = "{x}"
            oembed_url = "{x}"
            [sources.bluesky]
            appview_url = "{b.url}"
            pds_url = "{b.url}"
            jetstream_url = "{b.jetstream_url}"
            [sources.mastodon]
            servers = ["{self.mastodon.url}"]
            tags = ["arxiv", "machinelearning"]
            [sources.hackernews]
            url = "{self.hackernews.url}"
            [sources.huggingface]
            url = "{self.huggingface.url}"
        """

    def heal(self) -> None:
        for service in (self.x, self.bluesky, self.mastodon, self.hackernews, self.huggingface):
            service.heal()


@pytest.fixture
async def networks() -> AsyncIterator[Networks]:
    clock, world = ManualClock(NOW), World()
    world.add(
        *(
            Paper(id=arxiv_id, title=f"An Invented Study {n}", categories=("cs.LG",),
                  submitted=submitted_for(DAY, n), listed=DAY)
            for n, arxiv_id in enumerate(PAPERS)
        )
    )  # fmt: skip
    found = Networks(
        clock,
        ArxivD(world, clock),
        XD(
            [
                XPost(id=snowflake(at(n), n), at=at(n), urls=(link(n),), author=f"p{n}",
                      likes=20, reposts=10)
                for n in range(10)
            ],
            clock,
        ),
        BskyD(
            [BskyPost(at=at(n), links=(link(n),), likes=5, reposts=1) for n in range(300)], clock
        ),
        MastodonD(
            [
                Toot(id=n + 1, at=at(n), links=(link(n),), tags=(tag,), boosts=2, favourites=3)
                for n, tag in enumerate(("arxiv", "machinelearning"))
            ],
            clock,
        ),
        HnD([Story(1, "An Invented Headline", at(5), link(3), points=50)], clock),
        HfD([DailyPaper(PAPERS[4], DAY, upvotes=12)], clock),
    )  # fmt: skip
    async with AsyncExitStack() as stack:
        for service in (found.arxiv, found.x, found.bluesky, found.mastodon, found.hackernews,
                        found.huggingface):  # fmt: skip
            await stack.enter_async_context(service)
        yield found


async def day(
    networks: Networks, folder: Path, seconds: float = MAX_SECONDS
) -> tuple[Report, Ranking]:
    """One run of the daily job by a new process, and what a reader sees then."""
    with networks.config(folder, seconds) as config:
        async with services(config, networks.clock) as opened:
            report = await opened.daily.run(DAY)
            found = await queries.ranking(
                opened.archive, config.settings, RankingQuery(DAY, min_score=0)
            )
    assert found is not None
    return report, found


async def test_one_dead_one_slow_one_garbage_one_half_and_a_later_run_repairs_the_day(
    networks: Networks, tmp_path: Path
) -> None:
    networks.x.fail("/2/tweets/search/recent", html().times(None))
    networks.bluesky.fail("*", drops().times(None))
    networks.hackernews.fail("*", slow(60).times(None))
    networks.mastodon.fail("*/tag/machinelearning", answers(500).times(None))

    report, found = await day(networks, tmp_path, SLOW_SECONDS)
    by_name = {outcome.source: outcome.status for outcome in report.collect}
    assert by_name == {
        "x": Status.FAILED, "bluesky": Status.FAILED, "hackernews": Status.FAILED,
        "mastodon": Status.INCOMPLETE, "huggingface": Status.OK,
    }  # fmt: skip
    head = header(found)
    for said in (
        "Hugging Face answered",
        "X failed (X sent an answer that could not be read)",
        "Bluesky failed (127.0.0.1",
        "Mastodon answered in part (127.0.0.1",
        "Hacker News failed (Hacker News did not finish within 3.6 s)",
    ):
        assert said in head
    assert "X failed (X sent an answer that could not be read)" in messages.networks.heard(
        found.outcomes
    )
    document = json.ranking(found)
    assert document["sources"] == {
        "x": "failed", "bluesky": "failed", "mastodon": "failed", "hackernews": "failed",
        "huggingface": "ok",
    }  # fmt: skip
    assert document["outcomes"]["mastodon"]["status"] == "incomplete"
    codes = {name: told["code"] for name, told in document["outcomes"].items()}
    assert (codes["x"], codes["mastodon"]) == ("answer_unreadable", "host_answered")
    assert (codes["hackernews"], codes["huggingface"]) == ("not_finished_in_time", None)
    assert document["outcomes"]["x"]["reason"] == "X sent an answer that could not be read"
    assert document["outcomes"]["huggingface"]["reason"] == ""
    # One toot of 5, and 12 upvotes at 5 each: what did not answer is missing, not zero.
    assert [(p.paper.arxiv_id, p.score) for p in found.papers][:2] == [
        (PAPERS[4], 60.0),
        (PAPERS[0], 10.0),
    ]

    networks.heal()
    networks.clock.advance(timedelta(minutes=1))
    report, found = await day(networks, tmp_path)
    assert {o.source: o.reason for o in report.collect if o.status is not Status.OK} == {}
    assert set(json.ranking(found)["sources"].values()) == {"ok"}
    assert "X, Bluesky, Mastodon, Hacker News and Hugging Face answered" in header(found)
    each = 2 * (20 + 10) + 2 * 60 * 6  # two posts on X, sixty on Bluesky at rate 2
    assert {p.paper.arxiv_id: p.score for p in found.papers} == {
        PAPERS[0]: each + 2 * 5,
        PAPERS[1]: each + 2 * 5,
        PAPERS[2]: each,
        PAPERS[3]: each + 2.5 * 50,
        PAPERS[4]: each + 5 * 12,
    }


async def test_a_day_that_no_network_counted_has_failed(
    networks: Networks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X is off, for want of a key: it was not asked, and does not make the day a success."""
    (tmp_path / "config.toml").write_text(networks.toml(MAX_SECONDS), encoding="utf-8")
    monkeypatch.setenv("HOTPAPERS_CLOCK", NOW.isoformat())
    arguments = ["--config", str(tmp_path / "config.toml"), "daily", "--date", DAY.isoformat()]

    def code() -> int:
        return CliRunner().invoke(root, arguments).exit_code

    for service in (networks.bluesky, networks.mastodon, networks.hackernews):
        service.fail("*", drops().times(None))
    assert await asyncio.to_thread(code) == 0
    networks.huggingface.fail("*", drops().times(None))
    assert await asyncio.to_thread(code) == 1
