"""Accounts that say that they are bots, from the networks to what readers are told."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.config import BlueskySection, MastodonSection, RankingSection, Secret, Settings
from bot.http import Http
from bot.pipeline import collect, rank
from bot.queries import papers as paper_queries
from bot.sources import PostSource
from bot.sources.bluesky import Bluesky
from bot.sources.mastodon import Mastodon
from bot.store import Archive, days, papers, standings
from tests.factories import DAY, listed
from tests.services.bsky_posts import BskyPost
from tests.services.bskyd import BskyD
from tests.services.mastodond import MastodonD, Toot
from tests.sources.helpers import NOW, SINCE

LINK, AT = "https://arxiv.org/abs/2103.15691", SINCE + timedelta(hours=6)
BLUESKY = (
    BskyPost(at=AT, links=(LINK,), handle="ada.test", likes=8, n=1),
    BskyPost(at=AT, links=(LINK,), handle="feed.test", likes=3, n=2, bot=True),
    BskyPost(at=AT, links=(LINK,), handle="feed.test", likes=2, n=3, bot=True),
)
MASTODON = (
    Toot(id=1, at=AT, links=(LINK,), account="bo", favourites=5),
    Toot(id=2, at=AT, text="arXiv:2103.15691", account="papers", favourites=1, bot=True),
)


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with await Archive.open(tmp_path / "a.db") as opened:
        await opened.write(days.open_day, DAY)
        await opened.write(papers.save, [listed("2103.15691")], now=NOW)
        yield opened


@pytest.mark.parametrize(
    ("count_bots", "score"), [(True, 2 * (8 + 3 + 2) + 2 * (5 + 1)), (False, 2 * 8 + 2 * 5)]
)
async def test_bots_are_no_people_and_are_named(
    archive: Archive, count_bots: bool, score: float
) -> None:
    clock = ManualClock(NOW)
    settings = Settings(ranking=RankingSection(count_bots=count_bots))
    async with (
        BskyD(BLUESKY, clock) as bluesky,
        MastodonD(MASTODON, clock) as mastodon,
        Http(contact="", version="0", clock=clock, seconds_per_try=5, tries=1) as http,
    ):
        sources: list[PostSource] = [
            Bluesky(
                http, clock,
                BlueskySection(
                    appview_url=bluesky.url, pds_url=bluesky.url, handle=f"@{bluesky.handle}"
                ),
                Secret(bluesky.password), None,
            ),
            Mastodon(http, clock, MastodonSection(servers=(mastodon.url,), tags=("arxiv",))),
        ]  # fmt: skip
        await collect.run(archive, sources, settings, clock, DAY)
    await rank.refresh(archive, settings, DAY)
    [ranked] = await archive.read(standings.between, DAY, DAY, min_score=0)
    view = await paper_queries.paper(archive, settings, "2103.15691")
    assert view is not None
    assert (ranked.score, ranked.people) == (score, 2)
    assert (view.why.score, view.why.people) == (score, 2)
    assert [bot.author.partition("@")[0] for bot in view.why.bots] == ["feed.test", "papers"]
