"""A day of which arXiv did not give everything never looks quiet or whole, wherever it is read."""

from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from bot import cards, queries
from bot.clock import ManualClock
from bot.config import Settings
from bot.delivery.content import ContentBuilder
from bot.http import Http
from bot.models import Period, Ranking, RankingQuery
from bot.output import json, terminal
from bot.store import Archive, days
from tests import factories
from tests.pipeline.arxiv_services import NOON, TUESDAY, WEDNESDAY, daily
from tests.rendering import seen
from tests.services.arxivd import ArxivD
from tests.services.base import answers, html

EVERYTHING = ("/atom/*", "/list/*", "/catchup/*", "/oai")


@pytest.fixture
async def one_category_short(
    arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
) -> None:
    arxiv.stale["cs.AI"] = TUESDAY
    arxiv.dated = False
    arxiv.fail("/oai", html().times(None))
    await daily(arxiv, http, archive, clock).run(WEDNESDAY)


@pytest.fixture
async def nothing_came(arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock) -> None:
    for path in EVERYTHING:
        arxiv.fail(path, answers(403, "Access Denied").times(None))
    await daily(arxiv, http, archive, clock).run(WEDNESDAY)


async def ranking(
    archive: Archive, *categories: str, period: Period = Period.DAY, bar: float | None = None
) -> Ranking:
    found = await queries.ranking(
        archive,
        Settings(),
        RankingQuery(WEDNESDAY, categories=categories, period=period, min_score=bar),
    )
    assert found is not None
    return found


def on_terminal(found: Ranking) -> str:
    out = StringIO()
    terminal.show_ranking(found, Console(file=out, width=200))
    return out.getvalue()


def on_card(found: Ranking) -> str:
    return seen(cards.hot(found, query=RankingQuery(found.end))).words


@pytest.mark.usefixtures("one_category_short")
async def test_the_category_is_named_with_its_reason(archive: Archive) -> None:
    found = await ranking(archive)
    assert [o.source for o in found.missing] == ["cs.AI"]
    told = "arXiv: cs.AI missing (feed: still shows Tuesday 17 November 2026"
    assert told in on_terminal(found)
    assert told in on_card(found)
    assert list(json.ranking(found)["missing"]) == ["cs.AI"]
    week = await ranking(archive, period=Period.WEEK)
    assert week.missing == found.missing


@pytest.mark.usefixtures("one_category_short")
@pytest.mark.parametrize(("asked", "short"), [("cs.AI", True), ("cs.*", True), ("cs.CL", False)])
async def test_who_asks_for_other_categories_is_not_told(
    archive: Archive, asked: str, short: bool
) -> None:
    assert bool((await ranking(archive, asked)).missing) is short


@pytest.mark.usefixtures("nothing_came")
async def test_a_day_of_which_nothing_came_is_not_called_empty(archive: Archive) -> None:
    found = await ranking(archive)
    for shown in (on_terminal(found), on_card(found)):
        assert "of 0 papers" not in shown
        assert "arXiv: cs.AI" in shown
        assert "missing" in shown
        assert "403" in shown


@pytest.mark.usefixtures("one_category_short")
async def test_what_came_in_the_end_is_not_called_missing(
    arxiv: ArxivD, http: Http, archive: Archive, clock: ManualClock
) -> None:
    arxiv.heal()
    arxiv.stale.clear()
    arxiv.dated = True
    clock.advance(timedelta(hours=2))
    await daily(arxiv, http, archive, clock).run(WEDNESDAY)
    found = await ranking(archive)
    assert not found.missing
    assert "arXiv:" not in on_terminal(found)
    assert json.ranking(found)["missing"] == {}


@pytest.mark.usefixtures("one_category_short")
@pytest.mark.parametrize(
    ("categories", "told"), [((), True), (("cs.AI",), True), (("cs.CL",), False)]
)
async def test_a_digest_of_it_says_so_too(
    archive: Archive, categories: tuple[str, ...], told: bool
) -> None:
    await archive.write(days.mark_counted, WEDNESDAY, at=NOON)
    await archive.write(days.close, WEDNESDAY, now=NOON, late=False)
    kitchen = ContentBuilder(archive, Settings())
    quiet = await kitchen.digest(factories.rule(categories=categories), [WEDNESDAY])
    assert ("cs.AI missing" in quiet.bodies[0]) is told
    full = await kitchen.digest(factories.rule(categories=categories, bar=0.0), [WEDNESDAY])
    assert ("cs.AI missing" in full.bodies[0]) is told


@pytest.mark.usefixtures("one_category_short")
async def test_what_is_not_harvested_at_all_is_not_called_empty(archive: Archive) -> None:
    found = await ranking(archive, "cs.CL", "hep-th")
    assert "hep-th is not harvested here" in on_terminal(found)
    assert found.listed > 0
    found = await ranking(archive, "hep-th")
    assert found.listed == 0
    for shown in (on_terminal(found), on_card(found)):
        assert "of 0 papers" not in shown
        assert "hep-th is not harvested here: only papers of cs.* and stat.ML" in shown
    (told,) = json.ranking(found)["missing"].items()
    assert told[0] == "hep-th"
    assert told[1]["status"] == "off"
    assert "categories under [arxiv]" in told[1]["reason"]
    assert told[1]["code"] == "not_harvested_here"
