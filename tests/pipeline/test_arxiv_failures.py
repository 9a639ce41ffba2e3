"""One listing day from a loopback arXiv through the real doors, whatever arXiv does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.clock import ManualClock
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Announcement, DayState, LearntFrom, Status
from bot.sources import Harvested
from bot.store import Archive, papers
from tests import factories
from tests.pipeline.arxiv_services import (
    CLOSURE,
    NOON,
    TUESDAY,
    WEDNESDAY,
    by_source,
    daily,
    expected,
    stored,
)
from tests.services.arxiv_feed import feed
from tests.services.arxiv_world import Announced, invent
from tests.services.arxivd import ArxivD
from tests.services.base import (
    Fault,
    answers,
    cut_off,
    drops,
    garbage,
    html,
    not_acceptable,
    rate_exceeded,
    truncated,
)


class TestAGoodDay:
    async def test_the_feeds_are_enough_and_nothing_else_is_asked(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        report = await daily(arxiv, http, archive, clock).run(WEDNESDAY)
        assert [o.status for o in report.harvest] == [Status.OK, Status.OK]
        assert await stored(archive) == expected(arxiv, "cs.AI", "cs.CL")
        assert [seen.path for seen in arxiv.requests] == ["/atom/cs.AI", "/atom/cs.CL"]
        assert report.requests == 2
        assert report.day.harvested_at is not None

    async def test_a_second_run_asks_nothing(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        job = daily(arxiv, http, archive, clock)
        await job.run(WEDNESDAY)
        report = await job.run(WEDNESDAY)
        assert len(arxiv.requests) == 2
        assert report.requests == 2
        assert [o.status for o in report.harvest] == [Status.OK, Status.OK]

    async def test_a_category_that_is_wanted_later_is_asked_for_alone(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        await daily(arxiv, http, archive, clock, ["cs.CL"]).run(WEDNESDAY)
        await daily(arxiv, http, archive, clock, ["cs.CL", "cs.CV"]).run(WEDNESDAY)
        assert [seen.path for seen in arxiv.requests] == ["/atom/cs.CL", "/atom/cs.CV"]
        assert await stored(archive) == expected(arxiv, "cs.CL", "cs.CV")

    async def test_a_paper_of_two_categories_is_there_once_and_new(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        await daily(arxiv, http, archive, clock, ["cs.LG", "cs.AI"]).run(WEDNESDAY)
        listed = await archive.read(papers.of_day, WEDNESDAY)
        kinds = {item.paper.primary: item.announcement for item in listed}
        assert kinds == {"cs.AI": Announcement.NEW, "cs.CV": Announcement.CROSS}
        assert len(listed) == 6


class TestABadDay:
    async def test_a_stale_feed_is_named_and_the_listing_page_stands_in(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        arxiv.stale["cs.AI"] = TUESDAY
        report = await daily(arxiv, http, archive, clock).run(WEDNESDAY)
        said = by_source(report.harvest)
        assert said["cs.AI"].status is Status.OK
        assert words_or_nothing(said["cs.AI"].reason) == (
            "feed: still shows Tuesday 17 November 2026; listing: complete"
        )
        assert words_or_nothing(said["cs.CL"].reason) == ""
        assert await stored(archive) == expected(arxiv, "cs.AI", "cs.CL")
        assert report.requests == 3

    async def test_a_stale_feed_without_another_door_leaves_the_day_open(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        arxiv.stale["cs.AI"] = TUESDAY
        arxiv.dated = False
        arxiv.fail("/oai", html().times(None))
        job = daily(arxiv, http, archive, clock)
        report = await job.run(WEDNESDAY)
        said = by_source(report.harvest)
        assert said["cs.AI"].status is Status.FAILED
        assert "still shows Tuesday 17 November 2026" in words_or_nothing(said["cs.AI"].reason)
        assert "does not say its day" in words_or_nothing(said["cs.AI"].reason)
        assert report.day.harvested_at is None
        assert await stored(archive) == expected(arxiv, "cs.CL")

        before = len(arxiv.asked("/atom/cs.CL"))
        del arxiv.stale["cs.AI"]
        report = await job.run(WEDNESDAY)
        assert report.day.harvested_at is not None
        assert await stored(archive) == expected(arxiv, "cs.AI", "cs.CL")
        assert len(arxiv.asked("/atom/cs.CL")) == before

    async def test_a_feed_cut_at_its_cap_is_completed_by_the_listing_page(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        arxiv.world.papers = invent(30, WEDNESDAY, ["cs.LG"])
        arxiv.cap = 20
        report = await daily(arxiv, http, archive, clock, ["cs.LG"]).run(WEDNESDAY)
        [outcome] = report.harvest
        assert outcome.status is Status.OK
        assert words_or_nothing(outcome.reason) == (
            "feed: the feed was cut at 20 entries, which drops new papers; listing: 10 more papers"
        )
        assert len(await stored(archive)) == 30

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            (answers(429), "429"),
            (answers(429, retry_after="3600"), "429"),
            (not_acceptable(), "406"),
            (rate_exceeded(200), "slow down"),
            (rate_exceeded(429), "429"),
            (answers(503), "503"),
            (answers(403, "Access Denied"), "403"),
            (html(), "no feed"),
            (garbage(), "no feed"),
            (truncated(0.6), "broke off"),
            (cut_off(0.6), "broke off"),
            (drops(), "cannot be reached"),
        ],
        ids=[
            "429", "429-named", "406", "rate-200", "rate-429", "503", "403",
            "html", "garbage", "truncated", "cut-off", "dropped",
        ],
    )  # fmt: skip
    async def test_whatever_happens_to_every_door_the_second_run_mends_it(
        self,
        arxiv: ArxivD,
        http: Http,
        archive: Archive,
        clock: ManualClock,
        fault: Fault,
        said: str,
    ) -> None:
        old = factories.listed("2611.90001", day=WEDNESDAY)
        await archive.write(papers.save, [old], now=NOON)
        for path in ("/atom/cs.AI", "/list/*", "/catchup/*", "/oai"):
            arxiv.fail(path, fault.times(None))
        job = daily(arxiv, http, archive, clock)
        report = await job.run(WEDNESDAY)
        outcome = by_source(report.harvest)["cs.AI"]
        assert outcome.status in (Status.FAILED, Status.INCOMPLETE)
        assert said in words_or_nothing(outcome.reason)
        assert report.day.state is DayState.OPEN
        assert "2611.90001" in await stored(archive)
        assert len(arxiv.requests) < 20

        arxiv.heal()
        clock.advance(timedelta(hours=2))
        report = await job.run(WEDNESDAY)
        assert [o.status for o in report.harvest] == [Status.OK, Status.OK]
        assert report.day.harvested_at is not None
        found = await stored(archive)
        assert found == sorted({*expected(arxiv, "cs.AI", "cs.CL"), "2611.90001"})
        assert report.requests == len(arxiv.requests)

    async def test_the_log_says_of_each_door_why_it_gave_nothing(
        self,
        arxiv: ArxivD,
        http: Http,
        archive: Archive,
        clock: ManualClock,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        arxiv.fail("/atom/*", answers(503).times(None))
        with caplog.at_level("INFO", "bot.pipeline.harvest"):
            await daily(arxiv, http, archive, clock).run(WEDNESDAY)
        feeds, listing = [vars(one) for one in caplog.records if one.message == "harvest.door"]
        assert "address='http://" in str(feeds["fields"]["reason"])
        assert listing["fields"]["reason"] is None

    async def test_a_closed_door_is_not_knocked_at_by_the_next_run(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        arxiv.fail("/atom/*", answers(429).times(None))
        arxiv.dated = False
        job = daily(arxiv, http, archive, clock)
        await job.run(WEDNESDAY)
        assert len(arxiv.asked("/atom/*")) == 1
        await job.run(WEDNESDAY)
        assert len(arxiv.asked("/atom/*")) == 1
        clock.advance(CLOSURE)
        await job.run(WEDNESDAY)
        assert len(arxiv.asked("/atom/*")) == 2

    async def test_the_last_door_dates_by_submission_time_and_leaves_the_day_open(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        for path in ("/atom/*", "/list/*", "/catchup/*"):
            arxiv.fail(path, answers(403).times(None))
        job = daily(arxiv, http, archive, clock)
        report = await job.run(WEDNESDAY)
        assert {o.status for o in report.harvest} == {Status.INCOMPLETE}
        assert "dated by submission times" in words_or_nothing(report.harvest[0].reason)
        listed = await archive.read(papers.of_day, WEDNESDAY)
        assert {item.learnt_from for item in listed} == {LearntFrom.COMPUTED}
        arxiv.heal()
        await job.run(WEDNESDAY)
        listed = await archive.read(papers.of_day, WEDNESDAY)
        assert {item.learnt_from for item in listed} == {LearntFrom.FEED}
        assert len(listed) == len(expected(arxiv, "cs.AI", "cs.CL"))

    async def test_a_computed_day_does_not_stand_beside_a_printed_one(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        printed = factories.listed(expected(arxiv, "cs.CL")[0], day=TUESDAY)
        await archive.write(papers.save, [printed], now=NOON)
        for path in ("/atom/*", "/list/*", "/catchup/*"):
            arxiv.fail(path, answers(403).times(None))
        await daily(arxiv, http, archive, clock, ["cs.CL"]).run(WEDNESDAY)
        assert await stored(archive) == expected(arxiv, "cs.CL")[1:]

    async def test_a_door_with_a_fault_of_its_own_costs_only_itself(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        class Broken:
            name = "broken"

            async def harvest(self, day: date, categories: Sequence[str]) -> Harvested:
                raise KeyError("entries")

        job = daily(arxiv, http, archive, clock)
        report = await replace(job, doors=[Broken(), *job.doors]).run(WEDNESDAY)
        assert {o.status for o in report.harvest} == {Status.OK}
        assert "a fault in hotpapers: KeyError" in words_or_nothing(report.harvest[0].reason)

    async def test_a_malformed_entry_is_fetched_from_the_listing_page(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        rows = [Announced("new", p, 1) for p in arxiv.world.papers if p.listed == WEDNESDAY]
        rows = [row for row in rows if "cs.CL" in row.paper.categories]
        body = feed("cs.CL", WEDNESDAY, rows).replace(rows[0].paper.title, "")
        arxiv.fail("/atom/cs.CL", answers(200, body))
        report = await daily(arxiv, http, archive, clock, ["cs.CL"]).run(WEDNESDAY)
        [outcome] = report.harvest
        assert outcome.status is Status.OK
        assert "1 entry could not be read" in words_or_nothing(outcome.reason)
        assert words_or_nothing(outcome.reason).endswith("listing: 1 more paper")
        assert await stored(archive) == expected(arxiv, "cs.CL")
