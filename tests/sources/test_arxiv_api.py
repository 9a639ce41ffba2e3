"""arXiv's API: metadata by ids, and what it says when there is none."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest

from bot.clock import ManualClock
from bot.errors import Malformed, Refused, SourceError
from bot.http import Http
from bot.sources.arxiv.api import ArxivApi, parse_answer
from tests.services.arxiv_world import World, invent
from tests.services.arxivd import ArxivD
from tests.services.base import Fault, answers, html, not_acceptable, rate_exceeded, truncated
from tests.shared_data import SHARED, needs

DAY = date(2026, 11, 18)
SAMPLES = SHARED / "samples" / "arxiv" / "api"


@pytest.fixture
async def arxiv(clock: ManualClock) -> AsyncIterator[ArxivD]:
    async with ArxivD(World(invent(250, DAY)), clock) as service:
        yield service


def api(arxiv: ArxivD, http: Http) -> ArxivApi:
    return ArxivApi(http, arxiv.url, gate="arxiv")


async def test_papers_come_with_their_metadata(arxiv: ArxivD, http: Http) -> None:
    first, second, *_ = arxiv.world.papers
    found = await api(arxiv, http).papers([second.id, first.id])
    assert [paper.arxiv_id for paper in found] == [second.id, first.id]
    paper = found[1]
    assert paper.title == first.title
    assert paper.authors == first.authors
    assert paper.categories == first.categories
    assert paper.submitted_at == first.submitted
    assert paper.version == 1


async def test_ids_that_arxiv_does_not_know_bring_nothing(arxiv: ArxivD, http: Http) -> None:
    known = arxiv.world.papers[0].id
    found = await api(arxiv, http).papers(["2611.99999", known, "hep-th/9901001"])
    assert [paper.arxiv_id for paper in found] == [known]


@pytest.mark.parametrize(
    "fault",
    [html(), rate_exceeded(200), truncated(), answers(429), not_acceptable(), answers(200, "")],
)
async def test_a_refusal_is_an_error_and_never_an_absence(
    arxiv: ArxivD, http: Http, fault: Fault
) -> None:
    arxiv.fail("/api/query", fault.times(None))
    with pytest.raises(SourceError):
        await api(arxiv, http).papers([arxiv.world.papers[0].id])


async def test_a_malformed_entry_is_named_and_the_others_stand(arxiv: ArxivD, http: Http) -> None:
    good, bad = arxiv.world.papers[0], arxiv.world.papers[1]
    query = f"{arxiv.url}/api/query?id_list={good.id},{bad.id}"
    body = (await http.get(query)).body.replace(bad.title.encode(), b"")
    found = parse_answer(body)
    assert [paper.arxiv_id for paper in found.papers] == [good.id]
    [problem] = found.problems
    assert bad.id in problem
    assert "title" in problem


@pytest.mark.parametrize("total", [b"7", b"many", b"9" * 5000])
def test_an_empty_page_that_counts_papers_is_no_absence(total: bytes) -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"'
        b' xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        b"<opensearch:totalResults>%s</opensearch:totalResults></feed>"
    )
    with pytest.raises(Malformed, match="papers_left_out"):
        parse_answer(body % total)


@needs(SAMPLES)
class TestSamples:
    def read(self, name: str) -> bytes:
        return (SAMPLES / f"{name}.atom.xml").read_bytes()

    def test_the_answer_to_a_malformed_id_is_an_error(self) -> None:
        with pytest.raises(Refused, match="incorrect id format for abc"):
            parse_answer(self.read("2026-04_id_malformed_http400"))

    def test_the_answer_to_an_unknown_id_is_an_absence(self) -> None:
        found = parse_answer(self.read("2026-04_id_unknown_empty"))
        assert (found.papers, found.problems) == ((), ())

    def test_an_old_style_id(self) -> None:
        found = parse_answer(self.read("2026-04_id_oldstyle_v1"))
        [paper] = found.papers
        assert paper.arxiv_id == "quant-ph/0201082"
        assert paper.version == 1
        assert paper.authors == ("Stephen Blaha",)
        assert paper.categories == ("quant-ph", "cs.PL")
        assert paper.submitted_at == datetime(2002, 1, 18, 15, 8, 5, tzinfo=UTC)
        assert paper.comment == "32 pages"

    def test_a_list_with_unknown_ids_has_the_others(self) -> None:
        found = parse_answer(self.read("2026-04_id_list_partial"))
        assert len(found.papers) == 1
        assert not found.problems

    def test_a_page_of_a_hundred(self) -> None:
        found = parse_answer(self.read("2026-04_search_100"))
        assert len(found.papers) == 100
        assert not found.problems
        assert all(
            paper.authors and paper.abstract and paper.submitted_at for paper in found.papers
        )
