"""The double's Atom feed does what rss.arxiv.org does, also where that is awkward."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import aiohttp
import feedparser
from lxml import etree

from bot.clock import ManualClock
from tests.services.arxiv_world import Endless, Paper, Replacement, World, invent, submitted_for
from tests.services.arxivd import ArxivD
from tests.services.base import answers
from tests.shared_data import SHARED, needs

WEDNESDAY = date(2026, 11, 18)
SAMPLE = SHARED / "samples" / "arxiv" / "feed" / "2025-08-20_atom_cs.AI.xml"


def paper(arxiv_id: str, categories: str, listed: date = WEDNESDAY) -> Paper:
    return Paper(
        id=arxiv_id,
        title=f"Paper {arxiv_id}",
        categories=tuple(categories.split()),
        submitted=submitted_for(listed),
        listed=listed,
    )


def world() -> World:
    old = paper("2610.00001", "cs.AI cs.LG", WEDNESDAY - timedelta(days=30))
    at = submitted_for(WEDNESDAY)
    return World(
        [
            paper("2611.00002", "cs.AI cs.LG"),
            paper("2611.00001", "cs.LG cs.AI"),
            paper("2611.00003", "math.CO"),
            replace(old, replaced=(Replacement(2, at, WEDNESDAY),)),
            replace(old, id="2610.00002", replaced=(Replacement(6, at, WEDNESDAY),)),
            replace(
                old,
                id="2610.00003",
                categories=("math.CO", "cs.AI"),
                crossed=((WEDNESDAY, "cs.AI"),),
            ),
        ]
    )


def noon() -> ManualClock:
    return ManualClock(datetime(2026, 11, 18, 17, tzinfo=UTC))


async def kinds(session: aiohttp.ClientSession, url: str) -> list[tuple[str, str]]:
    async with session.get(url) as answer:
        parsed = feedparser.parse(await answer.read())
    assert not parsed.bozo
    return [
        (entry.id.removeprefix("oai:arXiv.org:"), entry.arxiv_announce_type)
        for entry in parsed.entries
    ]


async def test_the_announcement_is_relative_to_the_category(
    session: aiohttp.ClientSession,
) -> None:
    async with ArxivD(world(), noon()) as arxiv:
        feed = f"{arxiv.url}/atom"
        assert await kinds(session, f"{feed}/cs.AI") == [
            ("2611.00002v1", "new"),
            ("2610.00003v1", "cross"),
            ("2611.00001v1", "cross"),
            ("2610.00001v2", "replace"),
        ]
        assert await kinds(session, f"{feed}/CS.lg") == [
            ("2611.00001v1", "new"),
            ("2611.00002v1", "cross"),
            ("2610.00001v2", "replace-cross"),
        ]
        assert [row[1] for row in await kinds(session, f"{feed}/cs.AI+cs.LG")][:2] == ["new"] * 2
        assert len(await kinds(session, f"{feed}/cs")) == 4


async def test_twins_of_a_category_are_one(session: aiohttp.ClientSession) -> None:
    twins = World([paper("2611.00009", "cs.IT math.IT")])
    async with ArxivD(twins, noon()) as arxiv:
        for name in ("cs.IT", "math.IT"):
            assert await kinds(session, f"{arxiv.url}/atom/{name}") == [("2611.00009v1", "new")]


async def test_an_entry_has_the_shape_of_the_real_one(session: aiohttp.ClientSession) -> None:
    odd = replace(
        paper("2611.00001", "cs.AI cs.LG"),
        abstract="If p<q & r,\nthen 5% less.",
        doi="10.1/x",
        authors=('J. M\\"uller (Uni, Bonn)', "for the X Collaboration"),
    )
    async with ArxivD(World([odd]), noon()) as arxiv:
        text = await (await session.get(f"{arxiv.url}/atom/cs.AI")).read()
    entry = feedparser.parse(text).entries[0]
    assert entry.summary == (
        "arXiv:2611.00001v1 Announce Type: new \nAbstract: If p<q & r,\nthen 5% less."
    )
    assert [tag.term for tag in entry.tags] == ["cs.AI", "cs.LG"]
    assert entry.author == 'J. M\\"uller (Uni, Bonn), for the X Collaboration'
    assert entry.published == "2026-11-18T00:00:00-05:00"
    assert entry.link == "https://arxiv.org/abs/2611.00001"
    assert entry.arxiv_doi == "10.1/x"


@needs(SAMPLE)
async def test_elements_are_those_of_a_real_feed(session: aiohttp.ClientSession) -> None:
    async with ArxivD(world(), noon()) as arxiv:
        ours = await (await session.get(f"{arxiv.url}/atom/cs.AI")).read()
    assert _shape(ours) == _shape(SAMPLE.read_bytes())


def _shape(xml: bytes) -> tuple[list[str], list[str]]:
    root = etree.fromstring(xml)
    entry = root.findall("{*}entry")[0]
    head = [str(child.tag) for child in root if not str(child.tag).endswith("}entry")]
    return head, list(dict.fromkeys(str(child.tag) for child in entry))


async def test_an_overfull_feed_loses_the_oldest_new_papers(
    session: aiohttp.ClientSession,
) -> None:
    async with ArxivD(world(), noon()) as arxiv:
        arxiv.cap = 3
        got = await kinds(session, f"{arxiv.url}/atom/cs.AI")
        assert [kind for _, kind in got] == ["cross", "cross", "replace"]
        arxiv.world = World(invent(5, WEDNESDAY, ["cs.AI"]))
        newest = [p.id for p in arxiv.world.papers][-3:]
        got = await kinds(session, f"{arxiv.url}/atom/cs.AI")
    assert [arxiv_id for arxiv_id, _ in got] == [f"{i}v1" for i in newest]


async def test_the_list_turns_at_midnight_in_new_york(session: aiohttp.ClientSession) -> None:
    clock = ManualClock(datetime(2026, 11, 18, 4, 59, 59, tzinfo=UTC))
    async with ArxivD(world(), clock) as arxiv:
        before = await kinds(session, f"{arxiv.url}/atom/cs.AI")
        clock.advance(timedelta(seconds=1))
        after = await kinds(session, f"{arxiv.url}/atom/cs.AI")
        clock.advance(timedelta(days=3))
        saturday = await kinds(session, f"{arxiv.url}/atom/cs.AI")
    assert (before, len(after), saturday) == ([], 4, [])


async def test_a_category_can_be_stale(session: aiohttp.ClientSession) -> None:
    fresh_only = world()
    fresh_only.add(paper("2611.00000", "cs.AI", WEDNESDAY - timedelta(days=1)))
    async with ArxivD(fresh_only, noon()) as arxiv:
        arxiv.stale["cs.AI"] = WEDNESDAY - timedelta(days=1)
        stale = feedparser.parse(await (await session.get(f"{arxiv.url}/atom/cs.AI")).read())
        assert len(await kinds(session, f"{arxiv.url}/atom/cs.LG")) == 3
    assert [e.id for e in stale.entries] == ["oai:arXiv.org:2611.00000v1"]
    assert stale.entries[0].published.startswith("2026-11-17")


async def test_an_unknown_category_is_an_error_feed(session: aiohttp.ClientSession) -> None:
    async with ArxivD(world(), noon()) as arxiv:
        answer = await session.get(f"{arxiv.url}/atom/cs.XX")
        parsed = feedparser.parse(await answer.read())
    assert answer.status == 400
    assert not parsed.bozo
    assert parsed.entries == []
    assert "error" in parsed.feed.title


async def test_conditional_requests(session: aiohttp.ClientSession) -> None:
    clock = noon()
    async with ArxivD(world(), clock) as arxiv:
        url = f"{arxiv.url}/atom/cs.AI"
        first = await session.get(url)
        tag, stamp = first.headers["ETag"], first.headers["Last-Modified"]
        again = await session.get(url, headers={"If-None-Match": tag})
        since = await session.get(url, headers={"If-Modified-Since": stamp})
        arxiv.fail("/atom/*", answers(503, retry_after="1"))
        broken = await session.get(url, headers={"If-None-Match": tag})
        clock.advance(timedelta(days=1))
        tomorrow = await session.get(url, headers={"If-None-Match": tag})
    assert [r.status for r in (first, again, since, broken, tomorrow)] == [200, 304, 304, 503, 200]
    assert stamp.endswith("05:00:19 GMT")


def test_a_synthetic_archive_costs_nothing_until_it_is_read() -> None:
    papers = Endless(200_000, per_day=3000)
    assert len({papers[n].id for n in range(0, 200_000, 397)}) == 504
    stamps = [papers[n].datestamp for n in range(0, 200_000, 1999)]
    assert stamps == sorted(stamps)
