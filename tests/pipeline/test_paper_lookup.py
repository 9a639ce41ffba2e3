"""Papers that members ask for and no harvest brought: arXiv is asked for each once."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.http import Http
from bot.models import LookupState, Paper
from bot.pipeline import paper_lookup
from bot.pipeline.paper_lookup import PaperLookup
from bot.sources.arxiv.api import ArxivApi
from bot.sources.arxiv.oai import ArxivOai
from bot.sources.arxiv.record import Record
from bot.store import Archive, integrity, lookups, papers
from tests.services.arxivd import ArxivD
from tests.services.base import Fault, answers, html, not_acceptable, rate_exceeded

API, OAI = "/api/query", "/oai"
PATIENCE = 20.0
FOUND, UNKNOWN, WAITING = LookupState.FOUND, LookupState.UNKNOWN, LookupState.WAITING


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper_lookup, "RETRY_SECONDS", 0.02)


def queue(archive: Archive, arxiv: ArxivD, http: Http, clock: ManualClock) -> PaperLookup:
    """Nobody works it off."""
    api = ArxivApi(http, arxiv.url, gate="arxiv")
    return PaperLookup(archive, api, ArxivOai(http, clock, arxiv.url, gate="arxiv"), clock, 3.0)


@asynccontextmanager
async def running(
    archive: Archive, arxiv: ArxivD, http: Http, clock: ManualClock
) -> AsyncIterator[PaperLookup]:
    lookup = queue(archive, arxiv, http, clock)
    task = asyncio.create_task(lookup.run())
    try:
        yield lookup
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_a_crowd_that_asks_for_many_papers_makes_one_request(
    archive: Archive, arxiv: ArxivD, http: Http, clock: ManualClock
) -> None:
    wanted = [paper.id for paper in arxiv.world.papers]
    lookup = queue(archive, arxiv, http, clock)
    asked = await asyncio.gather(*(lookup.request(paper) for paper in 20 * wanted))
    assert {queued and queued.seconds for queued in asked} == {3.0}
    task = asyncio.create_task(lookup.run())
    assert all(await asyncio.gather(*(lookup.wait(paper, PATIENCE) for paper in wanted)))
    task.cancel()
    assert len(arxiv.requests) == 1
    for paper in arxiv.world.papers:
        stored = await archive.read(papers.get, paper.id)
        assert stored is not None
        assert (stored.title, stored.categories) == (paper.title, paper.categories)
        assert await archive.read(papers.days_of, paper.id) == []  # listed on no day
    assert [it.what for it in await archive.read(integrity.check) if it.problems] == []


async def test_what_waited_is_asked_for_after_a_restart(
    archive: Archive, arxiv: ArxivD, http: Http, clock: ManualClock
) -> None:
    paper = arxiv.world.papers[0]
    await archive.write(lookups.request, paper.id, now=clock.now())
    async with running(archive, arxiv, http, clock) as lookup:
        assert await lookup.wait(paper.id, PATIENCE)
        assert await lookup.state(paper.id) is FOUND


async def test_a_paper_that_neither_way_knows_is_unknown_for_some_hours(
    archive: Archive, arxiv: ArxivD, http: Http, clock: ManualClock
) -> None:
    async with running(archive, arxiv, http, clock) as lookup:
        await lookup.request("2611.99999")
        assert await lookup.wait("2611.99999", PATIENCE)
        asked = len(arxiv.requests)
        await lookup.request("2611.99999")
        assert await lookup.state("2611.99999") is UNKNOWN
        assert len(arxiv.requests) == asked == 2
        clock.advance(lookups.UNKNOWN_FOR + timedelta(seconds=1))
        assert await lookup.state("2611.99999") is None


@pytest.mark.parametrize("fault", [rate_exceeded(200), not_acceptable(), html(), answers(500)])
async def test_where_the_api_fails_the_records_answer(
    archive: Archive, arxiv: ArxivD, http: Http, clock: ManualClock, fault: Fault
) -> None:
    arxiv.fail(API, fault.times(None))
    first, second, *_ = (paper.id for paper in arxiv.world.papers)
    async with running(archive, arxiv, http, clock) as lookup:
        await lookup.request(first)
        assert await lookup.wait(first, PATIENCE)
        tries = sum(request.path == API for request in arxiv.requests)
        queued = await lookup.request(second)
        assert await lookup.wait(second, PATIENCE)
        assert {await lookup.state(it) for it in (first, second)} == {FOUND}
        assert queued is not None
        # The API is left alone for a while.
        assert sum(request.path == API for request in arxiv.requests) == tries


async def test_while_arxiv_is_away_a_paper_waits_with_the_reason(
    archive: Archive, arxiv: ArxivD, http: Http, clock: ManualClock
) -> None:
    for path in (API, OAI):
        arxiv.fail(path, answers(500).times(None))
    paper = arxiv.world.papers[0].id
    async with running(archive, arxiv, http, clock) as lookup:
        await lookup.request(paper)
        assert not await lookup.wait(paper, 0.5)
        queued = await lookup.request(paper)
        assert queued is not None
        assert queued.problem is not None
        assert queued.problem.arguments["status"] == 500
        assert await lookup.state(paper) is WAITING
        arxiv.heal()
        clock.advance(timedelta(hours=1))
        assert await lookup.wait(paper, PATIENCE)
        assert await lookup.state(paper) is FOUND


async def test_a_record_that_cannot_be_read_is_no_paper_that_arxiv_does_not_know(
    archive: Archive, arxiv: ArxivD, http: Http, clock: ManualClock
) -> None:
    paper = arxiv.world.papers[0].id
    other = arxiv.world.papers[1].id
    async with http.stream(
        f"{arxiv.url}{OAI}",
        params={
            "verb": "GetRecord",
            "metadataPrefix": "arXivRaw",
            "identifier": f"oai:arXiv.org:{other}",
        },
        gate="arxiv",
        max_bytes=10**6,
    ) as chunks:
        body = b"".join([chunk async for chunk in chunks])
    broken = re.sub(rb"<categories>[^<]*<", b"<categories><", body).replace(
        other.encode(), paper.encode()
    )
    arxiv.fail(API, answers(500).times(None))
    about = f"oai:arXiv.org:{paper}"
    for fault in (answers(200, broken), answers(200, body)):  # of no category; of another paper
        arxiv.fail(OAI, fault.on(identifier=about))
    async with running(archive, arxiv, http, clock) as lookup:
        await lookup.request(paper)
        assert await lookup.wait(paper, PATIENCE)
        assert await lookup.state(paper) is FOUND


@pytest.mark.parametrize("unreadable", [1, 2])
async def test_who_asks_meanwhile_does_not_wait_for_papers_that_cannot_be_read(
    archive: Archive,
    arxiv: ArxivD,
    http: Http,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    unreadable: int,
) -> None:
    monkeypatch.setattr(paper_lookup, "RETRY_SECONDS", 600.0)
    good, *bad = (paper.id for paper in arxiv.world.papers[: unreadable + 1])
    arxiv.fail(API, answers(500).times(None))
    for arxiv_id in bad:
        arxiv.fail(OAI, html().times(None).on(identifier=f"oai:arXiv.org:{arxiv_id}"))
    async with running(archive, arxiv, http, clock) as lookup:
        for arxiv_id in bad:
            await lookup.request(arxiv_id)
        assert not await lookup.wait(bad[-1], 0.5)
        await lookup.request(good)
        assert await lookup.wait(good, PATIENCE)
        assert {await lookup.state(arxiv_id) for arxiv_id in bad} == {WAITING}


async def keeps_no_other(lookup: PaperLookup, clock: ManualClock, bad: str, good: str) -> None:
    """Asked for first, ``bad`` waits, and ``good`` is found all the same."""
    for arxiv_id in (bad, good):
        await lookup.request(arxiv_id)
        clock.advance(timedelta(seconds=1))
    assert await lookup.wait(good, PATIENCE)
    assert await lookup.state(bad) is WAITING


@pytest.mark.parametrize("fault", [html(), answers(500)], ids=["unreadable", "arXiv stumbles"])
async def test_one_paper_of_which_there_is_no_answer_keeps_no_other(
    archive: Archive, arxiv: ArxivD, http: Http, clock: ManualClock, fault: Fault
) -> None:
    bad, good, *_ = (paper.id for paper in arxiv.world.papers)
    arxiv.fail(API, answers(500).times(None))
    arxiv.fail(OAI, fault.times(None).on(identifier=f"oai:arXiv.org:{bad}"))
    async with running(archive, arxiv, http, clock) as lookup:
        await keeps_no_other(lookup, clock, bad, good)


async def test_a_paper_of_which_the_program_stumbles_keeps_no_other(
    archive: Archive, arxiv: ArxivD, http: Http, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good, *_ = (paper.id for paper in arxiv.world.papers)
    arxiv.fail(API, answers(500).times(None))
    read = Record.paper

    def paper(record: Record) -> Paper:
        if record.arxiv_id == bad:
            raise RuntimeError("a fault of ours")
        return read(record)

    monkeypatch.setattr(Record, "paper", paper)
    async with running(archive, arxiv, http, clock) as lookup:
        await keeps_no_other(lookup, clock, bad, good)


async def test_a_queue_that_is_full_says_so(
    archive: Archive, arxiv: ArxivD, http: Http, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookups, "MAX_WAITING", 1)
    lookup = queue(archive, arxiv, http, clock)
    assert await lookup.request("2611.00001") is not None
    assert await lookup.request("2611.00002") is None
    assert await lookup.request("2611.00001") is not None
