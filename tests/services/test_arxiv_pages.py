"""The double's listing and catchup pages: sections, paging, dates, and what they refuse."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import aiohttp
from lxml import html

from bot.clock import ManualClock
from tests.services.arxiv_world import World, invent
from tests.services.arxivd import ArxivD
from tests.services.test_arxiv_feed import WEDNESDAY, noon, paper, world
from tests.shared_data import SHARED, needs

SAMPLE = SHARED / "samples" / "arxiv" / "listing" / "2026-08-12_list_cs.AI_new_trimmed.html"


async def page(session: aiohttp.ClientSession, url: str) -> html.HtmlElement:
    async with session.get(url) as answer:
        assert answer.status == 200
        return html.document_fromstring(await answer.text())


def listed(tree: html.HtmlElement) -> dict[str, list[str]]:
    """Ids by section heading."""
    return {
        (block.findtext("h3") or ""): [dt.xpath("string(a[2])").strip() for dt in block.iter("dt")]
        for block in tree.iter("dl")
    }


async def test_the_day_in_three_sections(session: aiohttp.ClientSession) -> None:
    async with ArxivD(world(), noon()) as arxiv:
        tree = await page(session, f"{arxiv.url}/list/cs.AI/new")
    assert tree.xpath("//h3")[0].text == "Showing new listings for Wednesday, 18 November 2026"
    assert listed(tree) == {
        "New submissions (showing 1 of 1 entries)": ["arXiv:2611.00002"],
        "Cross submissions (showing 2 of 2 entries)": ["arXiv:2610.00003", "arXiv:2611.00001"],
        "Replacement submissions (showing 1 of 1 entries)": ["arXiv:2610.00001"],
    }
    assert tree.xpath("string(//dl[2]//dt[2])").split()[2:5] == ["(cross-list", "from", "cs.LG)"]
    subjects = " ".join(tree.xpath("string(//dl[2]//dd[2]//div[@class='list-subjects'])").split())
    assert subjects == "Subjects: Machine Learning (cs.LG); Artificial Intelligence (cs.AI)"
    assert tree.xpath("string(//dl[1]//p[@class='mathjax'])").strip().startswith("We invent")
    assert "Total of 4 entries" in tree.text_content()


async def test_an_archive_drops_cross_lists_inside_itself(session: aiohttp.ClientSession) -> None:
    inside = paper("2610.00007", "cs.AI cs.LG", WEDNESDAY - timedelta(days=9))
    late = World([replace(inside, crossed=((WEDNESDAY, "cs.LG"),)), paper("2611.00001", "cs.CL")])
    async with ArxivD(late, noon()) as arxiv:
        assert len(listed(await page(session, f"{arxiv.url}/list/cs/new"))) == 1
        assert len(listed(await page(session, f"{arxiv.url}/list/cs.LG/new"))) == 1


@needs(SAMPLE)
async def test_entries_are_built_like_real_ones(session: aiohttp.ClientSession) -> None:
    real = html.document_fromstring(SAMPLE.read_text(encoding="utf-8"))
    async with ArxivD(world(), noon()) as arxiv:
        ours = await page(session, f"{arxiv.url}/list/cs.AI/new")
    for path in (
        "//dt/a[@title='Abstract']/@href",
        "//dt//a[starts-with(@id, 'html-')]/@href",
        "//dd/div/div[contains(@class, 'list-title')]/span",
        "//div[@class='list-authors']/a",
        "//div[@class='list-subjects']/span[@class='primary-subject']",
        "//dd/div/p[@class='mathjax']",
    ):
        assert [bool(tree.xpath(path)) for tree in (real, ours)] == [True, True], path


async def test_the_page_turns_at_eight_in_the_evening(session: aiohttp.ClientSession) -> None:
    clock = ManualClock(datetime(2026, 11, 18, 0, 59, 59, tzinfo=UTC))
    two_days = world()
    two_days.add(paper("2611.00000", "cs.AI", date(2026, 11, 17)))
    async with ArxivD(two_days, clock) as arxiv:
        before = await page(session, f"{arxiv.url}/list/cs.AI/new")
        clock.advance(timedelta(seconds=1))
        after = await page(session, f"{arxiv.url}/list/cs.AI/new")
        clock.advance(timedelta(days=3))
        saturday = await page(session, f"{arxiv.url}/list/cs.AI/new")
    assert "Tuesday, 17 November" in before.text_content()
    assert "Wednesday, 18 November" in after.text_content()
    assert "Wednesday, 18 November" in saturday.text_content()


async def test_a_category_with_nothing_and_a_page_without_its_date(
    session: aiohttp.ClientSession,
) -> None:
    async with ArxivD(world(), noon()) as arxiv:
        empty = await page(session, f"{arxiv.url}/list/hep-th/new")
        arxiv.dated = False
        undated = await page(session, f"{arxiv.url}/list/cs.AI/new")
        undated_day = await page(session, f"{arxiv.url}/catchup/cs.AI/2026-11-18?abs=True")
    assert "No updates today." in empty.text_content()
    assert undated.xpath("//h3")[0].text == "Showing new listings"
    assert undated_day.xpath("//h1")[0].text == "Catchup results for Artificial Intelligence"


async def test_pages_of_a_long_day(session: aiohttp.ClientSession) -> None:
    busy = World(invent(60, WEDNESDAY, ["cs.AI", "cs.AI", "cs.LG cs.AI"]))
    async with ArxivD(busy, noon()) as arxiv:
        url = f"{arxiv.url}/list/cs.AI/new"
        parts = [listed(await page(session, f"{url}?skip={n}&show=25")) for n in (0, 25, 50)]
        first = await page(session, f"{url}?skip=0&show=25")
        refused = await session.get(f"{url}?show=30")
    assert [list(part) for part in parts] == [
        ["New submissions (showing first 25 of 40 entries)"],
        [
            "New submissions (continued, showing last 15 of 40 entries)",
            "Cross submissions (showing first 10 of 20 entries)",
        ],
        ["Cross submissions (continued, showing last 10 of 20 entries)"],
    ]
    assert len({i for part in parts for ids in part.values() for i in ids}) == 60
    assert re.search(r"1-25\s+26-50\s+51-60", first.text_content())
    assert refused.status == 400


async def test_catchup_knows_past_days(session: aiohttp.ClientSession) -> None:
    past = World(invent(5, date(2026, 11, 16), ["cs.AI"]) + invent(1, WEDNESDAY, ["cs.CL"]))
    async with ArxivD(past, noon()) as arxiv:
        arxiv.page_size = 3
        url = f"{arxiv.url}/catchup/cs.AI"
        one = await page(session, f"{url}/2026-11-16?abs=True")
        two = await page(session, f"{url}/2026-11-16?page=2")
        sunday = await page(session, f"{url}/2026-11-15?abs=True")
        for wrong in ("2026-11-19", "2026-08-19", "soon"):
            assert (await session.get(f"{url}/{wrong}")).status == 400
        assert (await session.get(f"{url}/2026-08-20")).status == 200
        assert (await session.get(f"{arxiv.url}/catchup/cs.XX/2026-11-16")).status == 404
    heading = "Catchup results for Artificial Intelligence on Mon, 16 Nov 2026"
    assert one.xpath("//h1")[0].text == two.xpath("//h1")[0].text == heading
    assert [len(ids) for tree in (one, two) for ids in listed(tree).values()] == [3, 2]
    assert "Total of 5 entries for Mon, 16 Nov 2026" in one.text_content()
    assert (len(one.xpath("//p[@class='mathjax']")), two.xpath("//p[@class='mathjax']")) == (3, [])
    onward = one.xpath("//a[text()='Continue to the next day']/@href")[0]
    assert onward == "/catchup/cs.AI/2026-11-18?abs=True&page=1"
    assert "No updates for Sun, 15 Nov 2026" in sunday.text_content()
