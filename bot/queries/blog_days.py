"""Days of the old blog: its counts as printed, its order, its posts."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from sqlite_utils import Database

from bot.blog import BlogPaper, Embed, NetworkCounts
from bot.config import Settings
from bot.models import (
    DayState,
    Era,
    Network,
    Outcome,
    PostReference,
    RankedPaper,
    Ranking,
    RankingQuery,
    ScorePart,
    Status,
)
from bot.ranking.order import sort_key
from bot.ranking.scoring import NetworkPart, Rates, Why, rates
from bot.store import blogs, category_patterns, listing_totals
from bot.store.blogs import Imported, Printed

# The blog printed papers from this score on; nothing below it is known.
BLOG_BAR = 50.0


def ranking(
    db: Database, settings: Settings, days: Sequence[Imported], query: RankingQuery
) -> Ranking:
    """The ranking of some imported days of one era, oldest first; at least one.

    A single day keeps the printed order. Over several a paper comes once, with its first day.
    """
    era, start, end = days[0].era, days[0].day, days[-1].day
    known = [p for p in blogs.between(db, start, end) if p.day in {day.day for day in days}]
    papers = [p for p in _once(known) if _falls_under(p, query.categories)]
    exchange = rates_of(era, settings)
    scored = [(points(p.counts, exchange), p) for p in papers]
    if len(days) > 1:
        scored.sort(key=lambda s: sort_key(s[0], s[1].arxiv_id))
    min_score = query.min_score
    above = [p for score, p in scored if min_score is None or score >= min_score]
    before, size = query.place(len(above))
    page = above[before : before + size]
    bodies = blogs.bodies(db, [(p.day, p.rank) for p in page])
    return Ranking(
        start=start,
        end=end,
        period=query.period,
        era=era,
        papers=tuple(
            replace(ranked(bodies[p.day, p.rank], p.day, era, exchange), rank=place)
            for place, p in enumerate(page, before + 1)
        ),
        listed=_listed(db, days, query.categories, len(papers)),
        above_bar=len(above),
        bar=BLOG_BAR if min_score is None else min_score,
        outcomes=_outcomes(days, papers),
        counted_at=days[-1].dated,
        state=DayState.CLOSED,
        categories=query.categories,
    )


def rates_of(era: Era, settings: Settings) -> Rates:
    """The blog's score is retweets + favorites; our own days that come back have our rates."""
    return rates(settings.sources) if era is Era.HOTPAPERS else dict.fromkeys(Network, 1.0)


def points(counts: Sequence[NetworkCounts], exchange: Rates) -> float:
    return round(sum(exchange[c.network] * (c.reposts + c.likes) for c in counts), 2)


def ranked(paper: BlogPaper, day: date, era: Era, exchange: Rates) -> RankedPaper:
    """The paper as printed. Its categories are as printed too, aliases among them.

    How many posts and people the counts stand for was not printed.
    """
    return RankedPaper(
        rank=paper.rank,
        paper=blogs.as_paper(paper, era, paper.categories),
        score=points(paper.counts, exchange),
        exact_score=points(paper.counts, exchange),
        parts=tuple(_part(counts, exchange) for counts in paper.counts),
        people=None,
        posts=tuple(_post(embed, paper) for embed in paper.embeds),
        day=day,
    )


def why(paper: RankedPaper) -> Why:
    """The printed counts are all that is known: no post has counts of its own."""
    return Why(
        score=paper.score,
        people=paper.people,
        networks=tuple(NetworkPart(part, ()) for part in paper.parts),
    )


def _once(printed: Sequence[Printed]) -> list[Printed]:
    return list({p.arxiv_id: p for p in reversed(printed)}.values())[::-1]


def _falls_under(paper: Printed, patterns: Collection[str]) -> bool:
    return not patterns or not set(patterns).isdisjoint(
        category_patterns.covering(paper.categories)
    )


def _listed(
    db: Database, days: Sequence[Imported], categories: tuple[str, ...], printed: int
) -> int:
    """How many papers arXiv listed, where that is known, else how many the blog printed."""
    if len(days) > 1:
        return printed
    return max(printed, listing_totals.listed(db, days[0].day, days[0].day, categories))


def _outcomes(days: Sequence[Imported], found: Sequence[Printed]) -> tuple[Outcome, ...]:
    networks = {c.network for p in found for c in p.counts} or {Network.X}
    return tuple(
        Outcome(source=network, status=Status.OK, at=days[-1].dated, items=len(found))
        for network in Network
        if network in networks
    )


def _post(embed: Embed, paper: BlogPaper) -> PostReference:
    return PostReference(
        network=embed.network,
        post_id=embed.post_id,
        url=embed.url,
        author=embed.handle,
        author_id=embed.handle,
        author_name=embed.author,
        posted_at=embed.posted_at or paper.counted_at,
        arxiv_ids=(paper.arxiv_id,),
        text=embed.text or None,
    )


def _part(counts: NetworkCounts, exchange: Rates) -> ScorePart:
    return ScorePart(
        network=counts.network,
        reposts=counts.reposts,
        likes=counts.likes,
        rate=exchange[counts.network],
        points=points([counts], exchange),
        posts=None,
        people=None,
    )
