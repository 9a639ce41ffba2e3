"""A job over all doors of a loopback arXiv, and what it should find there."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

from bot.clock import ManualClock
from bot.config import ArxivSection, Settings
from bot.http import Http
from bot.models import Outcome
from bot.pipeline import Daily
from bot.sources import PaperSource
from bot.sources.arxiv.feed import ArxivFeed
from bot.sources.arxiv.listing import Catchup, ListingNew
from bot.sources.arxiv.oai import ArxivOai
from bot.store import Archive, papers
from tests.services.arxivd import ArxivD

TUESDAY = date(2026, 11, 17)
WEDNESDAY = date(2026, 11, 18)
NOON = datetime(2026, 11, 18, 17, tzinfo=UTC)
# Closed doors open again after this in these tests; two minutes at arXiv's own pace.
CLOSURE = timedelta(minutes=2)


def daily(
    arxiv: ArxivD,
    http: Http,
    archive: Archive,
    clock: ManualClock,
    categories: Sequence[str] = ("cs.AI", "cs.CL"),
    deferred: Collection[date] = (),
) -> Daily:
    """All doors, in the order in which the program asks them."""
    page = partial(spaced, http, clock, arxiv.url, deferred)
    doors: list[PaperSource] = [
        ArxivFeed(http, clock, arxiv.url, gate="arxiv", deferred=deferred, cap=arxiv.cap),
        page(ListingNew),
        page(Catchup),
        ArxivOai(http, clock, arxiv.url, gate="arxiv", deferred=deferred, backoff=0.0),
    ]
    settings = Settings(arxiv=ArxivSection(categories=tuple(categories), deferred=tuple(deferred)))
    return Daily(archive=archive, doors=doors, networks=[], settings=settings, clock=clock)


def spaced(
    http: Http,
    clock: ManualClock,
    url: str,
    deferred: Collection[date],
    kind: type[ListingNew] | type[Catchup],
) -> PaperSource:
    return kind(http, clock, url, gate="arxiv", spacing=0.0, deferred=deferred)


def by_source(outcomes: Sequence[Outcome]) -> dict[str, Outcome]:
    return {outcome.source: outcome for outcome in outcomes}


async def stored(archive: Archive, day: date = WEDNESDAY) -> list[str]:
    return [item.paper.arxiv_id for item in await archive.read(papers.of_day, day)]


def expected(arxiv: ArxivD, *categories: str, day: date = WEDNESDAY) -> list[str]:
    return sorted(
        p.id
        for p in arxiv.world.papers
        if p.listed == day and not set(categories).isdisjoint(p.categories)
    )
