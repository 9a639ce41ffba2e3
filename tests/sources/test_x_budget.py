"""What X may cost in a day, and what happens when that is spent."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.config import XSection
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Network, Status
from bot.pipeline.budget import StoredBudget
from bot.store import Archive
from tests import factories
from tests.polling import until
from tests.services.base import Fault, answers, cut_off, drops, html, slow
from tests.services.xd import XD
from tests.sources.helpers import NOW, SINCE, likes, wanted
from tests.sources.x_helpers import MemoryBudget, tweet, x_source

TODAY = NOW.date()


async def test_the_floor_is_raised_until_the_days_posts_fit(
    xd: XD, http: Http, clock: ManualClock
) -> None:
    xd.add(*(tweet(n, likes=12, reposts=0) for n in range(300)))
    xd.add(*(tweet(n, likes=25, reposts=0) for n in range(300, 360)))
    xd.add(*(tweet(n, likes=50, reposts=0) for n in range(360, 380)))
    found = await x_source(xd, http, clock, XSection(posts_per_day=100)).collect(wanted())
    assert sorted(likes(found).values()) == [25] * 60 + [50] * 20
    assert found.outcome.status is Status.INCOMPLETE
    assert "380 posts match and 100 may still be read today" in words_or_nothing(
        found.outcome.reason
    )
    assert "20 likes or 10 reposts" in words_or_nothing(found.outcome.reason)
    assert xd.ledger.read_on(TODAY) == 80


@pytest.mark.parametrize("least", [0, 10])
@pytest.mark.parametrize("limit", [0, 9, 10, 95, 100, 250])
async def test_never_more_is_read_than_the_budget_allows(
    xd: XD, http: Http, clock: ManualClock, limit: int, least: int
) -> None:
    xd.add(*(tweet(n, likes=100, reposts=100) for n in range(400)))
    settings = XSection(posts_per_day=limit, min_likes=least)
    source = x_source(xd, http, clock, settings)
    found = await source.collect(wanted(arxiv_ids=frozenset({"2103.15691"})))
    assert limit - 10 < xd.ledger.read_on(TODAY) <= limit
    assert len(found.posts) == xd.ledger.read_on(TODAY)
    assert found.outcome.status is Status.INCOMPLETE
    assert f"today's budget of {limit} posts is spent" in words_or_nothing(found.outcome.reason)
    asked = len(xd.asked("*/search/*"))
    await source.collect(wanted())
    assert xd.ledger.read_on(TODAY) <= limit
    assert len(xd.asked("*/search/*")) == asked


async def test_what_is_spent_is_spent_after_a_restart(
    xd: XD, http: Http, clock: ManualClock, tmp_path: Path
) -> None:
    xd.add(*(tweet(n, likes=100, reposts=100) for n in range(400)))
    for _ in range(3):
        async with await Archive.open(tmp_path / "archive.db") as archive:
            budget = StoredBudget(archive, Network.X, 130, clock)
            found = await x_source(xd, http, clock, budget=budget).collect(wanted())
        assert found.outcome.status is Status.INCOMPLETE
        assert xd.ledger.read_on(TODAY) == 130
    async with await Archive.open(tmp_path / "archive.db") as archive:
        budget = StoredBudget(archive, Network.X, 130, clock)
        assert await budget.left() == 0
        clock.advance(timedelta(days=1))
        assert await budget.left() == 130


@pytest.mark.parametrize("restarted", [False, True])
async def test_reading_the_same_posts_again_on_the_same_day_costs_nothing(
    xd: XD, http: Http, clock: ManualClock, restarted: bool
) -> None:
    posts = [tweet(n, likes=50) for n in range(150)]
    xd.add(*posts)
    settings, budget = XSection(posts_per_day=180), MemoryBudget(180, clock)
    source = x_source(xd, http, clock, settings, budget=budget)
    await source.collect(wanted())
    for post in posts:
        post.likes += 1
    clock.advance(timedelta(hours=6))
    source = x_source(xd, http, clock, settings, budget=budget) if restarted else source
    found = await source.collect(wanted(until=clock.now()))
    assert set(likes(found).values()) == {51}
    assert found.outcome.status is Status.OK
    assert xd.ledger.posts_read == 150


async def test_recounts_keep_to_the_budget_and_take_the_strongest_first(
    xd: XD, http: Http, clock: ManualClock
) -> None:
    posts = [tweet(n, likes=20 + n, reposts=0) for n in range(60)]
    xd.add(*posts)
    known = [factories.post(str(p.id), likes=p.likes, reposts=0) for p in posts]
    clock.advance(timedelta(days=3))
    source = x_source(xd, http, clock, XSection(posts_per_day=25))
    found = await source.collect(wanted(*known, until=clock.now()))
    assert min(likes(found).values()) == 20 + 35
    assert xd.ledger.posts_read == 25
    assert found.outcome.status is Status.INCOMPLETE
    assert "35 known posts were not counted again" in words_or_nothing(found.outcome.reason)


@pytest.mark.parametrize("status", [400, 403, 404, 429])
async def test_without_counts_the_budget_still_stops_hard(
    xd: XD, http: Http, clock: ManualClock, status: int
) -> None:
    xd.add(*(tweet(n, likes=100) for n in range(200)))
    xd.fail("/2/tweets/counts/recent", answers(status).times(None))
    budget = MemoryBudget(110, clock)
    found = await x_source(xd, http, clock, XSection(posts_per_day=110), budget=budget).collect(
        wanted()
    )
    assert len(found.posts) == 110
    assert await budget.left() == 0


async def test_posts_that_are_not_kept_are_paid_for_too(
    xd: XD, http: Http, clock: ManualClock
) -> None:
    original = tweet(1, likes=100, reposts=50)
    xd.pages = [
        {
            "data": [
                {"id": "101", "text": "RT @a: b", "public_metrics": {"like_count": 0},
                 "referenced_tweets": [{"type": "retweeted", "id": str(original.id)}]},
                {"id": "102", "text": "malformed", "public_metrics": None},
                {"id": "103", "text": "no paper",
                 "public_metrics": {"like_count": 1, "retweet_count": 1}},
            ],
        }
    ]  # fmt: skip
    budget = MemoryBudget(1000, clock)
    found = await x_source(xd, http, clock, budget=budget).collect(wanted(since=SINCE))
    assert found.posts == ()
    assert await budget.left() == 997


async def test_a_page_that_cannot_be_read_is_paid_for_too(
    xd: XD, http: Http, clock: ManualClock
) -> None:
    xd.add(*(tweet(n, likes=100, reposts=100) for n in range(400)))
    xd.fail("/2/tweets/search/*", answers(200, b'{"data": [{"id": "1"').times(None))
    source = x_source(xd, http, clock, XSection(posts_per_day=100))
    assert (await source.collect(wanted())).outcome.status is Status.FAILED
    again = await source.collect(wanted())
    assert "today's budget of 100 posts is spent" in words_or_nothing(again.outcome.reason)
    assert len(xd.asked("*/search/*")) == 1


OTHER = "https://arxiv.org/abs/2103.00001"


async def test_two_processes_at_once_keep_to_one_budget(
    xd: XD, http: Http, clock: ManualClock, tmp_path: Path
) -> None:
    """Each with its own connection to the archive and its own posts to read."""
    xd.add(*(tweet(n, likes=100) for n in range(200)))
    xd.add(*(tweet(n, OTHER, likes=100) for n in range(200, 400)))
    xd.fail("/2/tweets/counts/recent", answers(403).times(None))  # so that both begin to read
    xd.fail("/2/tweets/search/recent", slow(0.05).times(None))
    settings = XSection(posts_per_day=130)
    async with (
        await Archive.open(tmp_path / "archive.db") as one,
        await Archive.open(tmp_path / "archive.db") as two,
    ):
        found = await asyncio.gather(
            *(
                x_source(
                    xd, http, clock, settings,
                    budget=StoredBudget(archive, Network.X, 130, clock),
                ).collect(wanted(arxiv_ids=frozenset({arxiv_id})))
                for archive, arxiv_id in ((one, "2103.15691"), (two, "2103.00001"))
            )
        )  # fmt: skip
        assert await StoredBudget(one, Network.X, 130, clock).left() == 0
    assert xd.ledger.read_on(TODAY) == 130
    assert {each.outcome.status for each in found} == {Status.INCOMPLETE}


async def test_a_page_that_is_on_its_way_is_spent_already(
    xd: XD, http: Http, clock: ManualClock, tmp_path: Path
) -> None:
    """Whoever is killed before the answer is stored leaves it so."""
    xd.add(*(tweet(n, likes=100) for n in range(200)))
    xd.fail("/2/tweets/search/recent", slow(5))
    async with await Archive.open(tmp_path / "archive.db") as archive:
        budget = StoredBudget(archive, Network.X, 1000, clock)
        collecting = asyncio.create_task(x_source(xd, http, clock, budget=budget).collect(wanted()))
        async with await Archive.open(tmp_path / "archive.db") as other:
            await until(lambda: xd.asked("/2/tweets/search/recent"))
            assert await StoredBudget(other, Network.X, 1000, clock).left() == 900
        collecting.cancel()
        with suppress(asyncio.CancelledError):
            await collecting
        assert await budget.left() == 900
        clock.advance(timedelta(days=1))
        assert await budget.left() == 1000


@pytest.mark.parametrize(
    ("fault", "spent"),
    [
        (answers(400), 0),
        (answers(403), 0),
        (answers(429), 0),
        (answers(503), 0),
        (cut_off(), 100),
        (html(), 100),
        (drops(), 100),
    ],
)
async def test_what_x_may_have_billed_stays_spent_and_a_refusal_costs_nothing(
    xd: XD, http: Http, clock: ManualClock, fault: Fault, spent: int
) -> None:
    xd.add(*(tweet(n, likes=100) for n in range(200)))
    xd.fail("/2/tweets/search/recent", fault.times(None))
    budget = MemoryBudget(1000, clock)
    found = await x_source(xd, http, clock, budget=budget).collect(wanted())
    assert found.outcome.status is Status.FAILED
    assert await budget.left() == 1000 - spent


async def test_a_service_that_cannot_be_reached_costs_nothing(
    http: Http, clock: ManualClock
) -> None:
    async with XD(clock=clock) as gone:
        budget = MemoryBudget(1000, clock)
        source = x_source(gone, http, clock, budget=budget)
    found = await source.collect(wanted())
    assert found.outcome.status is Status.FAILED
    assert await budget.left() == 1000
