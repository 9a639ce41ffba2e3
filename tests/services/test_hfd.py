"""The double of Hugging Face's daily papers: days, pages, and where the counts are."""

from datetime import UTC, date, datetime
from typing import Any

import aiohttp

from bot.clock import ManualClock
from tests.services.hfd import DailyPaper, HfD

TODAY = date(2026, 11, 18)
PAPERS = [
    DailyPaper("2611.00001", TODAY, upvotes=87, comments=3),
    DailyPaper("2611.00002", TODAY, upvotes=None, comments=None),
    DailyPaper("2611.00003", date(2026, 11, 17), upvotes=5),
]


def service(papers: list[DailyPaper] = PAPERS) -> HfD:
    return HfD(papers, ManualClock(datetime(2026, 11, 18, 12, tzinfo=UTC)))


async def rows(session: aiohttp.ClientSession, hf: HfD, query: str) -> list[dict[str, Any]]:
    async with session.get(f"{hf.url}/api/daily_papers?{query}") as answer:
        assert answer.status == 200
        found: list[dict[str, Any]] = await answer.json()
        return found


async def test_a_day_has_its_papers_and_their_counts(session: aiohttp.ClientSession) -> None:
    async with service() as hf:
        first, second = await rows(session, hf, "date=2026-11-18")
        assert await rows(session, hf, "date=2026-11-15") == []
    assert (first["paper"]["id"], first["paper"]["upvotes"], first["numComments"]) == (
        "2611.00001",
        87,
        3,
    )
    assert first["paper"]["submittedOnDailyAt"] == "2026-11-18T00:00:00.000Z"
    assert "upvotes" not in second["paper"]
    assert "numComments" not in second


async def test_counts_can_be_at_the_top(session: aiohttp.ClientSession) -> None:
    async with service() as hf:
        hf.upvotes_at = "top"
        first, _ = await rows(session, hf, "date=2026-11-18")
    assert first["upvotes"] == 87
    assert "upvotes" not in first["paper"]


async def test_pages_end(session: aiohttp.ClientSession) -> None:
    many = [DailyPaper(f"2611.{n:05d}", TODAY) for n in range(1, 131)]
    async with service(many) as hf:
        sizes = [len(await rows(session, hf, f"date=2026-11-18&limit=100&p={p}")) for p in range(3)]
        default = await rows(session, hf, "date=2026-11-18")
    assert sizes == [100, 30, 0]
    assert len(default) == 50


async def test_what_cannot_be_asked_is_refused(session: aiohttp.ClientSession) -> None:
    async with service() as hf:
        for query in ("date=2026-11-19", "date=soon", "limit=0", "limit=101"):
            answer = await session.get(f"{hf.url}/api/daily_papers?{query}")
            assert (answer.status, "error" in await answer.json()) == (400, True)


async def test_one_paper(session: aiohttp.ClientSession) -> None:
    async with service() as hf:
        known = await session.get(f"{hf.url}/api/papers/2611.00001")
        unknown = await session.get(f"{hf.url}/api/papers/2611.99999")
        assert (await known.json())["upvotes"] == 87
    assert unknown.status == 404
