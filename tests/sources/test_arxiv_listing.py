"""arXiv's listing pages: today's as a second witness, and missed days."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from bot.arxiv import taxonomy
from bot.clock import ManualClock
from bot.errors import Malformed
from bot.http import Http, RateLimiter
from bot.messages.problems import words_or_nothing
from bot.models import Announcement, LearntFrom, Status
from bot.sources import Harvested
from bot.sources.arxiv.listing import Catchup, ListingNew
from bot.sources.arxiv.listing_pages import Page, parse_catchup, parse_new
from tests.factories import made
from tests.services.arxiv_pages import catchup_page, new_page
from tests.services.arxiv_world import (
    Announced,
    Kind,
    Paper,
    Replacement,
    World,
    invent,
    submitted_for,
)
from tests.services.arxivd import ArxivD
from tests.services.base import Fault, answers, html, not_acceptable, rate_exceeded
from tests.shared_data import SHARED, needs
from tests.words import raises_saying

MONDAY = date(2026, 11, 16)
TUESDAY = date(2026, 11, 17)
WEDNESDAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
SAMPLE = SHARED / "samples/arxiv/listing/2026-08-12_list_cs.AI_new_trimmed.html"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def arxiv(clock: ManualClock) -> AsyncIterator[ArxivD]:
    papers = [*invent(9, WEDNESDAY), *invent(6, TUESDAY), *invent(3, MONDAY)]
    async with ArxivD(World(papers), clock) as service:
        yield service


def new(arxiv: ArxivD, http: Http, clock: ManualClock) -> ListingNew:
    return ListingNew(http, clock, arxiv.url, gate="arxiv", spacing=0.0)


def catchup(arxiv: ArxivD, http: Http, clock: ManualClock, *deferred: date) -> Catchup:
    return Catchup(http, clock, arxiv.url, gate="arxiv", spacing=0.0, deferred=deferred)


def one_page(*rows: Announced, dated: bool = True) -> bytes:
    return new_page("cs.AI", WEDNESDAY, rows, 0, 2000, dated).encode()


def row(kind: Kind = "new", version: int = 1, **changes: object) -> Announced:
    values: dict[str, object] = {
        "id": "2611.00001",
        "title": "Searching in $O(n^2)$ for Erdős",
        "categories": ("cs.AI", "cs.LG"),
        "submitted": submitted_for(WEDNESDAY),
        "listed": WEDNESDAY,
    }
    return Announced(kind, made(Paper, values | changes), version)


def ids(found: Harvested | Page) -> list[str]:
    return [item.paper.arxiv_id for item in found.listed]


class TestReading:
    def test_a_paper_is_read_as_a_person_reads_it(self) -> None:
        paper = row(
            authors=("Pavol Hrášek", "Ada Inventa"),
            abstract="It holds for p < q & costs 12%.",
            comments="11 pages, 3 figures",
        )
        page = parse_new(one_page(paper), ["cs.AI"])
        assert (page.day, page.entries, page.total) == (WEDNESDAY, 1, 1)
        [found] = page.listed
        assert (found.announcement, found.learnt_from) == (Announcement.NEW, LearntFrom.LISTING)
        assert found.paper.title == "Searching in O(n²) for Erdős"
        assert found.paper.raw_title == paper.paper.title
        assert found.paper.authors == ("Pavol Hrášek", "Ada Inventa")
        assert found.paper.abstract == "It holds for p < q & costs 12%."
        assert found.paper.categories == ("cs.AI", "cs.LG")
        assert found.paper.comment == "11 pages, 3 figures"

    @pytest.mark.parametrize(
        ("count", "last"), [(99, "A. N98"), (101, "A. N100"), (102, "et al."), (589, "et al.")]
    )
    def test_a_list_of_authors_that_the_page_cut_says_so(self, count: int, last: str) -> None:
        names = tuple(f"A. N{number}" for number in range(count))
        [found] = parse_new(one_page(row(authors=names)), ["cs.AI"]).listed
        assert found.paper.authors[-1] == last
        assert found.paper.authors[:99] == names[:99]

    @pytest.mark.parametrize(
        ("kind", "categories", "expected"),
        [
            ("new", "cs.AI", Announcement.NEW),
            ("cross", "cs.LG cs.AI", Announcement.CROSS),
            ("replace", "cs.AI", Announcement.REPLACE),
            ("replace-cross", "cs.LG cs.AI", Announcement.REPLACE_CROSS),
        ],
    )
    def test_the_section_says_how_a_paper_was_announced(
        self, kind: Kind, categories: str, expected: Announcement
    ) -> None:
        entry = row(kind, 3, categories=tuple(categories.split()))
        [found] = parse_new(one_page(entry), ["cs.AI"]).listed
        assert (found.announcement, found.paper.version) == (expected, 3)

    def test_links_are_written_out_and_line_breaks_are_kept(self) -> None:
        body = one_page(row(abstract="First line. Code is HERE.")).replace(
            b"HERE", b'<a href="https://example.org/code" class="link-external">this https URL</a>'
        )
        body = body.replace(b"First line. ", b"First line.<br>&nbsp; ")
        [found] = parse_new(body, ["cs.AI"]).listed
        assert "https://example.org/code" in found.paper.abstract
        assert "this https URL" not in found.paper.abstract
        assert found.paper.raw_abstract.startswith("First line.\nCode is")

    def test_a_total_in_an_abstract_is_not_the_total_of_the_page(self) -> None:
        body = one_page(row(abstract="Total of 900 entries. No updates."))
        page = parse_new(body.replace(b"Total of 1 entries", b""), ["cs.AI"])
        assert page.total == 1

    @pytest.mark.parametrize(
        "heading",
        [
            "Showing new listings",
            "Showing new listings for 2026-11-18",
            "Showing new listings for Tuesday, 18 November 2026",  # it was a Wednesday
            "Showing new listings for Wednesday, 31 November 2026",
            "Showing recent listings for Wednesday, 18 November 2026",
            "",
        ],
    )
    def test_a_page_whose_day_cannot_be_read_is_refused(self, heading: str) -> None:
        said = b"Showing new listings for Wednesday, 18 November 2026"
        body = one_page(row())
        assert said in body
        with raises_saying(Malformed, "does not say its day"):
            parse_new(body.replace(said, heading.encode()), ["cs.AI"])

    def test_an_entry_below_an_unknown_heading_is_left_out_by_name(self) -> None:
        body = one_page(row(), row("cross", id="2611.00002", categories=("cs.LG", "cs.AI")))
        page = parse_new(body.replace(b"Cross submissions", b"Other things"), ["cs.AI"])
        assert ids(page) == ["2611.00001"]
        [problem] = page.problems
        assert problem.startswith("2611.00002: section")

    @pytest.mark.parametrize(
        ("old", "new_text", "field"),
        [
            (b'href ="/abs/2611.00002"', b'href ="/abs/2613.99999"', "id"),
            (b"Artificial Intelligence (cs.AI)", b"Astrology (cs.XX)", "subjects"),
            (b"Deviant title", b"", "title"),
            (b"<p class='mathjax'>", b"<p>", "abstract"),
        ],
    )
    def test_a_malformed_entry_is_named_and_the_others_stand(
        self, old: bytes, new_text: bytes, field: str
    ) -> None:
        odd = row(id="2611.00002", title="Deviant title", categories=("cs.AI",))
        body = one_page(row(categories=("cs.LG",)), odd)
        head, tail = body[: body.index(b"item2")], body[body.index(b"item2") :]
        page = parse_new(head + tail.replace(old, new_text), ["cs.AI"])
        assert ids(page) == ["2611.00001"]
        assert page.entries == 2
        [problem] = page.problems
        assert f"{field}:" in problem

    @pytest.mark.parametrize("body", [b"", b"Rate exceeded.", bytes(range(255, 0, -1))])
    def test_what_is_no_page_is_said_to_be_none(self, body: bytes) -> None:
        for parse in (parse_new, parse_catchup):
            with pytest.raises(Malformed):
                parse(body, ["cs.AI"])

    def test_the_day_after_is_not_mistaken_for_the_day_of_a_catchup_page(self) -> None:
        body = catchup_page(
            "cs.AI",
            TUESDAY,
            [row()],
            page=1,
            size=2000,
            abstracts=True,
            next_day=WEDNESDAY,
            dated=True,
        )
        assert parse_catchup(body.encode(), ["cs.AI"]).day == TUESDAY

    @needs(SAMPLE)
    def test_the_recorded_page_of_2026(self) -> None:
        page = parse_new(SAMPLE.read_bytes(), ["cs.AI"])
        assert (page.day, page.entries, page.total) == (date(2026, 8, 12), 6, 6)
        assert page.problems == ()
        assert [
            (item.paper.arxiv_id, item.paper.version, str(item.announcement))
            for item in page.listed
        ] == [
            ("2608.09949", 1, "new"),
            ("2608.09967", 1, "new"),
            ("2505.11635", 2, "cross"),
            ("2607.28646", 1, "cross"),
            ("2112.07752", 5, "replace"),
            ("2505.23399", 2, "replace"),
        ]
        last = page.listed[-1].paper
        assert last.comment is not None
        assert last.comment.endswith("Code available at https://github.com/jushengzhang/Gam-Agent")


class TestToday:
    async def test_the_new_listing_is_read_page_after_page(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.page_size = 4
        found = await new(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert (outcome.status, outcome.items, outcome.requests) == (Status.OK, 6, 2)
        assert len(set(ids(found))) == 6
        assert [seen.target for seen in arxiv.requests] == [
            "/list/cs.AI/new",
            "/list/cs.AI/new?skip=4&show=2000",
        ]

    async def test_it_is_there_four_hours_before_the_feed(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        clock.move_to(datetime(2026, 11, 18, 2, tzinfo=UTC))  # Tuesday, 21:00 in New York
        found = await new(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        assert found.whole
        assert len(found.listed) == 6

    async def test_another_day_is_not_asked_for(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await new(arxiv, http, clock).harvest(TUESDAY, ["cs.AI", "cs.CL"])
        assert not arxiv.requests
        assert [o.status for o in found.outcomes] == [Status.FAILED] * 2
        assert "that of Wednesday 18 November 2026" in words_or_nothing(found.outcomes[0].reason)

    async def test_a_page_that_has_not_changed_yet_ends_the_asking(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        clock.move_to(datetime(2026, 11, 19, 1, 5, tzinfo=UTC))  # Wednesday, 20:05
        found = await new(arxiv, http, clock).harvest(date(2026, 11, 19), ["cs.AI", "cs.CL"])
        assert len(arxiv.requests) == 1
        assert (
            words_or_nothing(found.outcomes[0].reason) == "still shows Wednesday 18 November 2026"
        )
        assert not found.listed

    async def test_a_category_with_nothing_new_is_empty(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await new(arxiv, http, clock).harvest(WEDNESDAY, ["cs.DC", "cs.CL"])
        assert [o.status for o in found.outcomes] == [Status.EMPTY, Status.OK]

    async def test_a_page_without_a_date_is_refused(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.dated = False
        found = await new(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert outcome.status is Status.FAILED
        assert "does not say its day" in words_or_nothing(outcome.reason)
        assert not found.listed


class TestMissedDays:
    async def test_a_missed_day_comes_exactly_as_it_was_announced(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        old = replace(
            invent(1, date(2026, 10, 1))[0],
            replaced=(Replacement(2, submitted_for(TUESDAY), TUESDAY),),
        )
        arxiv.world.add(old)
        found = await catchup(arxiv, http, clock).harvest(TUESDAY, ["cs.AI", "cs.CL"])
        assert found.whole
        assert {item.day for item in found.listed} == {TUESDAY}
        assert {item.learnt_from for item in found.listed} == {LearntFrom.CATCHUP}
        kinds = [item.announcement for item in found.listed]
        assert kinds.count(Announcement.NEW) == 4
        assert kinds.count(Announcement.CROSS) == 2
        assert kinds.count(Announcement.REPLACE) == 1
        assert arxiv.requests[0].target == "/catchup/cs.AI/2026-11-17?abs=True&page=1"

    async def test_long_days_have_several_pages(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.page_size = 2
        found = await catchup(arxiv, http, clock).harvest(TUESDAY, ["cs.AI"])
        assert found.outcomes[0].requests == 2
        assert len(set(ids(found))) == 4

    async def test_an_archive_that_is_wanted_whole_is_asked_for_as_one(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        wanted = taxonomy.feeds(["cs", "stat.ML"])
        found = await catchup(arxiv, http, clock).harvest(TUESDAY, wanted)
        assert [seen.path for seen in arxiv.requests] == [
            "/catchup/cs/2026-11-17",
            "/catchup/stat.ML/2026-11-17",
        ]
        assert {outcome.source for outcome in found.outcomes} == set(wanted)
        assert sum(outcome.requests for outcome in found.outcomes) == 2
        assert sorted(ids(found)) == sorted(p.id for p in arxiv.world.papers if p.listed == TUESDAY)
        items = {outcome.source: outcome.items for outcome in found.outcomes}
        assert (items["cs.AI"], items["cs.DC"]) == (4, 0)

    async def test_a_day_on_which_arxiv_announced_nothing_is_empty(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        friday = date(2026, 11, 13)
        found = await catchup(arxiv, http, clock, date(2026, 11, 12)).harvest(friday, ["cs.AI"])
        [outcome] = found.outcomes
        assert outcome.status is Status.EMPTY
        assert words_or_nothing(outcome.reason).startswith("no listing: arXiv holiday")

    @pytest.mark.parametrize("day", [date(2026, 8, 19), date(2026, 11, 19)])
    async def test_days_out_of_reach_are_not_asked_for(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, day: date
    ) -> None:
        found = await catchup(arxiv, http, clock).harvest(day, ["cs.AI"])
        assert not arxiv.requests
        assert found.outcomes[0].status is Status.FAILED
        assert "pages of past days" in words_or_nothing(found.outcomes[0].reason)

    async def test_the_oldest_day_in_reach_is_asked_for(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await catchup(arxiv, http, clock).harvest(date(2026, 8, 20), ["cs.AI"])
        assert found.outcomes[0].status is Status.EMPTY

    async def test_pages_that_give_less_than_they_promise_are_incomplete(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        rows = arxiv.world.announced(TUESDAY, frozenset({"cs.AI"}))
        page = catchup_page(
            "cs.AI", TUESDAY, rows, page=1, size=2000, abstracts=True, next_day=None, dated=True
        )
        promise = page.replace("Total of 4 entries", "Total of 7 entries")
        arxiv.fail("/catchup/cs.AI/*", answers(200, promise).times(None))
        found = await catchup(arxiv, http, clock).harvest(TUESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert (outcome.status, outcome.items) == (Status.INCOMPLETE, 4)
        assert "4 of 7 entries" in words_or_nothing(outcome.reason)

    async def test_what_came_before_a_broken_page_is_kept(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.page_size = 2
        arxiv.fail("/catchup/cs.AI/*", html().after(1))
        found = await catchup(arxiv, http, clock).harvest(TUESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert (outcome.status, outcome.items) == (Status.INCOMPLETE, 2)
        assert "page 2" in words_or_nothing(outcome.reason)

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            (html(), "does not say its day"),
            (rate_exceeded(200), "does not say its day"),
            (not_acceptable(), "406"),
            (answers(429), "429"),
            (answers(503), "503"),
            (answers(200, ""), "nothing in it"),
        ],
        ids=["html", "rate", "406", "429", "503", "empty"],
    )
    async def test_a_refusal_is_a_failure_in_its_own_words(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, fault: Fault, said: str
    ) -> None:
        arxiv.fail("/catchup/*", fault.times(None))
        found = await catchup(arxiv, http, clock).harvest(TUESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert outcome.status is Status.FAILED
        assert said in words_or_nothing(outcome.reason)


async def test_pages_keep_their_distance_from_each_other(arxiv: ArxivD, clock: ManualClock) -> None:
    arxiv.page_size = 2
    gates = {"arxiv": RateLimiter(0.0)}
    async with Http(contact="", version="0", clock=clock, gates=gates) as http:
        pages = Catchup(http, clock, arxiv.url, gate="arxiv", spacing=0.2)
        await pages.harvest(TUESDAY, ["cs.AI", "cs.CL"])
    times = [seen.at for seen in arxiv.requests]
    assert len(times) == 3
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(times))


async def test_a_page_that_was_refused_closes_no_feed(arxiv: ArxivD, clock: ManualClock) -> None:
    arxiv.fail("/catchup/*", answers(429).times(None))
    gates = {"arxiv": RateLimiter(0.0, closure=timedelta(hours=1))}
    async with Http(contact="", version="0", clock=clock, gates=gates) as http:
        pages = Catchup(http, clock, arxiv.url, gate="arxiv", spacing=0.0)
        found = await pages.harvest(TUESDAY, ["cs.AI", "cs.CL", "cs.CV"])
        assert len(arxiv.requests) == 1
        assert "asks us to wait until" in words_or_nothing(found.outcomes[2].reason)
        await http.get(f"{arxiv.url}/atom/cs.AI", gate="arxiv")
