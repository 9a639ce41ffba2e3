"""Rankings of a day, week, month, year or all days."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlite_utils import Database

from bot.arxiv import calendar, taxonomy
from bot.config import Settings
from bot.models import (
    Day,
    DayState,
    Era,
    Network,
    Outcome,
    Period,
    RankedPaper,
    Ranking,
    RankingQuery,
    Status,
    Unharvested,
)
from bot.queries import blog_days
from bot.queries.periods import period_bounds
from bot.store import Archive, blogs, days, listing_totals, papers, standings
from bot.store.blogs import Imported

Nearest = tuple[date | None, date | None]


async def ranking(archive: Archive, settings: Settings, query: RankingQuery) -> Ranking | None:
    """The ranking that ``query`` asks for; None when no day of its period is in the archive.

    ``min_score`` None means the setting, and for the blog's days everything it printed. ``rank``
    counts within what was asked for.
    """
    found = await archive.read(ranking_of, settings, query)
    return found and replace(found, unharvested=unharvested(settings, query.categories))


async def nearest(archive: Archive, query: RankingQuery) -> Nearest:
    """The nearest days with papers before and after the period of ``query``."""
    return await archive.read(days.around, *period_bounds(query.day, query.period))


def unharvested(settings: Settings, asked: Iterable[str]) -> Unharvested | None:
    """What of these patterns is not harvested at all. Of that there are only papers that are
    cross-listed from what is, so that one who asks for it mostly gets nothing."""
    patterns = tuple(dict.fromkeys(map(taxonomy.resolve_pattern, settings.arxiv.categories)))
    harvested = set(taxonomy.feeds(patterns))
    foreign = [each for each in asked if harvested.isdisjoint(_genuine(each, patterns))]
    return Unharvested(asked=tuple(foreign), harvested=patterns) if foreign else None


def _genuine(pattern: str, named: Collection[str]) -> Collection[str]:
    """What ``pattern`` covers; of several categories without those that are another archive's as
    well and not ``named`` themselves: a harvest of cs brings eess.SY, and is yet none of eess."""
    found = taxonomy.feeds([pattern])
    if len(found) == 1:
        return found
    return [each for each in found if each in named or each not in taxonomy.listed_twice()]


async def newest_day(archive: Archive) -> date | None:
    """The newest closed day of our own, else the newest of our own that has papers, else the
    newest that was imported, else None."""
    return await archive.read(_newest_day)


async def counted(
    archive: Archive, settings: Settings, wanted: Collection[date]
) -> dict[date, tuple[Day, int]]:
    """The days that are in the archive, each with how many papers of it are ranked: those that
    reach the setting's bar, or on a day of the blog those that it printed."""
    return await archive.read(counts_of, wanted, settings.ranking.bar)


def ranking_of(db: Database, settings: Settings, query: RankingQuery) -> Ranking | None:
    start, end = period_bounds(query.day, query.period)
    span = _Span(days.between(db, start, end), blogs.imported(db, start, end))
    era = query.era or (
        span.era_of(query.day) if query.period is Period.DAY else span.largest_sound_era(db)
    )
    entries = span.entries(era, beside=query.era is not None)
    found = None
    if era is not Era.HOTPAPERS or (
        entries and query.period is Period.DAY and not standings.has(db, query.day)
    ):
        shown = {entry.day for entry in entries}
        if entries:
            found = blog_days.ranking(db, settings, entries, query)
    else:
        own = [d for d in span.known if d.era is era or (query.era and standings.has(db, d.day))]
        shown = {d.day for d in own}
        if own:
            found = _own(db, settings, own, query, is_whole=len(own) == len(span.known))
    if found is None:
        return None
    held = None
    # A day needs no such remark, and nobody knows how many days all time has.
    if query.period not in (Period.DAY, Period.ALL):
        listing_days = calendar.listing_days(start, end, frozenset(settings.arxiv.deferred))
        held = len(shown), len({*listing_days, *shown})
    return replace(found, left_out=span.left_out(shown), held=held)


@dataclass(frozen=True, slots=True)
class _Span:
    """The days of a period that are in the archive, and the blog's posts of it."""

    known: list[Day]
    imported: list[Imported]

    def era_of(self, day: date) -> Era:
        return next((known.era for known in self.known if known.day == day), Era.HOTPAPERS)

    def largest_sound_era(self, db: Database) -> Era:
        """The era that counted most of the days; of as many our own. The blog's last numbers grew
        with the square of the reposts, so that they stand only where there are no others."""
        if len({known.era for known in self.known}) < 2:
            return self.known[0].era if self.known else Era.HOTPAPERS
        counted = Counter(
            known.era
            for known in self.known
            if known.era is not Era.HOTPAPERS or standings.has(db, known.day)
        )
        sound = [era for era in (Era.HOTPAPERS, Era.BLOG_ORIGINAL_POSTS) if counted[era]]
        return max(sound or counted, key=lambda era: counted[era])

    def entries(self, era: Era, *, beside: bool) -> list[Imported]:
        """The posts of an era; with ``beside`` also those of days that are of another."""
        eras = {known.day: known.era for known in self.known} if self.imported else {}
        return [e for e in self.imported if e.era is era and (beside or eras.get(e.day) is era)]

    def left_out(self, shown: Collection[date]) -> tuple[tuple[Era, int], ...]:
        others = Counter(known.era for known in self.known if known.day not in shown)
        return tuple((era, others[era]) for era in Era if others[era])


