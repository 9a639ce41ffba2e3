"""What a reader asks the archive: a ranking, a paper, the reasons of a score.

The command line, the commands in Discord and the digests all read through here, so they cannot
say different things.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlite_utils import Database

from bot.arxiv import ids, taxonomy
from bot.config import Settings
from bot.models import (
    Announcement,
    Day,
    DayState,
    Era,
    Network,
    Outcome,
    Paper,
    Period,
    RankedPaper,
    Ranking,
    Status,
)
from bot.periods import once, period_bounds
from bot.query import Hit, Query
from bot.ranking import Why, rates, score, why
from bot.store import Archive, days, papers, posts, standings
from bot.store import search as full_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperView:
    """A paper with the days it was announced on, and its score from the newest counts.

    ``ranked.rank`` is its place among all papers of its first listing day in the archive, 0 when
    nobody posted about it.
    """

    listed: tuple[tuple[date, Announcement], ...]
    ranked: RankedPaper
    why: Why


@dataclass(frozen=True, slots=True)
class FoundPaper:
    """A paper that answers a search. ``ranked.rank`` is its place among the answers."""

    ranked: RankedPaper
    hit: Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The answer to a search. ``matches`` papers were compared; with ``more`` there are more, all
    of them less noticed."""

    query: Query
    papers: tuple[FoundPaper, ...]
    matches: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All news of some listing days, best first, with what a digest needs to be honest.

    ``ranked`` holds every paper, also those that nobody posted about (score 0).
    """

    days: tuple[Day, ...]
    ranked: tuple[RankedPaper, ...]
    announcements: Mapping[str, Announcement]
    outcomes: tuple[Outcome, ...]


async def ranking(
    archive: Archive,
    settings: Settings,
    *,
    day: date,
    period: Period = Period.DAY,
    categories: Sequence[str] = (),
    bar: float | None = None,
    top: int | None = None,
) -> Ranking | None:
    """The ranking of the period that holds ``day``; None when no day of it is in the archive.

    ``categories`` are canonical patterns; a paper counts when any of its categories matches.
    ``bar`` None means the setting. ``rank`` counts within what was asked for.
    """
    return await archive.read(
        _ranking, settings, day=day, period=period, categories=tuple(categories),
        bar=settings.ranking.bar if bar is None else bar, top=top,
    )  # fmt: skip


async def standing(archive: Archive, listing_days: Sequence[date]) -> Standing:
    """The news of ``listing_days`` (oldest first), each paper once."""
    return await archive.read(_standing, tuple(listing_days))


async def with_posts(archive: Archive, ranked: Sequence[RankedPaper]) -> tuple[RankedPaper, ...]:
    """The same papers with their best posts."""
    return await archive.read(standings.with_posts, ranked)


async def paper(archive: Archive, settings: Settings, arxiv_id: str) -> PaperView | None:
    """One paper with its score taken apart; None when it is not in the archive."""
    return await archive.read(_paper, settings, arxiv_id)


async def search(
    archive: Archive, settings: Settings, query: Query, *, top: int = 10
) -> SearchResult:
    """The papers that answer ``query``, best first, each with its score from the newest counts."""
    return await archive.read(_search, settings, query, top)


async def newest_day(archive: Archive) -> date | None:
    """The newest closed day, else the newest day that has papers, else None."""
    return await archive.read(_newest_day)


def in_order(ranked: Iterable[RankedPaper]) -> list[RankedPaper]:
    """By score, then more likes, more people, smaller id; ``rank`` counts from 1."""
    ordered = sorted(
        ranked,
        key=lambda r: (
            -r.score,
            -sum(part.likes for part in r.parts),
            -r.people,
            ids.sort_key(r.paper.arxiv_id),
        ),
    )
    return [replace(r, rank=place) for place, r in enumerate(ordered, 1)]


def matching(ranked: Iterable[RankedPaper], categories: Sequence[str]) -> list[RankedPaper]:
    """Those with any category that any of the patterns matches; no pattern matches all."""
    if not categories:
        return list(ranked)
    wanted = set(_expanded(categories))
    return [r for r in ranked if not wanted.isdisjoint(r.paper.categories)]


def _expanded(patterns: Sequence[str]) -> list[str]:
    return [category.id for pattern in patterns for category in taxonomy.expand(pattern)]


def _ranking(
    db: Database,
    settings: Settings,
    *,
    day: date,
    period: Period,
    categories: tuple[str, ...],
    bar: float,
    top: int | None,
) -> Ranking | None:
    start, end = period_bounds(day, period)
    known = [d for d in days.between(db, start, end) if d.era is Era.HOTPAPERS]
    if not known:
        return None
    found = matching(standings.between(db, start, end, at_least=bar), categories)
    ordered = in_order(found)
    return Ranking(
        start=start if period is Period.DAY else max(start, known[0].day),
        end=end if period is Period.DAY else min(end, known[-1].day),
        period=period,
        era=Era.HOTPAPERS,
        papers=standings.with_posts(db, ordered if top is None else ordered[:top]),
        listed=papers.count_news(db, start, end, _expanded(categories)),
        above_bar=len(ordered),
        bar=bar,
        outcomes=heard(db, known),
        counted_at=max((d.counted_at for d in known if d.counted_at), default=None),
        state=DayState.OPEN if any(d.state is DayState.OPEN for d in known) else DayState.CLOSED,
        categories=categories,
        late=any(d.late for d in known),
    )


def _standing(db: Database, listing_days: tuple[date, ...]) -> Standing:
    known = [found for day in listing_days if (found := days.get(db, day)) is not None]
    news = once(item for day in listing_days for item in papers.of_day(db, day))
    scored = {
        r.paper.arxiv_id: r
        for day in listing_days
        for r in standings.between(db, day, day, at_least=0)
    }
    return Standing(
        days=tuple(known),
        ranked=tuple(
            in_order(
                replace(
                    scored.get(found.arxiv_id, _unnoticed(found)),
                    paper=found,
                    day=news.days[found.arxiv_id],
                )
                for found in news.papers
            )
        ),
        announcements=news.announcements,
        outcomes=heard(db, known),
    )


def _unnoticed(found: Paper) -> RankedPaper:
    return RankedPaper(rank=0, paper=found, score=0.0, parts=(), people=0, posts=())


_WORST_FIRST = (Status.FAILED, Status.INCOMPLETE, Status.OFF, Status.EMPTY, Status.OK)


def heard(db: Database, known: Sequence[Day]) -> tuple[Outcome, ...]:
    """One outcome per network over these days: the worst, so that a gap is never hidden."""
    worst: dict[str, Outcome] = {}
    for day in known:
        for outcome in days.outcomes(db, day.day, "collect"):
            before = worst.get(outcome.source)
            if before is None or _place(outcome) < _place(before):
                worst[outcome.source] = outcome
    return tuple(worst[network] for network in Network if network in worst)


def _place(outcome: Outcome) -> int:
    return _WORST_FIRST.index(outcome.status)


def _paper(db: Database, settings: Settings, arxiv_id: str) -> PaperView | None:
    found = papers.get(db, arxiv_id)
    if found is None:
        return None
    listed = tuple(papers.days_of(db, arxiv_id))
    day = next((d for d, announcement in listed if announcement.is_news), None)
    ranked, reasons = _scored_now(db, settings, found, day)
    return PaperView(
        listed=listed,
        why=reasons,
        ranked=replace(ranked, rank=_place_on(db, day, arxiv_id)),
    )


def _scored_now(
    db: Database, settings: Settings, found: Paper, day: date | None
) -> tuple[RankedPaper, Why]:
    """The paper with its score from the newest counts, without a place."""
    linking = posts.of_paper(db, found.arxiv_id)
    exchange = rates(settings.sources)
    total, parts = score(linking, exchange, split_links=settings.ranking.split_links)
    reasons = why(linking, exchange, split_links=settings.ranking.split_links)
    return RankedPaper(
        rank=0,
        paper=found,
        score=total,
        parts=parts,
        people=reasons.people,
        posts=tuple(linking[: standings.SHOWN_POSTS]),
        day=day,
    ), reasons


def _search(db: Database, settings: Settings, query: Query, top: int) -> SearchResult:
    found = full_text.find(db, query, limit=top)
    return SearchResult(
        query=query,
        papers=tuple(
            FoundPaper(replace(_scored_now(db, settings, hit.paper, hit.day)[0], rank=place), hit)
            for place, hit in enumerate(found.hits, 1)
        ),
        matches=found.matches,
        more=found.more,
    )


def _place_on(db: Database, day: date | None, arxiv_id: str) -> int:
    if day is None:
        return 0
    ordered = in_order(standings.between(db, day, day, at_least=0))
    return next((r.rank for r in ordered if r.paper.arxiv_id == arxiv_id), 0)


def _newest_day(db: Database) -> date | None:
    closed = days.newest(db, 1, state=DayState.CLOSED)
    filled = [day for day in days.newest(db, 10) if day.listed]
    return next((day.day for day in [*closed, *filled]), None)
