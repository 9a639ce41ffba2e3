"""What a member may ask: a question -> the card that answers it. Commands and buttons share it.

Raises InputError where there is nothing to show; ``explaining`` says it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain

import msgspec

from bot import cards, queries
from bot.arxiv import calendar
from bot.cards import Card, EditionRef
from bot.container import Services
from bot.errors import InputError
from bot.messages.cards import era
from bot.messages.common import moment, plain_day, points, sentence
from bot.messages.problems import words_of
from bot.models import DayState, Era, LookupState, Period, Ranking, RankingQuery
from bot.pipeline.day_close import closes_at
from bot.problems import Code, Problem
from bot.queries import PaperView
from bot.queries.periods import period_bounds
from bot.search import parse as parse_query
from bot.store import days, posted_digests, rules
from cogs.shared.views import Verbatim, remark

# A search shows no more; who wants others asks for something else.
MAX_FOUND = 50
# Of days further away nobody knows when they will close: arXiv announces its holidays late.
NEAR = timedelta(days=14)


async def default_day(services: Services) -> date:
    """The day that ``/hot`` shows when none is named."""
    newest = await queries.newest_day(services.archive)
    return newest or calendar.latest_mailed(services.clock.now(), _deferred(services))


async def hot(
    services: Services,
    query: RankingQuery,
    *,
    page: int = 1,
    shared: bool = False,
    shareable: bool = True,
    channel_id: int | None = None,
) -> Card:
    """The ranking, or why there is none with its neighbours.

    ``channel_id`` is where the question was asked: a digest about that day that was posted there
    can be shown as it was. ``shared`` and ``shareable`` are as ``cards.hot`` has them.
    """
    asked = replace(query, page=page, per_page=cards.PER_MESSAGE)
    ranking = await queries.ranking(services.archive, services.config.settings, asked)
    if ranking is None:
        return await _nothing(services, query)
    uncounted = ranking.counted_at is None and not ranking.papers
    if uncounted and not calendar.never_listed(ranking.end):
        return await _not_counted(services, query, ranking=ranking)
    posted = None
    if channel_id is not None and query.period is Period.DAY:
        posted = await services.archive.read(posted_digests.about, channel_id, query.day)
    return cards.hot(
        ranking,
        query=asked,
        shared=shared,
        shareable=shareable,
        posted=EditionRef(*posted) if posted else None,
    )


async def _nothing(services: Services, query: RankingQuery) -> Card:
    day, deferred = query.day, _deferred(services)
    before, after = await queries.nearest(services.archive, query)
    is_empty = before is None and after is None
    if (query.period is not Period.DAY or query.era) and not is_empty:
        start, end = period_bounds(day, query.period)
        return cards.not_held(start, end, (before, after), query)
    reason = calendar.why_none(day, deferred)
    if reason is not None:
        return cards.no_listing(day, reason, before, after, query=query)
    now, settings = services.clock.now(), services.config.settings
    announced = day <= calendar.latest_mailed(now, deferred)
    is_near = abs(day - now.date()) <= NEAR
    if announced and (is_empty or not is_near or closes_at(day, settings) <= now):
        return cards.not_harvested(day, before, after, query=query)
    if not is_near:
        reason = Problem(Code.NOT_ANNOUNCED_YET)
        return cards.no_listing(day, reason, before, after, query=query)
    return await _not_counted(services, query, announced=announced, nearest=before)


async def _not_counted(
    services: Services,
    query: RankingQuery,
    *,
    ranking: Ranking | None = None,
    announced: bool = True,
    nearest: date | None = None,
) -> Card:
    closing = closes_at(ranking.end if ranking else query.day, services.config.settings)
    own = await services.archive.read(
        days.newest, 1, state=DayState.CLOSED, era=Era.HOTPAPERS
    ) or await services.archive.read(days.newest, 1, state=DayState.CLOSED)
    return cards.not_counted(
        query,
        ranking=ranking,
        announced=announced,
        closes_at=closing if closing > services.clock.now() else None,
        complete=own[0].day if own else None,
        nearest=nearest,
    )


async def paper(services: Services, arxiv_id: str, *, shareable: bool) -> Card:
    return cards.paper(await _view(services, arxiv_id), shareable=shareable)


async def paper_or_remark(services: Services, arxiv_id: str, *, shareable: bool) -> Card:
    """As ``paper``; of one that arXiv does not know, that it does not."""
    try:
        return await paper(services, arxiv_id, shareable=shareable)
    except InputError as error:
        return remark(words_of(error))


async def why(services: Services, arxiv_id: str, *, shareable: bool) -> Card:
    return cards.why(await _view(services, arxiv_id), shareable=shareable)


async def abstract(services: Services, arxiv_id: str) -> Card:
    return cards.abstract((await _view(services, arxiv_id)).ranked.paper)


async def search(
    services: Services,
    text: str,
    *,
    page: int = 1,
    shared: bool = False,
    shareable: bool = True,
) -> Card:
    """The papers that answer a search as it was typed. Raises QueryError."""
    asked = parse_query(text, services.clock.now().date())
    result = await queries.search(
        services.archive,
        services.config.settings,
        asked,
        top=MAX_FOUND,
        page=page,
        per_page=cards.PER_MESSAGE,
    )
    results = [(hit.ranked.paper, hit.hit.snippet.text) for hit in result.papers]
    patterns = chain.from_iterable(asked.categories)
    return cards.search_results(
        results,
        query=text,
        page=page,
        answers=result.answers,
        shared=shared,
        shareable=shareable,
        matches=result.matches,
        unharvested=queries.unharvested(services.config.settings, patterns),
        meant=result.meant,
        remarks={hit.ranked.paper.arxiv_id: _remark(hit) for hit in result.papers},
    )


def _remark(hit: queries.FoundPaper) -> str:
    """Its day, its score and whose counts those are, as far as they are known."""
    day, score = hit.hit.day, hit.ranked.score
    return sentence(
        [
            plain_day(day) if day else "",
            f"score {points(score)}" if score else "",
            era(hit.era) or "",
        ]
    )


async def as_posted(services: Services, edition: EditionRef, guild_id: int | None) -> list[Card]:
    """The messages of a digest as they were posted, for a reader in the same server."""
    rule = await services.archive.read(rules.get, edition.rule_id)
    digest = await queries.as_posted(services.archive, edition.rule_id, edition.slot_at)
    if rule is None or rule.guild_id != guild_id or digest is None:
        raise InputError("That digest is not in the archive any more.")
    at = digest.posted_at or digest.slot_at
    return [remark(f"As posted {moment(at)}:"), *copies(digest.bodies)]


def copies(bodies: Sequence[str]) -> list[Card]:
    """Messages as the ledger keeps them, each a JSON list of components."""
    return [Verbatim(msgspec.json.decode(body, type=list[dict[str, object]])) for body in bodies]


async def _view(services: Services, arxiv_id: str) -> PaperView:
    view = await queries.paper(services.archive, services.config.settings, arxiv_id)
    if view is None:
        if await services.paper_lookup.state(arxiv_id) is not LookupState.UNKNOWN:
            raise InputError(
                f"{arxiv_id} is not in the archive. /paper asks arXiv for it; see also "
                f"https://arxiv.org/abs/{arxiv_id}."
            )
        raise InputError(
            f"arXiv knows no paper {arxiv_id}. One that is new can take a day to be known there: "
            "I ask again after six hours."
        )
    return view


def _deferred(services: Services) -> frozenset[date]:
    return frozenset(services.config.settings.arxiv.deferred)
