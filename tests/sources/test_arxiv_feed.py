"""arXiv's Atom feed: what it says, and every way in which it can mislead."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.errors import Malformed, Refused
from bot.http import Http, MemoryValidators
from bot.models import Announcement, LearntFrom, Listed, Outcome, Status
from bot.sources import Harvested
from bot.sources.arxiv_feed import ArxivFeed, parse_feed
from tests.services.arxiv_feed import feed
from tests.services.arxiv_world import (
    Announced,
    Paper,
    World,
    invent,
    submitted_for,
)
from tests.services.arxivd import ArxivD
from tests.services.base import (
    Fault,
    answers,
    drops,
    html,
    not_acceptable,
    rate_exceeded,
    truncated,
)

TUESDAY = date(2026, 11, 17)
WEDNESDAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
SAMPLES = Path(__file__).resolve().parents[2] / ".." / "shared" / "samples" / "arxiv" / "feed"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def arxiv(clock: ManualClock) -> AsyncIterator[ArxivD]:
    papers = [*invent(6, WEDNESDAY), *invent(4, TUESDAY)]
    async with ArxivD(World(papers), clock) as service:
        yield service


def door(arxiv: ArxivD, http: Http, clock: ManualClock, *deferred: date) -> ArxivFeed:
    return ArxivFeed(http, clock, arxiv.url, gate="arxiv", deferred=deferred)


def by_source(found: Harvested) -> dict[str, Outcome]:
    return {outcome.source: outcome for outcome in found.outcomes}


def ids(found: Harvested) -> list[str]:
    return [item.paper.arxiv_id for item in found.listed]


def entry(**changes: object) -> Announced:
    values: dict[str, object] = {
        "id": "2611.00001",
        "title": r"Erd\H{o}s Numbers of $\alpha$-Stable Flows",
        "categories": ("cs.SY", "eess.SY", "cs.LG"),
        "submitted": submitted_for(WEDNESDAY),
        "listed": WEDNESDAY,
    }
    return Announced("new", Paper(**(values | changes)), 1)  # type: ignore[arg-type]  # by name


def parsed(*rows: Announced) -> list[Listed]:
    return list(parse_feed(feed("cs.SY", WEDNESDAY, rows).encode()).listed)


class TestReading:
    def test_a_paper_is_read_with_its_raw_and_its_readable_text(self) -> None:
        row = entry(
            authors=(r"Pavol Hr\'aek", "Ada Inventa (University of Nowhere)", "Bo Fictus"),
            abstract="Half of it costs 12% & is <b> bold.",
            journal_ref="J. Invent. 3 (2026)",
            doi="10.1000/1",
        )
        [found] = parsed(row)
        paper = found.paper
        assert (found.day, found.announcement) == (WEDNESDAY, Announcement.NEW)
        assert found.learnt_from is LearntFrom.FEED
        assert (paper.arxiv_id, paper.version) == ("2611.00001", 1)
        assert paper.title == "Erdős Numbers of α-Stable Flows"
        assert paper.raw_title == row.paper.title
        assert paper.authors == ("Pavol Hráek", "Ada Inventa", "Bo Fictus")
        assert paper.raw_authors == ", ".join(row.paper.authors)
        assert paper.abstract == "Half of it costs 12% & is <b> bold."
        assert paper.categories == ("eess.SY", "cs.LG")
        assert paper.license_url == row.paper.license
        assert (paper.journal_ref, paper.doi) == ("J. Invent. 3 (2026)", "10.1000/1")
        assert paper.submitted_at is None

    @pytest.mark.parametrize("kind", list(Announcement))
    def test_every_kind_of_announcement_is_told_apart(self, kind: Announcement) -> None:
        [found] = parsed(replace(entry(), kind=kind.value, version=3))
        assert found.announcement is kind
        assert (found.paper.arxiv_id, found.paper.version) == ("2611.00001", 3)

    def test_an_old_style_id_loses_its_subject_class(self) -> None:
        [found] = parsed(entry(id="math.GT/0309136"))
        assert found.paper.arxiv_id == "math/0309136"

    def test_a_title_of_one_zero_is_a_title(self) -> None:
        [found] = parsed(entry(title="0"))
        assert found.paper.title == "0"

    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [
            ("<title>0</title>", "<title> </title>", "title"),
            ("oai:arXiv.org:2611.00002v1", "oai:arXiv.org:2613.00002v1", "id"),
            ("<dc:creator>Nobody</dc:creator>", "", "author"),
            ("Abstract:", "Extract:", "summary"),
            ('term="cs.OS"', 'term="68T01"', "category"),
            ("2026-11-18T00:00:00-05:00</published>", "soon</published>", "published"),
            (
                "2026-11-18T00:00:00-05:00</published>",
                "0001-01-01T00:00:00+00:00</published>",
                "published",
            ),
            (">new</arxiv:announce_type>", ">retracted</arxiv:announce_type>", "announce_type"),
        ],
    )
    def test_a_malformed_entry_is_named_and_the_others_stand(
        self, old: str, new: str, field: str
    ) -> None:
        odd = entry(
            id="2611.00002",
            title="0",
            authors=("Nobody",),
            abstract="Nothing much.",
            categories=("cs.OS",),
        )
        first, rest = feed("cs.OS", WEDNESDAY, [odd]).split("<entry>", 1)
        broken = first + "<entry>" + rest.replace(old, new)
        others = feed("cs.SY", WEDNESDAY, [entry()]).split("<entry>", 1)[1]
        found = parse_feed(broken.replace("</feed>", "<entry>" + others).encode())
        assert [item.paper.arxiv_id for item in found.listed] == ["2611.00001"]
        [problem] = found.problems
        assert field in problem
        assert "26" in problem

    def test_of_a_truncated_feed_the_whole_entries_are_kept(self) -> None:
        rows = [entry(id=f"2611.{n:05d}") for n in range(1, 6)]
        body = feed("cs.SY", WEDNESDAY, rows).encode()
        whole = parse_feed(body)
        assert len(whole.listed) == 5
        assert not whole.broken
        cut = parse_feed(body[: body.index(b"2611.00004") + 300])
        assert cut.broken
        assert cut.listed == whole.listed[:3]

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"", "an empty body"),
            (b"Rate exceeded.", "Rate exceeded."),
            (b"<!DOCTYPE html><html><body>Back soon</body></html>", "<!DOCTYPE html>"),
            (bytes(range(255, 0, -1)), "no feed"),
            (b"/etc/hostname", "/etc/hostname"),
        ],
    )
    def test_what_is_no_feed_is_said_to_be_none(self, body: bytes, said: str) -> None:
        with pytest.raises(Malformed, match=said):
            parse_feed(body)

    def test_the_error_entry_of_the_api_is_no_paper(self) -> None:
        body = feed("cs.SY", WEDNESDAY, [entry()]).replace(
            "oai:arXiv.org:2611.00001v1", "https://arxiv.org/api/errors#incorrect_id_format"
        )
        with pytest.raises(Refused, match="arXiv refused"):
            parse_feed(body.encode())


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside this checkout")
class TestSamples:
    def test_the_atom_feed_of_2025(self) -> None:
        found = parse_feed((SAMPLES / "2025-08-20_atom_cs.AI.xml").read_bytes())
        assert (found.problems, found.broken) == ((), False)
        assert found.days == {date(2025, 8, 20)}
        assert len(found.listed) == 7
        first = found.listed[0]
        assert first.announcement is Announcement.CROSS
        assert first.paper.arxiv_id == "2508.13426"
        assert first.paper.categories == ("cs.CL", "cs.AI")
        assert first.paper.title.startswith("ALIGN: Word Association Learning")

    def test_the_rss_feed_of_2026(self) -> None:
        found = parse_feed((SAMPLES / "2026-04-27_rss_cs.AI.xml").read_bytes())
        assert not found.problems
        assert found.days == {date(2026, 4, 27)}
        assert len(found.listed) == 3
        assert found.listed[0].paper.authors == ("Michael Cooper", "Samuel Cooper")

    async def test_the_empty_saturday_has_no_listing_because_it_is_a_saturday(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        saturday = date(2026, 8, 1)
        body = (SAMPLES / "2026-08-01_rss_cs.CL_saturday_empty.xml").read_bytes()
        arxiv.fail("/atom/cs.CL", answers(200, body))
        found = await door(arxiv, http, clock).harvest(saturday, ["cs.CL"])
        [outcome] = found.outcomes
        assert outcome.status is Status.EMPTY
        assert "no listing: Saturday" in outcome.reason
        assert "no listing on Saturdays" in outcome.reason


class TestTheDay:
    async def test_each_category_is_asked_once_and_answers_for_itself(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI", "cs.CL", "cs.DC"])
        assert [seen.path for seen in arxiv.requests] == [
            f"/atom/{name}" for name in ("cs.AI", "cs.CL", "cs.DC")
        ]
        assert all("atom" in seen.headers["Accept"] for seen in arxiv.requests)
        outcomes = by_source(found)
        assert [o.status for o in found.outcomes] == [Status.OK, Status.OK, Status.EMPTY]
        assert outcomes["cs.AI"].items == 4  # two of its own and two cross-lists
        assert outcomes["cs.DC"].reason == "nothing was announced"
        assert [o.requests for o in found.outcomes] == [1, 1, 1]
        assert len(set(ids(found))) == 6
        assert found.whole

    async def test_a_stale_category_is_named_and_the_fresh_one_stands(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.stale["cs.AI"] = TUESDAY
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI", "cs.CL"])
        outcomes = by_source(found)
        assert outcomes["cs.AI"].status is Status.FAILED
        assert outcomes["cs.AI"].reason == "still shows Tuesday 17 November 2026"
        assert outcomes["cs.CL"].status is Status.OK
        assert {item.day for item in found.listed} == {WEDNESDAY}

    async def test_a_past_day_is_looked_for_in_one_feed_only(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await door(arxiv, http, clock).harvest(TUESDAY, ["cs.AI", "cs.CL", "cs.CV"])
        assert len(arxiv.requests) == 1
        assert [o.status for o in found.outcomes] == [Status.FAILED] * 3
        assert "still shows Wednesday 18 November 2026" in found.outcomes[0].reason
        assert found.outcomes[2].reason.startswith("not asked: cs.AI")

    async def test_a_recorded_feed_of_a_past_day_is_accepted_for_that_day(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.stale = {"cs.AI": TUESDAY, "cs.CL": TUESDAY}
        found = await door(arxiv, http, clock).harvest(TUESDAY, ["cs.AI", "cs.CL"])
        assert found.whole
        assert {item.day for item in found.listed} == {TUESDAY}

    async def test_of_mixed_days_only_the_wanted_one_counts(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        today = [Announced("new", p, 1) for p in invent(3, WEDNESDAY)]
        yesterday = [Announced("new", p, 1) for p in invent(2, TUESDAY)]
        older = feed("cs.AI", TUESDAY, yesterday).split("</subtitle>")[1]
        body = feed("cs.AI", WEDNESDAY, today).replace("</feed>", older)
        arxiv.fail("/atom/cs.AI", answers(200, body))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        assert len(found.listed) == 3
        assert found.whole

    async def test_a_holiday_of_the_table_is_empty_for_its_reason(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        friday = date(2026, 11, 27)
        clock.move_to(datetime(2026, 11, 27, 17, tzinfo=UTC))
        found = await door(arxiv, http, clock).harvest(friday, ["cs.AI", "cs.CL"])
        assert {o.status for o in found.outcomes} == {Status.EMPTY}
        assert "arXiv holiday, announced for Friday 27 November" in found.outcomes[0].reason

    async def test_an_empty_feed_of_another_day_is_not_an_empty_day(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        clock.move_to(datetime(2026, 11, 21, 17, tzinfo=UTC))
        found = await door(arxiv, http, clock).harvest(date(2026, 11, 20), ["cs.AI"])
        [outcome] = found.outcomes
        assert outcome.status is Status.FAILED
        assert outcome.reason == "is empty and of Saturday 21 November 2026"

    async def test_an_empty_feed_that_does_not_say_its_day_is_not_an_empty_day(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.fail("/atom/cs.AI", answers(200, '<feed xmlns="http://www.w3.org/2005/Atom"/>'))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert outcome.status is Status.FAILED
        assert outcome.reason == "is empty and does not say its day"


class TestWhatGoesWrong:
    async def test_a_feed_cut_at_the_cap_is_incomplete(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.world.add(*invent(2100, WEDNESDAY, ["cs.LG"]))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.LG"])
        [outcome] = found.outcomes
        assert (outcome.status, outcome.items) == (Status.INCOMPLETE, 2000)
        assert "cut at 2,000 entries" in outcome.reason

    async def test_a_truncated_feed_keeps_what_came_whole(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.fail("/atom/cs.AI", truncated(0.6))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert outcome.status is Status.INCOMPLETE
        assert "broke off after 2 papers" in outcome.reason
        assert len(found.listed) == 2

    async def test_a_malformed_entry_leaves_the_category_incomplete(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        rows = [Announced("new", p, 1) for p in invent(2, WEDNESDAY)]
        body = feed("cs.AI", WEDNESDAY, rows).replace(rows[0].paper.title, "", 1)
        arxiv.fail("/atom/cs.AI", answers(200, body))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert (outcome.status, outcome.items) == (Status.INCOMPLETE, 1)
        assert "1 entry could not be read" in outcome.reason
        [warning] = [r for r in caplog.records if "entry_skipped" in r.getMessage()]
        assert "title" in warning.getMessage() + str(warning.__dict__)

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            (html(), "no feed"),
            (rate_exceeded(200), "Rate exceeded"),
            (not_acceptable(), "406"),
            (answers(429), "429"),
            (answers(429, retry_after="3600"), "429"),
            (answers(503), "503"),
            (answers(404), "404"),
            (answers(400, "<html>nginx</html>"), "no feed"),
        ],
        ids=["html", "rate", "406", "429", "429-retry", "503", "404", "400"],
    )
    async def test_a_refusal_is_a_failure_in_its_own_words(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, fault: Fault, said: str
    ) -> None:
        arxiv.fail("/atom/cs.AI", fault.times(None))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        [outcome] = found.outcomes
        assert outcome.status is Status.FAILED
        assert said in outcome.reason
        assert not found.listed

    async def test_an_unknown_category_is_refused_in_arxivs_words(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.XX"])
        [outcome] = found.outcomes
        assert outcome.status is Status.FAILED
        assert "Bad archive or category in 'cs.XX'" in outcome.reason

    async def test_a_silent_service_is_not_asked_forty_times(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.fail("/atom/*", drops().times(None))
        found = await door(arxiv, http, clock).harvest(
            WEDNESDAY, ["cs.AI", "cs.CL", "cs.CV", "cs.DC", "cs.LG"]
        )
        assert {seen.path for seen in arxiv.requests} == {"/atom/cs.AI", "/atom/cs.CL"}
        assert len(found.outcomes) == 5
        assert {o.status for o in found.outcomes} == {Status.FAILED}
        assert found.outcomes[4].reason.startswith("not asked: cs.CL")

    async def test_one_silent_category_does_not_cost_the_others(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.fail("/atom/cs.CL", drops().times(None))
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI", "cs.CL", "cs.CV"])
        statuses = {name: o.status for name, o in by_source(found).items()}
        assert statuses == {"cs.AI": Status.OK, "cs.CL": Status.FAILED, "cs.CV": Status.OK}


class TestAskingAgain:
    @pytest.fixture
    async def http(self, clock: ManualClock) -> AsyncIterator[Http]:
        async with Http(
            contact="test@example.org",
            version="0",
            clock=clock,
            backoff=0,
            validators=MemoryValidators(),
        ) as client:
            yield client

    async def test_a_stale_feed_is_not_sent_twice_until_it_turns(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.stale["cs.AI"] = TUESDAY
        feeds = door(arxiv, http, clock)
        first = await feeds.harvest(WEDNESDAY, ["cs.AI"])
        again = await feeds.harvest(WEDNESDAY, ["cs.AI"])
        assert [seen.status for seen in arxiv.requests] == [200, 304]
        assert first.outcomes[0].reason == again.outcomes[0].reason
        del arxiv.stale["cs.AI"]
        fresh = await feeds.harvest(WEDNESDAY, ["cs.AI"])
        assert fresh.whole
        assert len(fresh.listed) == 4

    async def test_after_a_restart_an_unchanged_feed_is_read_once_more(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        await door(arxiv, http, clock).harvest(TUESDAY, ["cs.AI"])
        found = await door(arxiv, http, clock).harvest(WEDNESDAY, ["cs.AI"])
        assert [seen.status for seen in arxiv.requests] == [200, 304, 200]
        assert len(found.listed) == 4

    async def test_a_feed_with_papers_is_never_taken_for_known(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        feeds = door(arxiv, http, clock)
        first = await feeds.harvest(WEDNESDAY, ["cs.AI"])
        clock.advance(timedelta(hours=1))
        again = await feeds.harvest(WEDNESDAY, ["cs.AI"])
        assert ids(again) == ids(first)
