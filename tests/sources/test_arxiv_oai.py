"""arXiv's own records: read as they come, dated by the calendar."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from bot.clock import ManualClock
from bot.errors import Malformed, Refused, SourceError, Throttled, Unreachable
from bot.http import Http
from bot.messages.problems import words_or_nothing
from bot.models import Announcement, LearntFrom, Status
from bot.sources.arxiv.oai import ArxivOai, Window, sets
from bot.sources.arxiv.oai_xml import OaiError, parse_records
from tests.factories import made
from tests.services.arxiv_oai import Repository
from tests.services.arxiv_world import (
    Endless,
    Paper,
    Replacement,
    World,
    invent,
    invented_paper,
    submitted_for,
)
from tests.services.arxivd import ArxivD
from tests.services.base import Fault, answers, cut_off, drops, html, rate_exceeded, truncated
from tests.shared_data import SHARED, needs
from tests.words import raises_saying

OLD = date(2026, 3, 18)
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
SAMPLES = SHARED / "samples" / "arxiv" / "oai"


OTHER_DOCUMENTS = [
    "<Identify><repositoryName>arXiv</repositoryName><granularity>YYYY-MM-DD</granularity></Identify>",
    "<ListSets><set><setSpec>cs</setSpec><setName>Computer Science</setName></set></ListSets>",
    "<ListMetadataFormats><metadataFormat/></ListMetadataFormats>",
    "<ListIdentifiers><header><identifier>oai:arXiv.org:2603.00001</identifier></header>"
    "</ListIdentifiers>",
    "<ListRecords/>",
    "<ListRecords><resumptionToken/></ListRecords>",
    "",
]


def oai(document: str) -> bytes:
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2026-11-18T17:00:00Z</responseDate>"
        f"<request>http://oaipmh.arxiv.org/oai</request>{document}</OAI-PMH>"
    ).encode()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def arxiv(clock: ManualClock) -> AsyncIterator[ArxivD]:
    async with ArxivD(World(invent(9, OLD)), clock) as service:
        yield service


def door(arxiv: ArxivD, http: Http, clock: ManualClock) -> ArxivOai:
    return ArxivOai(http, clock, arxiv.url, gate="arxiv", backoff=0.0)


def answer(*papers: Paper, form: str = "arXivRaw") -> bytes:
    """One page of these papers."""
    found = sorted(papers, key=lambda paper: paper.datestamp)
    query = {"verb": "ListRecords", "metadataPrefix": form}
    return Repository(found, 2000, True).answer(query, NOON).encode()


def paper(arxiv_id: str = "2603.00001", **changes: object) -> Paper:
    return made(partial(replace, invented_paper(arxiv_id, 1, OLD, ("cs.LG",))), changes)


class TestReading:
    def test_a_record_has_the_time_of_its_first_version(self) -> None:
        later = submitted_for(date(2026, 5, 5))
        found = paper(
            title=r"Erd\H{o}s",
            categories=("cs.SY", "eess.SY", "68T01"),
            authors=(r"Pavol Hr\'aek", "Ada Inventa"),
            replaced=(Replacement(2, later, date(2026, 5, 5)),),
            comments="9 pages,\n  2 figures",
            doi="10.1000/1",
        )
        [record] = parse_records(answer(found)).records
        assert record.submitted_at == found.submitted
        assert record.version == 2
        assert record.changed == date(2026, 5, 5)
        made = record.paper()
        assert made.title == "Erdős"
        assert made.raw_title == r"Erd\H{o}s"
        assert made.authors == ("Pavol Hráek", "Ada Inventa")
        assert made.categories == ("eess.SY",)
        assert made.comment == "9 pages, 2 figures"
        assert (made.submitted_at, made.version) == (found.submitted, 2)

    def test_the_format_without_versions_gives_no_time(self) -> None:
        [record] = parse_records(answer(paper(), form="arXiv")).records
        assert record.submitted_at is None
        assert record.authors == "Ada Inventa1, Bo Fictus"

    def test_a_deleted_record_is_said_to_be_deleted(self) -> None:
        [record] = parse_records(answer(paper(deleted=True))).records
        assert record.deleted
        assert record.arxiv_id == "2603.00001"

    @pytest.mark.parametrize("size", [1, 7, 100, 10**6])
    def test_it_does_not_matter_how_the_bytes_are_cut(self, size: int) -> None:
        body = answer(*(paper(f"2603.0000{n}") for n in range(1, 4)))
        chunks = (body[at : at + size] for at in range(0, len(body), size))
        assert parse_records(chunks) == parse_records(body)
        assert len(parse_records(body).records) == 3

    @pytest.mark.parametrize(
        ("old", "new", "field"),
        [
            (b"oai:arXiv.org:2603.00002", b"oai:arXiv.org:2603.2", "identifier"),
            (b"<datestamp>2026-03-18", b"<datestamp>soon", "datestamp"),
            (b"<categories>cs.LG", b"<categories>68T01", "categories"),
            (b"<title>Odd", b"<title> ", "title"),
            (b" GMT</date>", b" o'clock</date>", "version"),
            (b" GMT</date>", b" -0000</date>", "version"),
            (b" GMT</date>", b" +99999999999999999999</date>", "version"),
            (b" 2026 ", b" 99999999999999999999 ", "version"),
            (b'version="v1"', b'version="first"', "version"),
            (b'version="v1"', b'version="v99999999999999999999"', "version"),
        ],
    )
    def test_a_malformed_record_is_named_and_the_others_stand(
        self, old: bytes, new: bytes, field: str
    ) -> None:
        body = answer(paper(), paper("2603.00002", title="Odd"))
        at = body.index(b"<record>", body.index(b"</record>"))
        page = parse_records(body[:at] + body[at:].replace(old, new))
        assert [record.arxiv_id for record in page.records] == ["2603.00001"]
        [problem] = page.problems
        assert problem.startswith("2603.")
        assert f"{field}:" in problem

    def test_no_records_is_an_answer_and_other_errors_are_errors(self) -> None:
        assert parse_records(answer()).records == ()
        wrong = Repository([], 2000, False).answer({"verb": "Give"}, NOON).encode()
        with raises_saying(OaiError, "badVerb") as caught:
            parse_records(wrong)
        assert caught.value.code == "badVerb"

    @pytest.mark.parametrize("document", OTHER_DOCUMENTS)
    def test_a_document_with_neither_records_nor_an_error_is_a_refusal(self, document: str) -> None:
        with pytest.raises(Refused, match="oai_without_records"):
            parse_records(oai(document))

    @pytest.mark.parametrize(
        "body", [b"", b"Rate exceeded.", b"<html><p>no", b"<feed/>", bytes(range(255, 0, -1))]
    )
    def test_what_is_no_answer_is_said_to_be_none(self, body: bytes) -> None:
        with raises_saying(Malformed, "no OAI-PMH"):
            parse_records(body)

    @pytest.mark.parametrize("encoding", ["shift_jis", "klingon", "rot13", "idna"])
    def test_an_encoding_that_cannot_be_read_makes_it_none(self, encoding: str) -> None:
        with raises_saying(Malformed, "no OAI-PMH"):
            parse_records(f"<?xml version='1.0' encoding='{encoding}'?><html/>".encode())

    def test_a_time_that_no_calendar_reaches_costs_only_its_record(self) -> None:
        body = answer(paper(), paper("2603.00002", title="Odd"))
        at = body.index(b"<date>", body.index(b"</record>"))
        end = body.index(b"</date>", at)
        page = parse_records(body[:at] + b"<date>Fri, 31 Dec 9999 23:00:00 GMT" + body[end:])
        assert [record.arxiv_id for record in page.records] == ["2603.00001"]
        assert "2603.00002: version: " in page.problems[0]

    def test_a_size_that_nothing_has_is_unknown(self) -> None:
        whole = answer(paper())
        at = whole.index(b"</ListRecords>")
        token = b'<resumptionToken completeListSize="%s">t</resumptionToken>' % (b"9" * 5000)
        assert parse_records(whole[:at] + token + whole[at:]).size is None

    def test_an_answer_that_ends_too_early_is_not_taken_for_a_short_one(self) -> None:
        body = answer(*(paper(f"2603.0000{n}") for n in range(1, 6)))
        with raises_saying(Malformed, "broke off after 2 records"):
            parse_records(body[: body.index(b"2603.00003")])

    def test_an_entity_is_not_expanded(self) -> None:
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><OAI-PMH>&b;</OAI-PMH>'
        with pytest.raises(Malformed):
            parse_records(bomb)


@needs(SAMPLES)
class TestSamples:
    def test_the_records_of_2026(self) -> None:
        page = parse_records((SAMPLES / "2026-09-15_ListRecords_arXivRaw_cs.xml").read_bytes())
        assert (page.token, page.size) == ("TOKEN-PAGE-2", 4)
        assert not page.problems
        first, second = page.records
        assert first.arxiv_id == "2609.05801"
        assert first.submitted_at == datetime(2026, 9, 5, 1, 28, 43, tzinfo=UTC)
        assert first.changed == date(2026, 9, 14)
        assert (second.version, second.submitted_at) == (
            6,
            datetime(2019, 12, 18, 18, 36, 20, tzinfo=UTC),
        )
        assert second.paper().authors == ("Thomas Bartz-Beielstein", "Eva Bartz")

    def test_the_page_of_2016(self) -> None:
        page = parse_records(
            (SAMPLES / "2016-03_ListRecords_arXiv_cs_page1_first40.xml").read_bytes()
        )
        assert len(page.records) == 40
        assert (page.token, page.size) == ("1114880|1001", 102133)
        assert not page.problems
        first = page.records[0].paper()
        assert first.authors == ("Ileana Streinu", "Louis Theran")
        assert first.categories == ("math.CO", "cs.CG")

    def test_the_record_of_2018(self) -> None:
        page = parse_records((SAMPLES / "2018-01_GetRecord_arXiv.xml").read_bytes())
        [record] = page.records
        assert record.paper().journal_ref == "Lett. Math. Phys. 108 (2018), no. 2, 359-376"

    def test_the_error_is_an_error(self) -> None:
        with raises_saying(OaiError, "idDoesNotExist"):
            parse_records((SAMPLES / "2017-08_error_unknown_id.xml").read_bytes())


class TestAsking:
    async def test_pages_follow_each_other_by_their_tokens(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.page_size = 4
        records = door(arxiv, http, clock)
        window = Window(OLD, OLD + timedelta(days=6), "cs")
        ids, token = [], ""
        while True:
            page = await records.page(window, token)
            ids += [record.arxiv_id for record in page.records]
            token = page.token
            if not token:
                break
        assert ids == [p.id for p in arxiv.world.papers]
        assert len(arxiv.requests) == 3
        assert dict(arxiv.requests[0].query) == {
            "verb": "ListRecords",
            "metadataPrefix": "arXivRaw",
            "from": "2026-03-18",
            "until": "2026-03-24",
            "set": "cs",
        }
        assert set(arxiv.requests[1].query) == {"verb", "resumptionToken"}

    async def test_a_token_dies_at_midnight(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.page_size = 4
        records = door(arxiv, http, clock)
        page = await records.page(Window(OLD))
        clock.advance(timedelta(hours=8))
        with raises_saying(OaiError, "badResumptionToken"):
            await records.page(Window(OLD), page.token)

    @pytest.mark.parametrize(
        "fault", [truncated(), cut_off(), html(), answers(503, retry_after="0"), drops()]
    )
    async def test_a_broken_answer_is_asked_for_again(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, fault: Fault
    ) -> None:
        arxiv.fail("/oai", fault.times(1))
        page = await door(arxiv, http, clock).page(Window(OLD))
        assert len(page.records) == 9
        assert len(arxiv.requests) == 2

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            (html(), Malformed),
            (rate_exceeded(200), Malformed),
            (answers(429), Throttled),
            (answers(500), Unreachable),
        ],
    )
    async def test_an_answer_that_stays_broken_is_an_error(
        self,
        arxiv: ArxivD,
        http: Http,
        clock: ManualClock,
        fault: Fault,
        error: type[SourceError],
    ) -> None:
        arxiv.fail("/oai", fault.times(None))
        with pytest.raises(error):
            await door(arxiv, http, clock).page(Window(OLD))
        assert len(arxiv.requests) < 12

    def test_sets_are_as_few_as_will_do(self) -> None:
        assert sets(["cs.CL"]) == ["cs:cs:CL"]
        assert sets(["hep-th", "stat.ML"]) == ["physics:hep-th", "stat:stat:ML"]
        assert sets(["cs.AI", "cs.CL", "cs.CV", "cs.LG"]) == ["cs"]
        assert sets([f"astro-ph.{x}" for x in ("CO", "EP", "GA", "HE")]) == ["physics:astro-ph"]


class TestOldDays:
    async def test_an_old_day_is_dated_by_submission_times(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        next_day = OLD + timedelta(days=1)
        replaced = replace(
            arxiv.world.papers[0],
            replaced=(Replacement(2, submitted_for(date(2026, 9, 9)), date(2026, 9, 9)),),
        )
        arxiv.world.papers[0] = replaced
        arxiv.world.add(*invent(3, next_day), paper("2603.90001", deleted=True))
        arxiv.page_size = 5
        found = await door(arxiv, http, clock).harvest(OLD, ["cs.AI", "cs.CL", "cs.CV", "cs.LG"])
        assert found.whole
        assert {item.paper.arxiv_id for item in found.listed} == {
            p.id for p in arxiv.world.papers if p.listed == OLD and not p.deleted
        }
        assert {item.announcement for item in found.listed} == {Announcement.NEW}
        assert {item.learnt_from for item in found.listed} == {LearntFrom.COMPUTED}
        assert {words_or_nothing(outcome.reason) for outcome in found.outcomes} == {
            "dated by submission times"
        }
        items = {outcome.source: outcome.items for outcome in found.outcomes}
        assert items == {"cs.AI": 6, "cs.CL": 3, "cs.CV": 3, "cs.LG": 3}

    async def test_a_paper_that_was_held_back_stands_with_its_neighbours(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        held = arxiv.world.papers[4]
        early = submitted_for(OLD - timedelta(days=7))
        arxiv.world.papers[4] = replace(held, submitted=early)
        found = await door(arxiv, http, clock).harvest(OLD, ["cs.AI", "cs.CL"])
        learnt = {item.paper.arxiv_id: item.learnt_from for item in found.listed}
        assert len(learnt) == 9
        assert learnt.pop(held.id) is LearntFrom.CORRECTED
        assert set(learnt.values()) == {LearntFrom.COMPUTED}

    async def test_a_paper_held_beyond_the_day_is_not_of_the_day(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        next_day = OLD + timedelta(days=1)
        later = invent(5, next_day)
        arxiv.world.add(*later)
        arxiv.world.papers[11] = replace(later[2], submitted=submitted_for(OLD))
        found = await door(arxiv, http, clock).harvest(OLD, ["cs.AI", "cs.CL", "cs.CV"])
        assert later[2].id not in {item.paper.arxiv_id for item in found.listed}
        assert len(found.listed) == 9

    async def test_a_paper_from_elsewhere_is_a_cross_list(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await door(arxiv, http, clock).harvest(OLD, ["cs.AI"])
        kinds = {item.paper.primary: item.announcement for item in found.listed}
        assert kinds == {"cs.AI": Announcement.NEW, "cs.CV": Announcement.CROSS}

    async def test_other_categories_are_left_out(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await door(arxiv, http, clock).harvest(OLD, ["cs.CL"])
        assert len(found.listed) == 3
        assert arxiv.requests[0].query["set"] == "cs:cs:CL"

    async def test_a_day_without_papers_is_empty(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await door(arxiv, http, clock).harvest(OLD, ["math.CO"])
        [outcome] = found.outcomes
        assert outcome.status is Status.EMPTY

    async def test_for_a_fresh_day_computed_dates_are_not_the_whole_answer(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        today = date(2026, 11, 18)
        arxiv.world.add(*invent(3, today))
        found = await door(arxiv, http, clock).harvest(today, ["cs.CL", "cs.AI", "cs.CV"])
        assert len(found.listed) == 3
        assert {outcome.status for outcome in found.outcomes} == {Status.INCOMPLETE}
        assert "until" not in arxiv.requests[0].query

    @pytest.mark.parametrize("document", OTHER_DOCUMENTS)
    async def test_another_document_is_no_empty_day(
        self, arxiv: ArxivD, http: Http, clock: ManualClock, document: str
    ) -> None:
        arxiv.fail("/oai", answers(200, oai(document)).times(None))
        found = await door(arxiv, http, clock).harvest(OLD, ["cs.LG"])
        assert [outcome.status for outcome in found.outcomes] == [Status.FAILED]
        assert "neither records nor an error" in words_or_nothing(found.outcomes[0].reason)
        assert len(arxiv.requests) == 1

    async def test_a_fresh_day_without_records_has_failed(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await door(arxiv, http, clock).harvest(date(2026, 11, 18), ["cs.CL"])
        assert found.outcomes[0].status is Status.FAILED

    async def test_a_day_to_come_is_not_asked_for(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        found = await door(arxiv, http, clock).harvest(date(2026, 11, 19), ["cs.CL"])
        assert found.outcomes[0].status is Status.FAILED
        assert not arxiv.requests

    async def test_failures_are_named_for_every_category(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.fail("/oai", answers(429).times(None))
        found = await door(arxiv, http, clock).harvest(OLD, ["cs.CL", "cs.AI"])
        assert {outcome.status for outcome in found.outcomes} == {Status.FAILED}
        assert all("429" in words_or_nothing(outcome.reason) for outcome in found.outcomes)
        assert sum(outcome.requests for outcome in found.outcomes) == 1

    async def test_a_page_full_of_records_takes_one_request(
        self, arxiv: ArxivD, http: Http, clock: ManualClock
    ) -> None:
        arxiv.records, arxiv.page_size = Endless(60, first=OLD, per_day=30), 60
        found = await door(arxiv, http, clock).harvest(OLD, ["stat.ML"])
        assert len(arxiv.requests) == 1
        assert len(found.listed) == 30
