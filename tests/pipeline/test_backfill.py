"""Past listing days: every record once, whatever happens on the way."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.clock import ManualClock
from bot.config import Settings
from bot.config.sections import ArxivSection
from bot.errors import InputError, Malformed, SourceError, StoreError, Throttled
from bot.http import Http, RateLimiter
from bot.messages.problems import words_or_nothing
from bot.models import Announcement, DayState, LearntFrom, Status
from bot.pipeline.backfill import Backfill, Progress, in_process
from bot.pipeline.backfill.checkpoint import Span, sieve, span, windows
from bot.pipeline.backfill.reader import Page
from bot.sources.arxiv.oai import ArxivOai, Read, Window
from bot.sources.arxiv.oai_xml import OaiError
from bot.sources.arxiv.record import Record
from bot.store import Archive, days, papers
from tests import factories
from tests.services.arxiv_world import Endless, Paper, World, invent, submitted_for
from tests.services.arxivd import ArxivD
from tests.services.base import Fault, answers, html, truncated
from tests.words import raises_saying

MONDAY = date(2026, 3, 16)
DEAD_TOKEN = (
    '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    '<error code="badResumptionToken">no</error></OAI-PMH>'
)
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with await Archive.open(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture
async def http(clock: ManualClock) -> AsyncIterator[Http]:
    async with Http(contact="", version="0", clock=clock, backoff=0.0, tries=2) as client:
        yield client


@pytest.fixture
async def arxiv(clock: ManualClock) -> AsyncIterator[ArxivD]:
    """Three listing days of nine papers each."""
    found = [p for n in range(3) for p in invent(9, MONDAY + timedelta(days=n))]
    async with ArxivD(World(found), clock) as service:
        service.page_size = 5
        yield service


def settings(*categories: str) -> Settings:
    return Settings(arxiv=ArxivSection(categories=categories or ("cs", "stat.ML")))


def oai(arxiv: ArxivD, http: Http, clock: ManualClock) -> ArxivOai:
    return ArxivOai(http, clock, arxiv.url, gate="arxiv", backoff=0.0)


def job(archive: Archive, clock: ManualClock, *categories: str) -> Backfill:
    return Backfill(archive=archive, settings=settings(*categories), clock=clock)


def silent(_: Progress) -> None:
    pass


async def listed(archive: Archive, first: date, last: date) -> dict[str, tuple[date, LearntFrom]]:
    """Every listing of these days; no paper may have two."""
    found: dict[str, tuple[date, LearntFrom]] = {}
    day = first
    while day <= last:
        for item in await archive.read(papers.of_day, day):
            assert item.paper.arxiv_id not in found
            found[item.paper.arxiv_id] = (day, item.learnt_from)
        day += timedelta(days=1)
    return found


class TestWhatIsWanted:
    def test_a_span_is_of_listing_days_that_have_been(self) -> None:
        found = span(date(2026, 3, 14), date(2099, 1, 1), ["cs.AI"], [], date(2026, 3, 20))
        assert (found.first, found.last) == (MONDAY, date(2026, 3, 20))

    @pytest.mark.parametrize(
        ("start", "end"), [(date(2026, 3, 14), date(2026, 3, 15)), (date(2099, 1, 1),) * 2]
    )
    def test_a_span_without_a_listing_day_is_refused(self, start: date, end: date) -> None:
        with raises_saying(InputError, "no listing"):
            span(start, end, ["cs.AI"], [], date(2026, 11, 18))

    def test_records_are_told_apart_by_their_submission_times(self) -> None:
        wanted = Span(
            first=MONDAY,
            last=MONDAY + timedelta(days=1),
            categories=frozenset({"cs.AI"}),
            deferred=frozenset(),
        )

        def record(arxiv_id: str, day: date, category: str = "cs.AI") -> Record:
            return Record(
                arxiv_id=arxiv_id, categories=(category,), submitted_at=submitted_for(day)
            )

        inside = record("2603.00005", MONDAY)
        early = record("2603.00001", MONDAY - timedelta(days=4))
        behind = record("2603.00009", MONDAY + timedelta(days=3))
        others = [
            record("2602.00001", MONDAY - timedelta(days=30)),
            record("2604.00001", MONDAY + timedelta(days=30)),
            record("2603.00006", MONDAY, "math.CO"),
            replace(inside, submitted_at=None),
            Record(arxiv_id="2603.00007", deleted=True),
        ]
        found = sieve([early, inside, behind, *others], wanted)
        assert found.papers == [(inside.paper(), MONDAY)]
        assert found.early == [early]
        assert found.behind == [("2603.00009", MONDAY + timedelta(days=3))]

    def test_windows_reach_from_the_first_day_to_the_present(self) -> None:
        found = windows(MONDAY, date(2026, 5, 1), ["cs", "stat:stat:ML"])
        assert found[0] == Window(date(2026, 3, 15), date(2026, 4, 11), "cs")
        assert found[1].subset == "stat:stat:ML"
        assert found[-1] == Window(date(2026, 4, 12), None, "stat:stat:ML")
        assert len(found) == 4


class TestFromOai:
    async def test_every_paper_is_stored_once_on_its_day(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        found = await job(archive, clock).from_oai(
            oai(arxiv, http, clock), MONDAY, MONDAY + timedelta(days=2), silent
        )
        assert (found.days, found.papers, found.corrected, found.left_out) == (3, 27, 0, 0)
        stored = await listed(archive, date(2026, 3, 1), date(2026, 4, 1))
        assert stored == {p.id: (p.listed, LearntFrom.COMPUTED) for p in arxiv.world.papers}
        known = await archive.read(days.get, MONDAY)
        assert known is not None
        assert (known.state, known.listed) == (DayState.CLOSED, 9)
        [outcome] = await archive.read(days.outcomes, MONDAY, "harvest")
        assert (outcome.status, outcome.items) == (Status.OK, 9)
        assert words_or_nothing(outcome.reason) == "dated by submission times"

    async def test_done_again_it_changes_nothing(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        backfill = job(archive, clock)
        await backfill.from_oai(oai(arxiv, http, clock), MONDAY, MONDAY, silent)
        before = await listed(archive, MONDAY, MONDAY)
        again = await backfill.from_oai(oai(arxiv, http, clock), MONDAY, MONDAY, silent)
        assert (again.papers, again.corrected) == (0, 0)
        assert await listed(archive, MONDAY, MONDAY) == before
        assert len(await archive.read(days.outcomes, MONDAY, "harvest")) == 1

    async def test_papers_of_other_days_and_categories_are_left_out(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        await job(archive, clock, "cs.CL").from_oai(oai(arxiv, http, clock), MONDAY, MONDAY, silent)
        stored = await listed(archive, date(2026, 3, 1), date(2026, 4, 1))
        assert set(stored) == {
            p.id for p in arxiv.world.papers if p.listed == MONDAY and "cs.CL" in p.categories
        }

    async def test_a_paper_from_elsewhere_is_a_cross_list(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        await job(archive, clock, "cs.AI").from_oai(oai(arxiv, http, clock), MONDAY, MONDAY, silent)
        kinds = {
            item.paper.primary: item.announcement
            for item in await archive.read(papers.of_day, MONDAY)
        }
        assert kinds == {"cs.AI": Announcement.NEW, "cs.CV": Announcement.CROSS}

    async def test_held_papers_are_dated_by_their_neighbours(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        tuesday = MONDAY + timedelta(days=1)
        held = [4, 12]  # announced on Monday and on Tuesday
        for place in held:
            paper = arxiv.world.papers[place]
            early = submitted_for(paper.listed - timedelta(days=7))
            arxiv.world.papers[place] = replace(paper, submitted=early)
        found = await job(archive, clock).from_oai(
            oai(arxiv, http, clock), MONDAY, tuesday + timedelta(days=1), silent
        )
        assert found.corrected == 2
        stored = await listed(archive, date(2026, 3, 1), date(2026, 4, 1))
        assert {name: day for name, (day, _) in stored.items()} == {
            p.id: p.listed for p in arxiv.world.papers
        }
        assert {arxiv.world.papers[place].id for place in held} == {
            name for name, (_, learnt) in stored.items() if learnt is LearntFrom.CORRECTED
        }

    async def test_a_paper_held_within_the_span_moves_to_its_day(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        wednesday = MONDAY + timedelta(days=2)
        paper = arxiv.world.papers[22]
        assert paper.listed == wednesday
        arxiv.world.papers[22] = replace(paper, submitted=submitted_for(MONDAY))
        backfill = job(archive, clock)
        for _ in range(2):
            await backfill.from_oai(oai(arxiv, http, clock), MONDAY, wednesday, silent)
            stored = await listed(archive, MONDAY, wednesday)
            assert stored[paper.id] == (wednesday, LearntFrom.CORRECTED)
            assert len(stored) == 27

    async def test_days_that_arxiv_printed_stand(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        tuesday = MONDAY + timedelta(days=1)
        paper = arxiv.world.papers[0]
        printed = factories.listed(paper.id, day=tuesday, raw_title="from the feed")
        await archive.write(papers.save, [printed], now=NOON)
        await job(archive, clock).from_oai(oai(arxiv, http, clock), MONDAY, tuesday, silent)
        stored = await listed(archive, MONDAY, tuesday)
        assert stored[paper.id] == (tuesday, LearntFrom.FEED)
        assert len(stored) == 18

    async def test_a_fresh_day_stays_open_for_better_doors(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        today = date(2026, 11, 18)
        arxiv.world.add(*invent(3, today))
        await job(archive, clock).from_oai(oai(arxiv, http, clock), today, today, silent)
        known = await archive.read(days.get, today)
        assert known is not None
        assert (known.state, known.listed, known.harvested_at) == (DayState.OPEN, 3, None)

    async def test_deleted_records_are_no_papers_and_malformed_ones_are_counted(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        first, second, *_ = arxiv.world.papers
        arxiv.world.papers[0] = replace(first, deleted=True)
        arxiv.world.papers[1] = replace(second, title="")
        found = await job(archive, clock).from_oai(oai(arxiv, http, clock), MONDAY, MONDAY, silent)
        assert (found.papers, found.left_out) == (7, 1)

    async def test_it_says_how_far_it_is(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        told: list[Progress] = []
        await job(archive, clock).from_oai(
            oai(arxiv, http, clock), MONDAY, MONDAY + timedelta(days=2), told.append
        )
        shares = [progress.done for progress in told]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert 0 < shares[0] < 0.5
        assert told[-1].papers == 27
        assert {progress.doing for progress in told} == {"reading", "correcting days", "done"}


class Flaky:
    """Pages of a world, until ``fail_at`` pages were given; then every time another way to end."""

    def __init__(self, source: ArxivOai, ends: Sequence[BaseException]) -> None:
        self._source = source
        self._ends = list(ends)
        self.pages = 0

    async def answer(self, window: Window, token: str, read: Read[Page]) -> Page:
        self.pages += 1
        if self._ends and self.pages % 3 == 0:
            raise self._ends.pop()
        return await self._source.answer(window, token, read)


class TestWhatGoesWrong:
    async def test_it_goes_on_where_it_was_stopped(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        end = MONDAY + timedelta(days=2)
        ends = [SourceError("gone"), asyncio.CancelledError(), StoreError("full")]
        source = Flaky(oai(arxiv, http, clock), ends)
        backfill = job(archive, clock)
        for _ in range(3):
            with pytest.raises((SourceError, asyncio.CancelledError, StoreError)):
                await backfill.from_oai(source, MONDAY, end, silent)
        found = await backfill.from_oai(source, MONDAY, end, silent)
        assert found.papers == 27
        assert len(await listed(archive, MONDAY, end)) == 27
        requests = [tuple(sorted(seen.query.items())) for seen in arxiv.requests]
        assert len(requests) == len(set(requests))  # nothing was asked for twice

    async def test_a_token_that_died_overnight_costs_one_window(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        end = MONDAY + timedelta(days=2)
        source = Flaky(oai(arxiv, http, clock), [SourceError("gone")])
        backfill = job(archive, clock)
        with pytest.raises(SourceError):
            await backfill.from_oai(source, MONDAY, end, silent)
        clock.advance(timedelta(days=1))
        found = await backfill.from_oai(source, MONDAY, end, silent)
        assert found.papers == 27
        assert len(await listed(archive, MONDAY, end)) == 27

    async def test_a_token_that_dies_at_midnight_under_way_is_noticed(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        class Midnight:
            def __init__(self, source: ArxivOai) -> None:
                self.source, self.refused = source, 0

            async def answer(self, window: Window, token: str, read: Read[Page]) -> Page:
                if token and not self.refused:
                    self.refused += 1
                    raise OaiError("badResumptionToken", "expired")
                return await self.source.answer(window, token, read)

        source = Midnight(oai(arxiv, http, clock))
        found = await job(archive, clock).from_oai(
            source, MONDAY, MONDAY + timedelta(days=2), silent
        )
        assert source.refused == 1
        assert found.papers == 27

    async def test_a_token_that_is_always_refused_ends_it(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        arxiv.fail("/oai", answers(200, DEAD_TOKEN).after(1).times(None))
        with pytest.raises(OaiError, match="badResumptionToken"):
            await job(archive, clock).from_oai(
                oai(arxiv, http, clock), MONDAY, MONDAY + timedelta(days=2), silent
            )

    @pytest.mark.parametrize("page", [1, 2])
    async def test_a_page_that_never_comes_ends_it(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive, page: int
    ) -> None:
        class Stuck:
            """Refuses the token of one page, whenever the window is read again."""

            def __init__(self, source: ArxivOai) -> None:
                self.source, self.place, self.asked = source, 0, 0

            async def answer(self, window: Window, token: str, read: Read[Page]) -> Page:
                self.asked += 1
                self.place = self.place + 1 if token else 0
                if self.place == page or self.asked > 20:
                    raise OaiError("badResumptionToken", "expired")
                return await self.source.answer(window, token, read)

        source = Stuck(oai(arxiv, http, clock))
        with pytest.raises(OaiError, match="badResumptionToken"):
            await job(archive, clock).from_oai(source, MONDAY, MONDAY + timedelta(days=2), silent)
        assert source.asked == 4 * (page + 1)

    async def test_pages_that_repeat_themselves_end_it(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        class Loop:
            def __init__(self, source: ArxivOai) -> None:
                self.source, self.first = source, ""

            async def answer(self, window: Window, token: str, read: Read[Page]) -> Page:
                found = await self.source.answer(window, token, read)
                self.first = self.first or found.token
                return replace(found, token=self.first)

        with pytest.raises(Malformed, match="oai_repeats"):
            await job(archive, clock).from_oai(
                Loop(oai(arxiv, http, clock)), MONDAY, MONDAY + timedelta(days=2), silent
            )

    @pytest.mark.parametrize("fault", [truncated(), html(), answers(503, retry_after="0")])
    async def test_broken_answers_are_asked_for_again(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive, fault: Fault
    ) -> None:
        arxiv.fail("/oai", fault.after(2).times(1))
        found = await job(archive, clock).from_oai(
            oai(arxiv, http, clock), MONDAY, MONDAY + timedelta(days=2), silent
        )
        assert found.papers == 27

    async def test_a_short_closure_is_waited_for_and_said(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, archive: Archive
    ) -> None:
        class Busy:
            def __init__(self, source: ArxivOai) -> None:
                self.source, self.asked = source, 0

            async def answer(self, window: Window, token: str, read: Read[Page]) -> Page:
                self.asked += 1
                if self.asked == 2:
                    raise Throttled("wait", retry_at=clock.now())
                return await self.source.answer(window, token, read)

        told: list[Progress] = []
        found = await job(archive, clock).from_oai(
            Busy(oai(arxiv, http, clock)), MONDAY, MONDAY, told.append
        )
        assert found.papers == 9
        assert any(p.doing == "waiting until 17:00 UTC, as arXiv asked" for p in told)

    async def test_a_long_closure_ends_it(
        self, arxiv: ArxivD, clock: ManualClock, archive: Archive
    ) -> None:
        arxiv.fail("/oai", answers(429, retry_after="20000").times(None))
        gates = {"arxiv": RateLimiter(0.0)}
        async with Http(contact="", version="0", clock=clock, gates=gates) as http:
            with pytest.raises(Throttled):
                await job(archive, clock).from_oai(oai(arxiv, http, clock), MONDAY, MONDAY, silent)


class TestFromSnapshot:
    @pytest.fixture
    def snapshot(self, arxiv: ArxivD, tmp_path: Path) -> Path:
        file = tmp_path / "snapshot.zip"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("arxiv.json", b"\n".join(_lines(arxiv.world.papers)))
        return file

    async def test_a_snapshot_gives_the_same_days_without_a_request(
        self, arxiv: ArxivD, snapshot: Path, clock: ManualClock, archive: Archive
    ) -> None:
        end = MONDAY + timedelta(days=2)
        found = await job(archive, clock).from_snapshot(snapshot, MONDAY, end, silent)
        assert (found.days, found.papers) == (3, 27)
        assert await listed(archive, MONDAY, end) == {
            p.id: (p.listed, LearntFrom.COMPUTED) for p in arxiv.world.papers
        }
        assert not arxiv.requests

    async def test_another_file_is_refused_and_nothing_is_stored(
        self, clock: ManualClock, archive: Archive, tmp_path: Path
    ) -> None:
        file = tmp_path / "letter.txt"
        file.write_text("Dear arXiv,\n", "utf-8")
        with raises_saying(InputError, "is not arXiv's snapshot"):
            await job(archive, clock).from_snapshot(file, MONDAY, MONDAY, silent)
        assert not await listed(archive, MONDAY, MONDAY)


@pytest.mark.rehearsal  # the process takes a second to start
async def test_many_records_and_errors_come_through_another_process(
    clock: ManualClock, archive: Archive, http: Http
) -> None:
    first = date(2020, 1, 6)
    async with ArxivD(clock=clock) as arxiv:
        arxiv.records = Endless(600, first=first, per_day=100)
        arxiv.page_size = 200
        arxiv.fail("/oai", truncated().after(1).times(1))
        arxiv.fail("/oai", answers(200, DEAD_TOKEN).after(2).times(1))
        with in_process() as elsewhere:
            backfill = Backfill(
                archive=archive, settings=settings("cs.LG"), clock=clock, elsewhere=elsewhere
            )
            found = await backfill.from_oai(
                oai(arxiv, http, clock), first, first + timedelta(days=10), silent
            )
    assert found.papers == 600
    stored = await listed(archive, first, first + timedelta(days=10))
    assert len(stored) == 600


def _lines(found: Sequence[Paper]) -> Iterator[bytes]:
    for paper in found:
        yield msgspec.json.encode(
            {
                "id": paper.id,
                "title": paper.title,
                "authors": ", ".join(paper.authors),
                "categories": " ".join(paper.categories),
                "abstract": paper.abstract,
                "versions": [
                    {"version": f"v{n}", "created": f"{at:%a, %d %b %Y %H:%M:%S GMT}"}
                    for n, at in paper.versions
                ],
            }
        )