def _own(
    db: Database, settings: Settings, own: Sequence[Day], query: RankingQuery, *, is_whole: bool
) -> Ranking:
    patterns = tuple(map(taxonomy.resolve_pattern, query.categories))
    min_score = settings.ranking.bar if query.min_score is None else query.min_score
    listing_days = [d.day for d in own]
    ordered, above = standings.best(
        db,
        listing_days,
        replace(query, categories=patterns, min_score=min_score),
        is_whole=is_whole,
    )
    ranked = standings.with_posts(db, ordered)
    counted_at = max((d.counted_at for d in own if d.counted_at), default=None)
    if min_score == 0 and query.period is Period.DAY and counted_at:
        ranked, above = _with_unranked(db, ranked, above, replace(query, categories=patterns))
    start, end = period_bounds(query.day, query.period)
    return Ranking(
        start=start if query.period is Period.DAY else max(start, own[0].day),
        end=end if query.period is Period.DAY else min(end, own[-1].day),
        period=query.period,
        era=Era.HOTPAPERS,
        papers=ranked,
        listed=listing_totals.listed(db, start, end, patterns)
        if is_whole
        else listing_totals.listed_on(db, listing_days, patterns),
        above_bar=above,
        bar=min_score,
        outcomes=network_outcomes(db, own),
        missing=filter_by_category(missing(db, own), patterns),
        counted_at=counted_at,
        state=DayState.OPEN if any(d.state is DayState.OPEN for d in own) else DayState.CLOSED,
        categories=query.categories,
        late=any(d.late for d in own),
    )


def _with_unranked(
    db: Database, ranked: Sequence[RankedPaper], above: int, query: RankingQuery
) -> tuple[tuple[RankedPaper, ...], int]:
    """The page of ``query`` with the day's other papers behind the ``above`` ranked ones, and how
    many these are together."""
    others = standings.unranked(db, query.day, query.categories)
    before, size = query.place(above + len(others))
    first = max(0, before - above)
    added = others[first : max(0, before + size - above)]
    known = papers.many(db, added)
    rest = tuple(
        RankedPaper(
            rank=above + place, paper=known[arxiv_id], score=0.0, exact_score=0.0, parts=(),
            people=0, posts=(), day=query.day,
        )
        for place, arxiv_id in enumerate(added, first + 1)
        if arxiv_id in known
    )  # fmt: skip
    return (*(ranked if before < above else ()), *rest), above + len(others)


def network_outcomes(db: Database, known: Sequence[Day]) -> tuple[Outcome, ...]:
    """One outcome per network over these days: the worst, so that a gap is never hidden."""
    found = {o.source: o for o in days.worst(db, [day.day for day in known], "collect")}
    return tuple(found[network] for network in Network if network in found)


def missing(db: Database, known: Sequence[Day]) -> tuple[Outcome, ...]:
    """arXiv's categories of which the listing of one of these days is not whole: the worst of each,
    so that a day of which nothing came does not look quiet."""
    partly = [day.day for day in known if day.harvested_at is None]
    found = days.worst(db, partly, "harvest") if partly else ()
    return tuple(o for o in found if o.status in (Status.FAILED, Status.INCOMPLETE))


def filter_by_category(found: Sequence[Outcome], patterns: Sequence[str]) -> tuple[Outcome, ...]:
    """Those of categories that any of the patterns matches; no pattern matches all."""
    return tuple(
        o for o in found if not patterns or any(taxonomy.matches(p, o.source) for p in patterns)
    )


def _newest_day(db: Database) -> date | None:
    closed = days.newest(db, 1, state=DayState.CLOSED, era=Era.HOTPAPERS)
    filled = [day for day in days.newest(db, 10, era=Era.HOTPAPERS) if day.listed]
    return next((day.day for day in [*closed, *filled, *days.newest(db, 1)]), None)


def counts_of(
    db: Database, wanted: Collection[date], min_score: float
) -> dict[date, tuple[Day, int]]:
    found = {}
    for day in wanted:
        known = days.get(db, day)
        if known is not None:
            posts = [entry for entry in blogs.imported(db, day, day) if entry.era is known.era]
            own = standings.count(db, day, min_score=min_score)
            found[day] = known, posts[0].papers if posts and not own else own
    return found
