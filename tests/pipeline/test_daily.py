"""The daily job, on a real archive, with hand-written sources at its seams."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.arxiv import calendar
from bot.clock import ManualClock
from bot.config import ArxivSection, Settings, SourcesSection, logs
from bot.errors import Unreachable
from bot.messages.problems import words_or_nothing
from bot.models import DayState, Listed, Network, Outcome, Post, Status
from bot.pipeline import Daily, collect
from bot.pipeline.day_close import closes_at
from bot.sources import Collected, Harvested, Wanted
from bot.sources.x import Embedded
from bot.store import Archive, days, posts, standings
from tests.factories import DAY, legacy, listed, post

SETTINGS = Settings(
    arxiv=ArxivSection(categories=("cs.CV", "cs.CL")),
    sources=SourcesSection(seconds_per_source=0.2),
)
END = closes_at(DAY, SETTINGS)


class Door:
    """Answers per category with a status, and lists the papers given with it."""

    name = "door"

    def __init__(self, **answers: tuple[Status, Sequence[Listed]]) -> None:
        self.answers = {name.replace("_", "."): answer for name, answer in answers.items()}
        self.asked: list[str] = []

    async def harvest(self, day: date, categories: Sequence[str]) -> Harvested:
        self.asked += categories
        said = {c: self.answers.get(c, (Status.EMPTY, ())) for c in categories}
        return Harvested(
            day=day,
            listed=tuple(item for _, found in said.values() for item in found),
            outcomes=tuple(
                Outcome(
                    source=c,
                    status=status,
                    at=END,
                    reason=legacy(str(status)),
                    items=len(found),
                )
                for c, (status, found) in said.items()
            ),
        )


class Net:
    """A network that does what it is told when it is asked."""

    def __init__(self, network: Network, act: Callable[[], Sequence[Post]]) -> None:
        self.network = network
        self.act = act
        self.wanted: list[Wanted] = []

    def asked_for(self, day: date) -> int:
        return sum(wanted.day == day for wanted in self.wanted)

    async def collect(self, wanted: Wanted) -> Collected:
        self.wanted.append(wanted)
        found = self.act()
        if not found:
            await asyncio.sleep(60)
        status = Outcome(source=self.network, status=Status.OK, at=wanted.until, items=len(found))
        return Collected(network=self.network, posts=tuple(found), outcome=status)


def dead() -> Sequence[Post]:
    raise Unreachable("connection refused")


def broken() -> Sequence[Post]:
    raise ZeroDivisionError("a fault of ours")


def slow() -> Sequence[Post]:
    return ()


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with await Archive.open(tmp_path / "a.db") as opened:
        yield opened


def daily(
    archive: Archive, doors: Sequence[Door], nets: Sequence[Net] = (), now: datetime = END
) -> Daily:
    return Daily(
        archive=archive, doors=doors, networks=nets, settings=SETTINGS, clock=ManualClock(now)
    )


WHOLE = {"cs_CV": (Status.OK, [listed("2103.15691")]), "cs_CL": (Status.EMPTY, [])}


async def test_a_whole_day_is_ranked_and_closed(archive: Archive) -> None:
    net = Net(Network.X, lambda: [post("1", reposts=40, likes=30)])
    report = await daily(archive, [Door(**WHOLE)], [net]).run(DAY)
    assert (report.day.state, report.day.listed, report.above_bar) == (DayState.CLOSED, 1, 1)
    (first,) = await archive.read(standings.between, DAY, DAY, min_score=50)
    assert first.score == 70


async def test_a_day_inside_its_window_stays_open(archive: Archive) -> None:
    net = Net(Network.X, lambda: [post("1")])
    early = END - timedelta(minutes=1)
    report = await daily(archive, [Door(**WHOLE)], [net], early).run(DAY)
    assert report.day.state is DayState.OPEN


async def test_the_next_door_is_asked_only_for_what_is_missing(archive: Archive) -> None:
    first = Door(cs_CV=(Status.OK, [listed("2103.00001")]), cs_CL=(Status.FAILED, []))
    second = Door(cs_CL=(Status.OK, [listed("2103.00002")]))
    report = await daily(archive, [first, second]).run(DAY)
    assert second.asked == ["cs.CL"]
    assert report.day.listed == 2
    assert {o.source: o.status for o in report.harvest} == {
        "cs.CV": Status.OK,
        "cs.CL": Status.OK,
    }


async def test_a_half_harvest_keeps_what_came_and_the_second_run_completes_it(
    archive: Archive,
) -> None:
    half = Door(cs_CV=(Status.INCOMPLETE, [listed("2103.00001")]), cs_CL=(Status.EMPTY, []))
    report = await daily(archive, [half]).run(DAY)
    assert (report.day.state, report.day.listed) == (DayState.OPEN, 1)
    whole = Door(cs_CV=(Status.OK, [listed("2103.00001"), listed("2103.00003")]))
    report = await daily(archive, [whole]).run(DAY)
    assert (report.day.state, report.day.listed) == (DayState.CLOSED, 2)


async def test_a_failed_harvest_is_no_day_without_papers(archive: Archive) -> None:
    failed = Door(cs_CV=(Status.FAILED, []), cs_CL=(Status.FAILED, []))
    report = await daily(archive, [failed]).run(DAY)
    assert report.day.harvested_at is None
    assert report.day.state is DayState.OPEN


async def test_no_network_can_sink_the_day(archive: Archive) -> None:
    nets = [
        Net(Network.X, lambda: [post("1", reposts=60, likes=0)]),
        Net(Network.BLUESKY, dead),
        Net(Network.MASTODON, slow),
        Net(Network.HACKERNEWS, broken),
    ]
    report = await daily(archive, [Door(**WHOLE)], nets).run(DAY)
    said = {o.source: (o.status, words_or_nothing(o.reason)) for o in report.collect}
    assert said["x"][0] is Status.OK
    assert said["bluesky"] == (Status.FAILED, "connection refused")
    assert said["mastodon"] == (Status.FAILED, "no answer within 0.2 s")
    assert said["hackernews"][0] is Status.FAILED
    assert "hotpapers" in said["hackernews"][1]
    assert (report.day.state, report.above_bar) == (DayState.CLOSED, 1)


async def test_a_key_that_a_service_echoes_is_not_kept(archive: Archive) -> None:
    def echo() -> Sequence[Post]:
        raise Unreachable("X answered: bad key top-secret-key")

    logs.hide("top-secret-key")
    report = await daily(archive, [Door(**WHOLE)], [Net(Network.X, echo)]).run(DAY)
    assert [words_or_nothing(o.reason) for o in report.collect] == ["X answered: bad key *****"]


async def test_running_again_changes_nothing(archive: Archive) -> None:
    job = daily(archive, [Door(**WHOLE)], [Net(Network.X, lambda: [post("1", likes=90)])])
    first = await job.run(DAY)
    second = await job.run(DAY)
    assert second.day == first.day
    assert await archive.read(posts.history, Network.X, "1") == [(post("1").counted_at, 10, 90)]


async def test_a_network_is_told_what_is_wanted_and_what_is_known(archive: Archive) -> None:
    net = Net(Network.X, lambda: [post("1", reposts=20, likes=20)])
    job = daily(archive, [Door(**WHOLE)], [net])
    await job.run(DAY)
    await job.collect(DAY)
    first, second = net.wanted
    assert first.arxiv_ids == {"2103.15691"}
    assert first.since == calendar.mailing_start(DAY)
    assert first.known == ()
    assert [known.post_id for known in second.known] == ["1"]


async def test_a_network_is_told_that_its_last_answer_was_not_whole(archive: Archive) -> None:
    net = Net(Network.X, dead)
    job = daily(archive, [Door(**WHOLE)], [net])
    await job.run(DAY)
    net.act = lambda: [post("1", likes=90)]
    await job.collect(DAY)
    await job.collect(DAY)
    assert [asked.unfinished for asked in net.wanted] == [set(), {"x"}, set()]


class TestNaming:
    """The shown posts of X get their authors; a post that is gone takes its counts along."""

    @staticmethod
    async def run(archive: Archive, **known: Embedded | Exception) -> list[Post]:
        async def lookup(url: str) -> Embedded | None:
            found = known.get("p" + url.rpartition("/")[2])
            if isinstance(found, Exception):
                raise found
            return found

        posted = [
            post("1", likes=90, author="", author_id=""),
            post("2", likes=60, author="", author_id=""),
        ]
        job = replace(
            daily(archive, [Door(**WHOLE)], [Net(Network.X, lambda: posted)]), lookup=lookup
        )
        await job.run(DAY)
        return await archive.read(posts.of_paper, "2103.15691")

    async def test_the_author_is_kept_when_counts_are_taken_again(self, archive: Archive) -> None:
        ada = Embedded(text="Look", author_name="Ada Example", handle="ada", html="")
        await self.run(archive, p1=ada, p2=ada)
        first, _ = await self.run(archive, p1=ada, p2=ada)
        assert (first.author, first.author_name, first.likes) == ("ada", "Ada Example", 90)
        assert first.url == "https://x.com/ada/status/1"

    async def test_a_post_that_is_gone_is_dropped(self, archive: Archive) -> None:
        ada = Embedded(text="Look", author_name="Ada Example", handle="ada", html="")
        assert [p.post_id for p in await self.run(archive, p1=ada)] == ["1"]
        (ranked,) = await archive.read(standings.between, DAY, DAY, min_score=0)
        assert ranked.score == 100

    async def test_a_service_that_knows_nothing_drops_nothing(self, archive: Archive) -> None:
        assert len(await self.run(archive)) == 2

    async def test_a_service_that_is_down_costs_only_names(self, archive: Archive) -> None:
        down = Unreachable("connection refused")
        assert [p.author for p in await self.run(archive, p1=down, p2=down)] == ["", ""]


class TestTick:
    """What the scheduler runs: the archive and the clock decide alone."""

    async def test_a_new_bot_begins_with_the_listing_that_its_first_digest_shows(
        self, archive: Archive
    ) -> None:
        # 00:20 in New York on the listing day; Friday's is the newest that can be posted
        now = datetime(2021, 3, 30, 4, 20, tzinfo=UTC)
        net = Net(Network.X, lambda: [post("1", likes=90, counted_at=now)])
        await daily(archive, [Door(**WHOLE)], [net], now).tick()
        known = await archive.read(days.between, date(2021, 3, 1), DAY)
        assert [(d.day.day, d.state is DayState.CLOSED) for d in known] == [
            (26, True), (29, False), (30, False),
        ]  # fmt: skip
        assert len(net.wanted) == 3  # counted by the same tick that harvested them

    async def test_the_day_is_closed_by_the_ticks_of_two_days(self, archive: Archive) -> None:
        clock = ManualClock(datetime(2021, 3, 30, 4, 20, tzinfo=UTC))
        net = Net(Network.X, lambda: [post("1", likes=90, counted_at=clock.now())])
        door = Door(**WHOLE)
        job = Daily(archive=archive, doors=[door], networks=[net], settings=SETTINGS, clock=clock)
        while clock.now() < END + timedelta(minutes=30):
            await job.tick()
            clock.advance(timedelta(minutes=15))
        found = await archive.read(days.get, DAY)
        assert found is not None
        assert found.state is DayState.CLOSED
        assert found.late is False
        assert door.asked.count("cs.CV") == 4  # once for each of two days before, this and the next
        assert 4 <= net.asked_for(DAY) <= 7

    async def test_what_was_collected_before_a_kill_is_ranked_and_not_asked_for_again(
        self, archive: Archive
    ) -> None:
        net = Net(Network.X, lambda: [post("1", reposts=40, likes=30)])
        job = daily(archive, [Door(**WHOLE)], [net])
        await job.harvest(DAY)
        await collect.run(archive, [net], SETTINGS, ManualClock(END), DAY)  # and no further
        await daily(archive, [Door(**WHOLE)], [net], END + timedelta(minutes=1)).tick()
        found = await archive.read(days.get, DAY)
        assert found is not None
        assert (found.state, found.counted_at) == (DayState.CLOSED, END)
        (first,) = await archive.read(standings.between, DAY, DAY, min_score=50)
        assert (first.score, net.asked_for(DAY)) == (70, 1)

    async def test_papers_that_came_after_the_last_count_are_counted_before_the_day_is_closed(
        self, archive: Archive
    ) -> None:
        net = Net(Network.X, lambda: [post("1", reposts=40, likes=30)])
        half = Door(cs_CV=(Status.FAILED, []), cs_CL=(Status.OK, [listed("2103.00002")]))
        await daily(archive, [half], [net]).run(DAY)
        later = END + timedelta(hours=2)
        await daily(archive, [Door(**WHOLE)], [net], later).harvest(DAY)
        await daily(archive, [Door(**WHOLE)], [net], later).tick()
        found = await archive.read(days.get, DAY)
        assert found is not None
        assert (found.state, found.counted_at, net.asked_for(DAY)) == (DayState.CLOSED, later, 2)

    async def test_missed_days_are_made_up_in_order(self, archive: Archive) -> None:
        job = daily(archive, [Door(**WHOLE)], now=datetime(2021, 3, 30, 5, 0, tzinfo=UTC))
        await job.tick()
        back = datetime(2021, 4, 2, 5, 0, tzinfo=UTC)
        await daily(archive, [Door(**WHOLE)], now=back).tick()
        known = await archive.read(days.between, DAY, date(2021, 4, 2))
        assert [d.day.day for d in known] == [30, 31, 1, 2]
