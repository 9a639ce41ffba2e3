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
    archive: Archive,
    settings: Settings,
    query: Query,
    *,
    top: int = 10,
    page: int = 1,
    per_page: int | None = None,
) -> SearchResult:
    """The ``top`` papers that answer ``query``, best first, or a ``page`` of them, each with its
    score as it was ranked."""
    return await archive.read(search_papers, settings, query, top, page, per_page)


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
        exchange = blog_days.rates_of(entry.era, settings)
        ranked = blog_days.ranked(body, entry.day, entry.era, exchange)
        return replace(ranked, paper=found), blog_days.why(ranked), entry.era
    exchange = rates(settings.sources)
    split_links, count_bots = settings.ranking.split_links, settings.ranking.count_bots
    total = score(linking, exchange, split_links=split_links, count_bots=count_bots)
    reasons = why(linking, exchange, split_links=split_links, count_bots=count_bots)
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


def search_papers(
    db: Database, settings: Settings, query: Query, top: int, page: int, per_page: int | None
) -> SearchResult:
    found = full_text.find(db, query, limit=top, page=page, per_page=per_page)
    # A paper's scores as they are stored; few were not ranked yet.
    stood = standings.highest(db, [hit.paper for hit in found.hits])
    papers = []
    for place, hit in enumerate(found.hits, found.before + 1):
        ranked, era = stood.get(hit.paper.arxiv_id), Era.HOTPAPERS
        if ranked is None:
            ranked, _, era = _scored(db, settings, hit.paper, hit.day)
        else:
            ranked = replace(ranked, day=hit.day)
        papers.append(FoundPaper(replace(ranked, rank=place), hit, era))
    return SearchResult(
        query=query,
        papers=tuple(papers),
        answers=min(found.matches, top),
        matches=found.matches,
        more=found.more,
        meant=None if found.hits else suggest(query, partial(full_text.count, db)),
    )
