"""Missed days, old days, days without a listing, and when to ask again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.arxiv import taxonomy
from bot.clock import ManualClock
from bot.config import Settings
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Announcement, Day, DayState, Era, Listed, Status
from bot.pipeline.due import due
from bot.pipeline.harvest import SECOND_LOOK
from bot.store import Archive, days, papers
from tests import factories
from tests.pipeline.arxiv_services import NOON, TUESDAY, WEDNESDAY, daily, expected, stored
from tests.services.arxiv_feed import feed
from tests.services.arxiv_world import Replacement, invent, submitted_for
from tests.services.arxivd import ArxivD
from tests.services.base import answers


class TestMissedDays:
    async def test_a_missed_day_comes_from_catchup(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        report = await daily(arxiv, http, archive, clock).run(TUESDAY)
        assert {o.status for o in report.harvest} == {Status.OK}
        assert await stored(archive, TUESDAY) == expected(arxiv, "cs.AI", "cs.CL", day=TUESDAY)
        assert [seen.path for seen in arxiv.requests] == [
            "/atom/cs.AI",
            "/catchup/cs.AI/2026-11-17",
            "/catchup/cs.CL/2026-11-17",
        ]

    async def test_a_whole_archive_takes_three_requests(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        report = await daily(arxiv, http, archive, clock, ["cs", "stat.ML"]).run(TUESDAY)
        assert len(report.harvest) == len(taxonomy.feeds(["cs", "stat.ML"]))
        assert report.requests == len(arxiv.requests) == 3
        assert report.day.harvested_at is not None

    async def test_an_older_day_comes_from_the_records_and_the_calendar(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        march = date(2026, 3, 18)
        arxiv.world.add(*invent(6, march))
        report = await daily(arxiv, http, archive, clock).run(march)
        assert {o.status for o in report.harvest} == {Status.OK}
        assert await stored(archive, march) == expected(arxiv, "cs.AI", "cs.CL", day=march)
        assert {seen.path for seen in arxiv.requests} == {"/atom/cs.AI", "/oai"}

    async def test_a_page_does_not_replace_the_texts_of_the_feed(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        raw = r"By Erd\H{o}s and $\alpha$"
        kept = factories.listed(
            expected(arxiv, "cs.CL", day=TUESDAY)[0], day=TUESDAY, raw_title=raw
        )
        await archive.write(papers.save, [kept], now=NOON)
        await daily(arxiv, http, archive, clock, ["cs.CL"]).run(TUESDAY)
        paper = await archive.read(papers.get, kept.paper.arxiv_id)
        assert paper is not None
        assert paper.raw_title == raw

    async def test_a_replacement_is_no_second_announcement(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        again = Replacement(2, submitted_for(WEDNESDAY), WEDNESDAY)
        arxiv.world.papers = [
            replace(p, replaced=(again,)) if p.listed == TUESDAY else p for p in arxiv.world.papers
        ]
        job = daily(arxiv, http, archive, clock)
        await job.run(TUESDAY)
        report = await job.run(WEDNESDAY)
        assert report.day.listed == len(expected(arxiv, "cs.AI", "cs.CL"))
        listed: list[Listed] = await archive.read(papers.of_day, WEDNESDAY)
        kinds = [item.announcement for item in listed]
        assert kinds.count(Announcement.REPLACE) == 4  # both ways: cs.AI and cs.CL
        assert kinds.count(Announcement.REPLACE_CROSS) == 2


class TestDaysWithoutAListing:
    @pytest.mark.parametrize(("day", "name"), [(21, "Saturday"), (22, "Sunday")])
    async def test_a_weekend_ends_at_once_and_arxiv_is_not_asked(
        self,
        arxiv: ArxivD,
        http: Http,
        archive: Archive,
        clock: ManualClock,
        day: int,
        name: str,
    ) -> None:
        weekend = date(2026, 11, day)
        clock.move_to(datetime(2026, 11, 22, 17, tzinfo=UTC))
        job = daily(arxiv, http, archive, clock)
        report = await job.run(weekend)
        [outcome] = report.harvest
        assert outcome.status is Status.EMPTY
        assert words_or_nothing(outcome.reason).startswith(f"no listing: {name}")
        assert report.day.state is DayState.CLOSED
        assert await job.collect(weekend) == await job.harvest(weekend)
        assert not arxiv.requests
        assert await archive.read(days.get, weekend) is None

    async def test_a_day_to_come_is_said_to_be_one(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        report = await daily(arxiv, http, archive, clock).run(date(2026, 11, 20))
        [outcome] = report.harvest
        assert outcome.status is Status.FAILED
        assert (
            words_or_nothing(outcome.reason)
            == "not announced yet: arXiv does so on 2026-11-20 at 01:00 UTC"
        )
        assert not arxiv.requests
        assert await archive.read(days.get, date(2026, 11, 20)) is None

    async def test_a_holiday_of_the_table_takes_one_look(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        friday = date(2026, 11, 27)
        clock.move_to(datetime(2026, 11, 27, 17, tzinfo=UTC))
        report = await daily(arxiv, http, archive, clock).run(friday)
        [outcome] = report.harvest
        assert outcome.status is Status.EMPTY
        assert (
            words_or_nothing(outcome.reason)
            == "no listing: arXiv holiday, nothing announced for Friday 27 November"
        )
        assert outcome.requests == report.requests == len(arxiv.requests) == 1

    async def test_a_holiday_on_which_arxiv_announces_after_all_is_harvested(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        job = daily(arxiv, http, archive, clock, deferred=[TUESDAY])
        report = await job.run(WEDNESDAY)
        assert {o.status for o in report.harvest} == {Status.OK}
        assert await stored(archive) == expected(arxiv, "cs.AI", "cs.CL")

    async def test_a_holiday_that_nobody_announced_is_believed_at_the_second_look(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        arxiv.world.papers = [p for p in arxiv.world.papers if p.listed == TUESDAY]
        job = daily(arxiv, http, archive, clock, ["cs"])
        clock.move_to(datetime(2026, 11, 18, 5, 10, tzinfo=UTC))  # 00:10 in New York
        report = await job.run(WEDNESDAY)
        assert {o.status for o in report.harvest} == {Status.EMPTY}
        assert report.day.state is DayState.OPEN
        assert report.day.harvested_at is None
        assert arxiv.asked("/list/cs.AI/new")
        assert arxiv.asked("/catchup/*")

        before = len(arxiv.requests)
        clock.advance(timedelta(minutes=20))
        await job.run(WEDNESDAY)
        assert [seen.path for seen in arxiv.requests[before:]] == ["/atom/cs.AI"]

        clock.advance(SECOND_LOOK)
        report = await job.run(WEDNESDAY)
        assert report.day.state is DayState.CLOSED
        assert {words_or_nothing(o.reason) for o in report.harvest} == {
            "arXiv announced nothing for Wednesday 18 November 2026"
        }
        known = await archive.read(days.between, TUESDAY, WEDNESDAY)
        asked = await archive.read(days.last_asked, TUESDAY, clock.now())
        tasks = due(known, asked, job.settings, clock.now() + timedelta(hours=30))
        assert all(task.day != WEDNESDAY for task in tasks)

    async def test_papers_that_come_between_the_looks_are_taken(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        late = [p for p in arxiv.world.papers if p.listed == WEDNESDAY]
        arxiv.world.papers = [p for p in arxiv.world.papers if p.listed == TUESDAY]
        job = daily(arxiv, http, archive, clock)
        clock.move_to(datetime(2026, 11, 18, 5, 10, tzinfo=UTC))
        await job.run(WEDNESDAY)
        arxiv.world.add(*late)
        clock.advance(timedelta(minutes=20))
        report = await job.run(WEDNESDAY)
        assert {o.status for o in report.harvest} == {Status.OK}
        assert await stored(archive) == expected(arxiv, "cs.AI", "cs.CL")

    async def test_empty_feeds_are_not_believed_against_a_listing_page(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        empty = feed("cs", WEDNESDAY, [])
        arxiv.fail("/atom/*", answers(200, empty).times(None))
        report = await daily(arxiv, http, archive, clock, ["cs.AI", "cs.CL", "cs.CV"]).run(
            WEDNESDAY
        )
        assert {o.status for o in report.harvest} == {Status.OK}
        assert "is empty, but the listing has papers" in words_or_nothing(report.harvest[0].reason)
        assert await stored(archive) == expected(arxiv, "cs.AI", "cs.CL", "cs.CV")

    async def test_an_old_day_that_was_empty_is_closed_at_once(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        clock.advance(timedelta(days=2))
        arxiv.world.papers = [*invent(6, TUESDAY), *invent(6, date(2026, 11, 20))]
        report = await daily(arxiv, http, archive, clock).run(WEDNESDAY)
        assert report.day.state is DayState.CLOSED
        assert "announced nothing" in words_or_nothing(report.harvest[0].reason)


class TestTheAgenda:
    @pytest.mark.parametrize(
        ("hours", "minutes_since", "expected"),
        [
            (1, 19, False), (1, 20, True), (10, 30, False), (10, 60, True),
            (60, 120, False), (60, 360, True),
        ],
    )  # fmt: skip
    def test_what_is_missing_is_asked_for_more_and_more_seldom(
        self, hours: int, minutes_since: int, expected: bool
    ) -> None:
        now = datetime(2026, 11, 18, 5, tzinfo=UTC) + timedelta(hours=hours)
        asked = {(WEDNESDAY, "harvest"): now - timedelta(minutes=minutes_since)}
        known = [
            make_day(WEDNESDAY),
            *(make_day(day, closed=True) for day in (date(2026, 11, 19), date(2026, 11, 20))),
        ]
        tasks = due(known, asked, Settings(), now)
        assert any(task.day == WEDNESDAY for task in tasks) is expected


def make_day(day: date, *, closed: bool = False) -> Day:
    return Day(
        day=day,
        state=DayState.CLOSED if closed else DayState.OPEN,
        era=Era.HOTPAPERS,
        listed=0,
    )
