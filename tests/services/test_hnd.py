"""The double of Hacker News' search keeps Algolia's limits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from bot.clock import ManualClock
from tests.services.hnd import HnD, Story

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2611.00001"
LOOK = {"tags": "story", "query": "arxiv.org", "restrictSearchableAttributes": "url"}


def stories() -> list[Story]:
    hour = timedelta(hours=1)
    return [
        Story(1, "A paper", NOON - 3 * hour, PAPER, points=120, comments=14),
        Story(2, "Its PDF", NOON - 2 * hour, "https://www.arxiv.org/pdf/2611.00001v2", author="bo"),
        Story(3, "Ask HN: is arxiv.org down?", NOON - hour),
        Story(4, "Elsewhere", NOON - hour, "https://example.org/arxiv"),
        Story(5, "Not yet", NOON + hour, PAPER),
    ]


async def search(session: aiohttp.ClientSession, service: HnD, **query: str) -> dict[str, Any]:
    async with session.get(f"{service.url}/api/v1/search_by_date", params=query) as answer:
        found: dict[str, Any] = await answer.json()
        return found


async def found(session: aiohttp.ClientSession, service: HnD, **query: str) -> list[str]:
    return [hit["objectID"] for hit in (await search(session, service, **query))["hits"]]


async def test_words_tags_and_times_select(session: aiohttp.ClientSession) -> None:
    since, until = int(NOON.timestamp()) - 3 * 3600, int(NOON.timestamp()) - 3600
    between = f"created_at_i>{since},created_at_i<{until}"
    async with HnD(stories(), ManualClock(NOON)) as hn:
        # Words are matched wherever they stand: 4 is example.org/arxiv. Clients have to look.
        assert await found(session, hn, **LOOK) == ["4", "2", "1"]
        assert await found(session, hn, **LOOK, numericFilters=between) == ["2"]
        assert await found(session, hn, tags="story", query="arxiv") == ["4", "3", "2", "1"]
        assert await found(session, hn, tags="(story,poll),author_bo") == ["2"]
        assert await found(session, hn, tags="comment") == []


async def test_a_hit_has_its_counts_and_a_text_post_no_url(session: aiohttp.ClientSession) -> None:
    async with HnD(stories(), ManualClock(NOON)) as hn:
        answer = await search(session, hn, tags="story", query="down")
        paper = (await search(session, hn, **LOOK))["hits"][2]
    assert [hit["url"] for hit in answer["hits"]] == [None]
    assert (paper["points"], paper["num_comments"], paper["url"]) == (120, 14, PAPER)
    assert paper["created_at_i"] == int(NOON.timestamp()) - 3 * 3600
    assert paper["_tags"] == ["story", "author_invented_hacker", "story_1"]


async def test_a_thousand_hits_can_be_reached(session: aiohttp.ClientSession) -> None:
    many = [Story(n, "Many", NOON - timedelta(seconds=n), PAPER) for n in range(1, 1101)]
    async with HnD(many, ManualClock(NOON)) as hn:
        last = await search(session, hn, **LOOK, hitsPerPage="100", page="9")
        beyond = await search(session, hn, **LOOK, hitsPerPage="100", page="10")
    assert (last["nbHits"], last["nbPages"]) == (1100, 10)
    assert [hit["objectID"] for hit in last["hits"]][-1] == "1000"
    assert beyond["hits"] == []


async def test_points_are_refused_as_a_filter(session: aiohttp.ClientSession) -> None:
    async with HnD(stories()) as hn:
        answer = await search(session, hn, **LOOK, numericFilters="points>1")
    assert answer["status"] == 400
    assert "points" in answer["message"]
