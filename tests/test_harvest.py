"""One listing day from a loopback arXiv through the real doors, whatever arXiv does."""

import time
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.arxiv import taxonomy
from bot.clock import ManualClock
from bot.config import ArxivSection, Settings
from bot.daily import Daily
from bot.daily.agenda import due
from bot.daily.harvest import SECOND_LOOK
from bot.http import Gate, Http, MemoryValidators
from bot.models import Announcement, Day, DayState, Era, LearntFrom, Listed, Outcome, Status
from bot.sources import Harvested, PaperSource
from bot.sources.arxiv_feed import ArxivFeed
from bot.sources.arxiv_listing import Catchup, ListingNew
from bot.sources.arxiv_oai import ArxivOai
from bot.store import Archive, days, papers
from tests import make
from tests.services.arxiv_feed import feed
from tests.services.arxiv_world import Announced, Replacement, World, invent, submitted_for
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

TUESDAY = date(2026, 11, 17)
WEDNESDAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
# Closed doors open again after this in these tests; two minutes at arXiv's own pace.
CLOSURE = timedelta(minutes=2)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with await Archive.open(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture
async def http(clock: ManualClock, tmp_path: Path) -> AsyncIterator[Http]:
    gate = Gate(0.0, tmp_path / "gate", closure=CLOSURE, refusals=(b"Rate exceeded",))
    async with Http(
        contact="",
        version="0",
        clock=clock,
        timeout=1,
        tries=2,
        backoff=0.01,
        gates={"arxiv": gate},
        validators=MemoryValidators(),
    ) as client:
        yield client


@pytest.fixture
async def arxiv(clock: ManualClock) -> AsyncIterator[ArxivD]:
    async with ArxivD(World([*invent(9, WEDNESDAY), *invent(6, TUESDAY)]), clock) as service:
        yield service


def daily(
    arxiv: ArxivD,
    http: Http,
    archive: Archive,
    clock: ManualClock,
    categories: Sequence[str] = ("cs.AI", "cs.CL"),
    deferred: Collection[date] = (),
) -> Daily:
    """All doors, in the order in which the program asks them."""
    page = partial(spaced, http, clock, arxiv.url, deferred)
    doors: list[PaperSource] = [
        ArxivFeed(http, clock, arxiv.url, gate="arxiv", deferred=deferred),
        page(ListingNew),
        page(Catchup),
        ArxivOai(http, clock, arxiv.url, gate="arxiv", deferred=deferred, backoff=0.0),
    ]
    settings = Settings(arxiv=ArxivSection(categories=tuple(categories), deferred=tuple(deferred)))
    return Daily(archive=archive, doors=doors, networks=[], settings=settings, clock=clock)


def spaced(
    http: Http,
    clock: ManualClock,
    url: str,
    deferred: Collection[date],
    kind: type[ListingNew] | type[Catchup],
) -> PaperSource:
    return kind(http, clock, url, gate="arxiv", spacing=0.0, deferred=deferred)


def by_source(outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    return {outcome.source: outcome for outcome in outcomes}


async def stored(archive: Archive, day: date = WEDNESDAY) -> list[str]:
    return [item.paper.arxiv_id for item in await archive.read(papers.of_day, day)]


def expected(arxiv: ArxivD, *categories: str, day: date = WEDNESDAY) -> list[str]:
    return sorted(
        p.id
        for p in arxiv.world.papers
        if p.listed == day and not set(categories).isdisjoint(p.categories)
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
        assert said["cs.AI"].reason == (
            "feed: still shows Tuesday 17 November 2026; listing: complete"
        )
        assert said["cs.CL"].reason == ""
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
        assert "still shows Tuesday 17 November 2026" in said["cs.AI"].reason
        assert "does not say its day" in said["cs.AI"].reason
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
        arxiv.world.papers = invent(2050, WEDNESDAY, ["cs.LG"])
        report = await daily(arxiv, http, archive, clock, ["cs.LG"]).run(WEDNESDAY)
        [outcome] = report.harvest
        assert outcome.status is Status.OK
        assert outcome.reason == (
            "feed: the feed was cut at 2,000 entries, which drops new papers; "
            "listing: 50 more papers"
        )
        assert len(await stored(archive)) == 2050

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
        old = make.listed("2611.90001", day=WEDNESDAY)
        await archive.write(papers.save, [old], now=NOON)
        for path in ("/atom/cs.AI", "/list/*", "/catchup/*", "/oai"):
            arxiv.fail(path, fault.times(None))
        job = daily(arxiv, http, archive, clock)
        began = time.monotonic()
        report = await job.run(WEDNESDAY)
        assert time.monotonic() - began < 10
        outcome = by_source(report.harvest)["cs.AI"]
        assert outcome.status in (Status.FAILED, Status.INCOMPLETE)
        assert said in outcome.reason
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
        assert "dated by submission times" in report.harvest[0].reason
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
        printed = make.listed(expected(arxiv, "cs.CL")[0], day=TUESDAY)
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
        assert "a fault in hotpapers: KeyError" in report.harvest[0].reason

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
        assert "1 entry could not be read" in outcome.reason
        assert outcome.reason.endswith("listing: 1 more paper")
        assert await stored(archive) == expected(arxiv, "cs.CL")


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
        kept = make.listed(expected(arxiv, "cs.CL", day=TUESDAY)[0], day=TUESDAY, raw_title=raw)
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
        assert outcome.reason.startswith(f"no listing: {name}")
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
        assert outcome.reason == "not announced yet: arXiv does so on 2026-11-20 at 01:00 UTC"
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
        assert outcome.reason == "no listing: arXiv holiday, announced for Friday 27 November"
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
        assert {o.reason for o in report.harvest} == {
            "arXiv announced nothing for Wednesday 18 November 2026"
        }
        known = await archive.read(days.between, TUESDAY, WEDNESDAY)
        asked = await archive.read(days.last_asked, TUESDAY)
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
        assert "is empty, but the listing has papers" in report.harvest[0].reason
        assert await stored(archive) == expected(arxiv, "cs.AI", "cs.CL", "cs.CV")

    async def test_an_old_day_that_was_empty_is_closed_at_once(
        self, arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
    ) -> None:
        clock.advance(timedelta(days=2))
        arxiv.world.papers = [*invent(6, TUESDAY), *invent(6, date(2026, 11, 20))]
        report = await daily(arxiv, http, archive, clock).run(WEDNESDAY)
        assert report.day.state is DayState.CLOSED
        assert "announced nothing" in report.harvest[0].reason


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
