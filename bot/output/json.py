"""Values -> the JSON documents that the command line prints. Pure.

The shapes are a contract with other programs: a key may be added, none may go or change.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from bot.messages.problems import render, words_or_nothing
from bot.models import (
    Announcement,
    Era,
    Outcome,
    Paper,
    Period,
    Post,
    PostReference,
    RankedPaper,
    Ranking,
    RankingQuery,
    ScorePart,
    Status,
    Unharvested,
)
from bot.problems import Problem
from bot.queries import Nearest, PaperView
from bot.queries.replay import Replay

Document = dict[str, Any]

# The contract knows three words; "outcomes" beside it tells all five with their reasons.
_SHORT = {
    Status.OK: "ok",
    Status.EMPTY: "ok",
    Status.INCOMPLETE: "failed",
    Status.FAILED: "failed",
    Status.OFF: "off",
}


def number(value: float) -> float | int:
    """A whole score is printed as a whole number."""
    return int(value) if value == int(value) else value


def ranking(found: Ranking) -> Document:
    return {
        "date": found.start.isoformat() if found.start == found.end else found.end.isoformat(),
        "period": found.period,
        "from": found.start.isoformat(),
        "to": found.end.isoformat(),
        "categories": list(found.categories),
        "counted_at": None if found.counted_at is None else stamp(found.counted_at),
        "era": found.era,
        "left_out": dict(found.left_out),
        **(
            {}
            if found.held is None
            else {"days": dict(zip(("held", "of"), found.held, strict=True))}
        ),
        "state": found.state,
        "late": found.late,
        "listed": found.listed,
        "above_bar": found.above_bar,
        "bar": number(found.bar),
        "sources": {outcome.source: _SHORT[outcome.status] for outcome in found.outcomes},
        "outcomes": outcomes(found.outcomes),
        "missing": {**outcomes(found.missing), **_unharvested(found.unharvested)},
        "papers": [
            ranked_paper(item, printed=found.era is not Era.HOTPAPERS) for item in found.papers
        ],
    }


def no_listing(day: date, reason: Problem) -> Document:
    """The document of a day on which arXiv lists nothing: a ranking without papers."""
    return {
        "date": day.isoformat(),
        "period": Period.DAY,
        "categories": [],
        "counted_at": None,
        "era": Era.HOTPAPERS,
        "sources": {},
        "papers": [],
        "no_listing": render(reason),
        "code": reason.code,
    }


def not_held(
    query: RankingQuery, start: date, end: date, reason: str, nearest: Nearest
) -> Document:
    """The document of a period of which nothing is in the archive: a ranking without papers.

    ``nearest`` are the days with papers before and after it that are.
    """
    before, after = (None if day is None else day.isoformat() for day in nearest)
    return {
        "date": query.day.isoformat(),
        "period": query.period,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "categories": list(query.categories),
        "counted_at": None,
        "era": query.era,
        "sources": {},
        "papers": [],
        "not_held": reason,
        "nearest": {"before": before, "after": after},
    }


def ranked_papers(found: Sequence[RankedPaper]) -> list[Document]:
    return [ranked_paper(item) for item in found]


def replayed(day: date, found: Replay) -> Document:
    """The ranking of ``day`` under other settings, beside those in force."""
    return {**_settings(day, found), "papers": ranked_papers(found.after)}


def _settings(day: date, found: Replay) -> Document:
    """Each pair is as it is and as it would be."""
    return {
        "date": day.isoformat(),
        "bar": [number(bar) for bar in found.bars],
        "rates": {name: [number(rate) for rate in pair] for name, pair in found.rates.items()},
        "above_bar": [len(found.before), len(found.after)],
    }


def changes(day: date, found: Replay) -> Document:
    """What other settings would change on ``day``."""
    return {
        **_settings(day, found),
        "changes": [
            {
                **paper(change.paper),
                "change": change.kind,
                "rank": [change.rank_before, change.rank_after],
                "score": [
                    None if score is None else number(score)
                    for score in (change.score_before, change.score_after)
                ],
            }
            for change in found.changes()
        ],
    }


def ranked_paper(item: RankedPaper, *, printed: bool = False) -> Document:
    """``printed``: with the title as the old blog printed it."""
    return {
        "rank": item.rank,
        **paper(item.paper),
        **({"title": item.paper.raw_title} if printed else {}),
        "listed_on": None if item.day is None else item.day.isoformat(),
        "score": number(item.score),
        "authors_count": item.people,
        "counts": {part.network: _counts(part) for part in item.parts},
        "posts": [post(found) for found in item.posts],
    }


def paper(found: Paper) -> Document:
    return {
        "arxiv_id": found.arxiv_id,
        "title": found.title,
        "authors": list(found.authors),
        "categories": list(found.categories),
    }


def paper_view(view: PaperView) -> Document:
    """The paper object of a ranking, with the abstract and the days it was announced on."""
    return {
        **ranked_paper(view.ranked, printed=view.era is not Era.HOTPAPERS),
        **paper(view.ranked.paper),
        "era": view.era,
        "abstract": view.ranked.paper.abstract,
        "comment": view.ranked.paper.comment,
        "announced": [
            {
                "date": day.isoformat(),
                "as": announcement,
                "news": Announcement(announcement).is_announcement,
            }
            for day, announcement in view.listed
        ],
    }


def why(view: PaperView) -> Document:
    return {
        "arxiv_id": view.ranked.paper.arxiv_id,
        "era": view.era,
        "score": number(view.why.score),
        "authors_count": view.why.people,
        "bots": [bot.author or bot.url for bot in view.why.bots],
        "parts": [
            {
                "source": network.part.network,
                "reposts": network.part.reposts,
                "likes": network.part.likes,
                "rate": number(network.part.rate),
                "points": number(network.part.points),
                "posts": [
                    {**post(item.post), "share": item.share, "points": number(item.points)}
                    for item in network.posts
                ],
            }
            for network in view.why.networks
        ],
    }


def post(found: PostReference) -> Document:
    """Counts that nobody knows are null."""
    return {
        "source": found.network,
        "id": found.post_id,
        "url": found.url,
        "author": found.author,
        "reposts": found.reposts if isinstance(found, Post) else None,
        "likes": found.likes if isinstance(found, Post) else None,
    }


def outcomes(found: Sequence[Outcome]) -> dict[str, Document]:
    return {
        outcome.source: {
            "status": outcome.status,
            "reason": words_or_nothing(outcome.reason),
            "code": outcome.reason.code if outcome.reason else None,
            "at": stamp(outcome.at),
            "requests": outcome.requests,
            "items": outcome.items,
        }
        for outcome in found
    }


def _unharvested(found: Unharvested | None) -> dict[str, Document]:
    """In the shape of ``outcomes``; nobody was ever asked."""
    if found is None:
        return {}
    never = {
        "status": Status.OFF,
        "reason": render(found.problem),
        "code": found.problem.code,
        "at": None,
        "requests": 0,
        "items": 0,
    }
    return dict.fromkeys(found.asked, never)


def _counts(part: ScorePart) -> Document:
    return {"reposts": part.reposts, "likes": part.likes}


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC, whole seconds."""
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
