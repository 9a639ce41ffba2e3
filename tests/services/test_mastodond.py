"""The double of a Mastodon server: pages by Link header, boosts, closed doors, limits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from bot.clock import ManualClock
from tests.factories import made
from tests.services.mastodond import MastodonD, Toot

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2611.00001?context=cs.AI"


def toot(n: int, **more: object) -> Toot:
    return made(Toot, {"id": n, "at": NOW - timedelta(hours=100 - n), **more})


def service(*toots: Toot) -> MastodonD:
    return MastodonD(toots, ManualClock(NOW))


async def page(session: aiohttp.ClientSession, url: str) -> tuple[list[dict[str, Any]], str | None]:
    """The statuses, and where the next page is."""
    async with session.get(url) as answer:
        assert answer.status == 200
        links = answer.links.get("next")
        return await answer.json(), None if links is None else str(links["url"])


async def test_pages_follow_the_link_header(session: aiohttp.ClientSession) -> None:
    async with service(*(toot(n) for n in range(1, 51)), toot(60, tags=("cats",))) as server:
        url: str | None = f"{server.url}/api/v1/timelines/tag/arXiv?limit=100"
        sizes, seen = [], []
        while url:
            statuses, url = await page(session, url)
            sizes.append(len(statuses))
            seen += [int(status["id"]) for status in statuses]
        default, _ = await page(session, f"{server.url}/api/v1/timelines/tag/arxiv")
        newer, _ = await page(session, f"{server.url}/api/v1/timelines/tag/arxiv?min_id=10&limit=3")
        assert server.requests[1].query == {"limit": "100", "max_id": "11"}
    assert sizes == [40, 10, 0]
    assert seen == list(range(50, 0, -1))
    assert len(default) == 20
    assert [status["id"] for status in newer] == ["13", "12", "11"]


async def test_links_are_in_the_content_and_the_card(session: aiohttp.ClientSession) -> None:
    post = toot(1, text="a < b", links=(PAPER,), card=PAPER, boosts=3, favourites=9, replies=1)
    async with service(post) as server:
        ((status,), _) = await page(session, f"{server.url}/api/v1/timelines/tag/arxiv")
    assert f'<a href="{PAPER}"' in status["content"]
    assert f">{PAPER}<" not in status["content"]
    assert status["content"].startswith("<p>a &lt; b ")
    assert status["card"]["url"] == PAPER
    counts = [status[name] for name in ("reblogs_count", "favourites_count", "replies_count")]
    assert counts == [3, 9, 1]
    assert status["uri"].startswith(server.url)


async def test_a_boost_wraps_the_post(session: aiohttp.ClientSession) -> None:
    inner = toot(1, uri="https://other.test/users/bo/statuses/9", boosts=4, links=(PAPER,))
    async with service(toot(2, boost_of=inner, account="cy@third.test")) as server:
        ((status,), _) = await page(session, f"{server.url}/api/v1/timelines/tag/arxiv")
    assert (status["reblogs_count"], status["reblog"]["reblogs_count"]) == (0, 4)
    assert status["reblog"]["uri"] == inner.uri
    assert status["uri"] != inner.uri
    assert status["account"]["acct"] == "cy@third.test"


async def test_a_closed_server_wants_a_token(session: aiohttp.ClientSession) -> None:
    async with service(toot(1)) as server:
        server.closed = True
        url = f"{server.url}/api/v1/timelines/tag/arxiv"
        headers = {"Authorization": f"Bearer {server.token}"}
        assert (await session.get(url)).status == 401
        assert (await session.get(url, headers=headers)).status == 200


async def test_the_limit_is_reset_at_an_iso_date(session: aiohttp.ClientSession) -> None:
    async with service() as server:
        assert isinstance(server.clock, ManualClock)
        server.limit = 2
        url = f"{server.url}/api/v1/timelines/tag/arxiv"
        got = [await session.get(url) for _ in range(3)]
        server.clock.advance(timedelta(minutes=5))
        assert (await session.get(url)).status == 200
    assert [r.status for r in got] == [200, 200, 429]
    assert [r.headers["X-RateLimit-Remaining"] for r in got] == ["1", "0", "0"]
    assert got[2].headers["X-RateLimit-Reset"] == "2026-11-18T12:05:00.000000Z"
