"""One paper, and the papers that a search finds."""

from dataclasses import replace
from datetime import date
from functools import partial

from sqlite_utils import Database

from bot.config import Settings
from bot.models import Era, Paper, RankedPaper
from bot.queries import blog_days
from bot.queries.values import FoundPaper, PaperView, SearchResult
from bot.ranking.scoring import Why, rates, score, why
from bot.search import Query, suggest
from bot.store import Archive, blogs, papers, posts, standings
from bot.store import search as full_text


async def paper(archive: Archive, settings: Settings, arxiv_id: str) -> PaperView | None:
    """One paper with its score taken apart; None when it is not in the archive."""
    return await archive.read(view, settings, arxiv_id)


async def search(
    archive: Archive, settings: Settings, query: Query, *, top: int = 10
) -> SearchResult:
    """The papers that answer ``query``, best first, each with its score from the newest counts."""
    return await archive.read(_search, settings, query, top)


def view(db: Database, settings: Settings, arxiv_id: str) -> PaperView | None:
    found = papers.get(db, arxiv_id)
    if found is None:
        return None
    listed = tuple(papers.days_of(db, arxiv_id))
    day = next((d for d, announcement in listed if announcement.is_announcement), None)
    ranked, reasons, era = _scored(db, settings, found, day)
    if era is Era.HOTPAPERS:
        ranked = replace(ranked, rank=standings.place(db, day, arxiv_id) if day else 0)
    return PaperView(listed=listed, why=reasons, ranked=ranked, era=era)


def _scored(
    db: Database, settings: Settings, found: Paper, day: date | None
) -> tuple[RankedPaper, Why, Era]:
    """The paper with its score from the newest counts and without a place; where there are none
    of our own, with the score and the place that the blog printed first."""
    linking = posts.of_paper(db, found.arxiv_id)
    in_print = [] if linking else blogs.of_paper(db, found.arxiv_id)
    if in_print:
        entry, body = in_print[0]
        ranked = blog_days.ranked(body, entry.day, blog_days.rates_of(entry.era, settings))
        return replace(ranked, paper=found), blog_days.why(ranked), entry.era
    exchange = rates(settings.sources)
    total = score(linking, exchange, split_links=settings.ranking.split_links)
    reasons = why(linking, exchange, split_links=settings.ranking.split_links)
    ranked = RankedPaper(
        rank=0,
        paper=found,
        score=total.value,
        exact_score=total.exact,
        parts=total.parts,
        people=reasons.people,
        posts=tuple(linking[: standings.SHOWN_POSTS]),
        day=day,
    )
    return ranked, reasons, Era.HOTPAPERS


def _search(db: Database, settings: Settings, query: Query, top: int) -> SearchResult:
    found = full_text.find(db, query, limit=top)
    scored = [_scored(db, settings, hit.paper, hit.day) for hit in found.hits]
    return SearchResult(
        query=query,
        papers=tuple(
            FoundPaper(replace(ranked, rank=place), hit, era)
            for place, ((ranked, _, era), hit) in enumerate(zip(scored, found.hits, strict=True), 1)
        ),
        matches=found.matches,
        more=found.more,
        meant=None if found.hits else suggest(query, partial(full_text.count, db)),
    )
