"""The double's OAI-PMH and API: pages, tokens that die, deleted records, typed errors."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import aiohttp
import pytest
from lxml import etree

from bot.clock import ManualClock
from tests.services.arxiv_world import Endless, Replacement, World, invent
from tests.services.arxivd import ArxivD
from tests.services.test_arxiv_feed import WEDNESDAY, noon, paper
from tests.shared_data import SHARED, needs

SAMPLE = SHARED / "samples" / "arxiv" / "oai" / "2026-09-15_ListRecords_arXivRaw_cs.xml"
NAMES = {"o": "http://www.openarchives.org/OAI/2.0/", "r": "http://arxiv.org/OAI/arXivRaw/"}


async def oai(session: aiohttp.ClientSession, arxiv: ArxivD, **query: str) -> etree._Element:
    named = {name.removesuffix("_"): value for name, value in query.items()}
    async with session.get(f"{arxiv.url}/oai", params=named) as answer:
        assert answer.status == 200
        return etree.fromstring(await answer.read())


def texts(root: etree._Element, path: str) -> list[str]:
    found = root.xpath(path, namespaces=NAMES)
    assert isinstance(found, list)
    return [str(node.text or "") for node in found if isinstance(node, etree._Element)]


async def ids(session: aiohttp.ClientSession, arxiv: ArxivD, **query: str) -> list[str]:
    """Of all pages."""
    query = {"verb": "ListRecords", "metadataPrefix": "arXivRaw", **query}
    found: list[str] = []
    while True:
        root = await oai(session, arxiv, **query)
        found += [i.removeprefix("oai:arXiv.org:") for i in texts(root, "//o:identifier")]
        token = "".join(texts(root, "//o:resumptionToken"))
        if not token:
            return found
        query = {"verb": "ListRecords", "resumptionToken": token}


def error(root: etree._Element) -> str | None:
    node = root.find("o:error", NAMES)
    return None if node is None else node.get("code")


async def test_pages_hold_every_record_once(session: aiohttp.ClientSession) -> None:
    async with ArxivD(World(invent(45, WEDNESDAY)), noon()) as arxiv:
        arxiv.page_size = 20
        found = await ids(session, arxiv)
        assert len(arxiv.asked("/oai")) == 3
    assert found == [p.id for p in invent(45, WEDNESDAY)]


async def test_sets_and_dates_select(session: aiohttp.ClientSession) -> None:
    tuesday = WEDNESDAY - timedelta(days=1)
    some = [
        paper("2611.00001", "cs.LG stat.ML"),
        paper("2611.00002", "hep-th"),
        paper("2611.00003", "astro-ph.GA", tuesday),
        replace(paper("2611.00004", "math.NA cs.NA"), changed=tuesday - timedelta(days=1)),
    ]
    async with ArxivD(World(some), noon()) as arxiv:
        arxiv.page_size = 1
        assert await ids(session, arxiv, set="cs") == ["2611.00004", "2611.00001"]
        assert await ids(session, arxiv, set="cs:cs:LG") == ["2611.00001"]
        assert await ids(session, arxiv, set="physics") == ["2611.00003", "2611.00002"]
        assert await ids(session, arxiv, set="physics:astro-ph") == ["2611.00003"]
        assert await ids(session, arxiv, from_="2026-11-17", until="2026-11-17") == ["2611.00003"]


async def test_a_token_dies_at_midnight(session: aiohttp.ClientSession) -> None:
    clock = ManualClock(datetime(2026, 11, 18, 23, 59, tzinfo=UTC))
    async with ArxivD(World(invent(3, WEDNESDAY)), clock) as arxiv:
        arxiv.page_size, arxiv.oai_sizes = 2, True
        root = await oai(session, arxiv, verb="ListRecords", metadataPrefix="arXiv")
        (node,) = root.iter("{*}resumptionToken")
        token = node.text or ""
        alive = await oai(session, arxiv, verb="ListRecords", resumptionToken=token)
        clock.advance(timedelta(minutes=1))
        dead = await oai(session, arxiv, verb="ListRecords", resumptionToken=token)
        noise = await oai(session, arxiv, verb="ListRecords", resumptionToken="x")
    assert node.get("expires") == "2026-11-19T00:00:00Z"
    assert node.get("completeListSize") == "3"
    assert len(texts(alive, "//o:record")) == 1
    assert texts(alive, "//o:resumptionToken") == [""]
    assert error(dead) == error(noise) == "badResumptionToken"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "Dance"}, "badVerb"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "arXiv", "page": "2"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "arXiv", "until": "2026-11-19"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "arXiv", "from_": "2005-09-15"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "arXiv", "from_": "soon"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "arXiv", "set": "q-fin"}, "noRecordsMatch"),
        (
            {"verb": "ListRecords", "metadataPrefix": "arXiv", "resumptionToken": "x"},
            "badArgument",
        ),
        (
            {"verb": "GetRecord", "metadataPrefix": "arXiv", "identifier": "oai:arXiv.org:1.1"},
            "idDoesNotExist",
        ),
    ],
)
async def test_errors_have_their_code(
    session: aiohttp.ClientSession, query: dict[str, str], code: str
) -> None:
    async with ArxivD(World(invent(1, WEDNESDAY)), noon()) as arxiv:
        assert error(await oai(session, arxiv, **query)) == code


async def test_versions_and_deleted_records(session: aiohttp.ClientSession) -> None:
    second = Replacement(2, datetime(2026, 11, 16, 15, tzinfo=UTC), date(2026, 11, 17))
    twice = replace(paper("2610.00001", "cs.AI", date(2026, 10, 7)), replaced=(second,))
    gone = replace(paper("2610.00002", "cs.AI", date(2026, 10, 7)), deleted=True)
    async with ArxivD(World([twice, gone]), noon()) as arxiv:
        query = {"verb": "GetRecord", "identifier": "oai:arXiv.org:2610.00001"}
        raw = await oai(session, arxiv, **query, metadataPrefix="arXivRaw")
        split = await oai(session, arxiv, **query, metadataPrefix="arXiv")
        every = await oai(session, arxiv, verb="ListRecords", metadataPrefix="arXivRaw")
    assert texts(raw, "//r:version/r:date") == [
        "Tue, 06 Oct 2026 14:00:00 GMT",
        "Mon, 16 Nov 2026 15:00:00 GMT",
    ]
    assert texts(raw, "//o:datestamp") == ["2026-11-17"]
    assert texts(split, "//*[local-name()='keyname']") == ["Inventa", "Fictus"]
    assert texts(split, "//*[local-name()='created']") == ["2026-11-16"]
    assert [head.get("status") for head in every.iter("{*}header")] == ["deleted", None]
    assert len(list(every.iter("{*}metadata"))) == 1


@needs(SAMPLE)
async def test_records_are_built_like_real_ones(session: aiohttp.ClientSession) -> None:
    real = next(etree.fromstring(SAMPLE.read_bytes()).iter("{*}record"))
    async with ArxivD(World([paper("2611.00001", "cs.AI cs.LG")]), noon()) as arxiv:
        ours = await oai(session, arxiv, verb="ListRecords", metadataPrefix="arXivRaw")
    assert _tags(next(ours.iter("{*}record"))) == _tags(real)


def _tags(node: etree._Element) -> list[str]:
    return [str(child.tag) for child in node.iter()]


async def test_a_long_archive_is_served_as_it_is_made(session: aiohttp.ClientSession) -> None:
    async with ArxivD(clock=noon()) as arxiv:
        arxiv.records = Endless(200_000)
        start = {"verb": "ListRecords", "metadataPrefix": "arXivRaw", "from_": "2020-07-01"}
        root = await oai(session, arxiv, **start)
    identifiers = texts(root, "//o:identifier")
    assert len(set(identifiers)) == 2000
    assert identifiers[0] == "oai:arXiv.org:2007.00001"
