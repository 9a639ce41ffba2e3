"""What digests are made of, and digests as they were posted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlite_utils import Database

from bot.config import Settings
from bot.models import Paper, RankedPaper
from bot.queries import papers as views_of
from bot.queries.periods import unique_papers
from bot.queries.rankings import missing, network_outcomes
from bot.queries.values import AsPosted, PostedPaper, Standing
from bot.ranking.order import in_order
from bot.store import Archive, days, papers, posted_digests, standings


async def standing(archive: Archive, listing_days: Sequence[date]) -> Standing:
    """The news of ``listing_days`` (oldest first), each paper once."""
    return await archive.read(_standing, tuple(listing_days))


async def with_posts(archive: Archive, ranked: Sequence[RankedPaper]) -> tuple[RankedPaper, ...]:
    """The same papers with their best posts."""
    return await archive.read(standings.with_posts, ranked)


async def as_posted(archive: Archive, rule_id: int, slot_at: datetime) -> AsPosted | None:
    """A digest as it was posted; None when this slot of the rule posted nothing."""
    return await archive.read(_as_posted, rule_id, slot_at)


async def posted_about(archive: Archive, channel_id: int, day: date) -> AsPosted | None:
    """The newest digest with papers that a channel got about a listing day."""
    return await archive.read(_posted_about, channel_id, day)


async def as_now(archive: Archive, settings: Settings, posted: AsPosted) -> tuple[RankedPaper, ...]:
    """The papers of a digest with their scores from the newest counts, in the order of now."""
    return await archive.read(_as_now, settings, [paper.arxiv_id for paper in posted.papers])


def _standing(db: Database, listing_days: tuple[date, ...]) -> Standing:
    known = [found for day in listing_days if (found := days.get(db, day)) is not None]
    news = unique_papers(item for day in listing_days for item in papers.of_day(db, day))
    scored = {
        r.paper.arxiv_id: r
        for day in listing_days
        for r in standings.between(db, day, day, min_score=0)
    }
    # A paper whose score cannot be read is left out; it is not shown as one without any.
    stood = frozenset().union(*(standings.papers_of(db, day) for day in listing_days))
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
                if found.arxiv_id in scored or found.arxiv_id not in stood
            )
        ),
        announcements=news.announcements,
        outcomes=network_outcomes(db, known),
        missing=missing(db, known),
    )


def _unnoticed(found: Paper) -> RankedPaper:
    return RankedPaper(
        rank=0, paper=found, score=0.0, exact_score=0.0, parts=(), people=0, posts=()
    )


def _posted_about(db: Database, channel_id: int, day: date) -> AsPosted | None:
    found = posted_digests.about(db, channel_id, day)
    return None if found is None else _as_posted(db, *found)


def _as_posted(db: Database, rule_id: int, slot_at: datetime) -> AsPosted | None:
    sent = posted_digests.sent(db, rule_id, slot_at)
    if not sent:
        return None
    then = posted_digests.papers(db, rule_id, slot_at)
    known = papers.many(db, [arxiv_id for arxiv_id, _, _ in then])
    return AsPosted(
        rule_id=rule_id,
        channel_id=sent[0].target_id,
        slot_at=slot_at,
        posted_at=max((d.sealed_at for d in sent if d.sealed_at), default=None),
        days=posted_digests.days_of(db, rule_id, slot_at),
        bodies=tuple(delivery.payload for delivery in sent),
        papers=tuple(
            PostedPaper(arxiv_id, known[arxiv_id].title if arxiv_id in known else "", rank, points)
            for arxiv_id, rank, points in then
        ),
    )


def _as_now(db: Database, settings: Settings, arxiv_ids: Sequence[str]) -> tuple[RankedPaper, ...]:
    views = [views_of.view(db, settings, arxiv_id) for arxiv_id in arxiv_ids]
    return tuple(in_order(view.ranked for view in views if view is not None))
