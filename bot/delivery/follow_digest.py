"""What a member's own digest is made of: the papers that answer what the member follows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot import cards, queries
from bot.config import Settings
from bot.errors import QueryError
from bot.models import Follow, RankedPaper, Rule
from bot.search import Query, parse
from bot.store import Archive, follows

# So many answers to one query are compared; a message has room for fewer.
MAX_COMPARED = 30


@dataclass(frozen=True, slots=True)
class Letter:
    """The messages of a day in order and the papers on them; none when nothing answers."""

    cards: tuple[cards.Card, ...]
    papers: tuple[RankedPaper, ...]


class FollowDigestBuilder:
    """Makes contents for members. Members who follow the same share the search for it."""

    def __init__(self, archive: Archive, settings: Settings) -> None:
        self._archive = archive
        self._settings = settings
        self._answers: dict[tuple[str, date, tuple[date, ...]], tuple[RankedPaper, ...]] = {}

    async def write(self, rule: Rule, days: Sequence[date], had: frozenset[str]) -> Letter:
        """About closed ``days`` (oldest first), without papers that the member ``had``."""
        followed = await self._archive.read(follows.of_member, rule.created_by)
        because: dict[str, list[Follow]] = {}
        found: dict[str, RankedPaper] = {}
        for follow in followed:
            if not follow.paused:
                for ranked in await self._answer(follow, tuple(days)):
                    if ranked.paper.arxiv_id not in had:
                        found[ranked.paper.arxiv_id] = ranked
                        because.setdefault(ranked.paper.arxiv_id, []).append(follow)
        chosen = queries.in_order(found.values())
        sent = chosen[: rule.top]
        groups = _grouped(sent, because)
        views = cards.letter(groups, start=days[0], end=days[-1], left_out=len(chosen) - len(sent))
        papers = tuple(ranked for group in groups for ranked, _ in group.papers)
        return Letter(tuple(views), papers)

    async def _answer(self, follow: Follow, days: tuple[date, ...]) -> tuple[RankedPaper, ...]:
        """The best papers of these days that answer what somebody follows."""
        key = (follow.query, follow.created_at.date(), days)
        if key not in self._answers:
            query = read(follow)
            within = query and between(query, days[0], days[-1])
            self._answers[key] = await self._search(within, days) if within else ()
        return self._answers[key]

    async def _search(self, query: Query, days: Sequence[date]) -> tuple[RankedPaper, ...]:
        result = await queries.search(self._archive, self._settings, query, top=MAX_COMPARED)
        return tuple(one.ranked for one in result.papers if one.hit.day in days)


def read(follow: Follow) -> Query | None:
    """What was typed, with days counted from when it was; None if it is no query any more."""
    try:
        return parse(follow.query, follow.created_at.date())
    except QueryError:  # stored under an older table of categories
        return None


def between(query: Query, first: date, last: date) -> Query:
    """The query for papers listed from ``first`` to ``last``, as far as it allows them."""
    return replace(
        query,
        first=max(filter(None, (query.first, first))),
        last=min(filter(None, (query.last, last))),
    )


def _grouped(papers: Sequence[RankedPaper], because: dict[str, list[Follow]]) -> list[cards.Group]:
    """Each paper under the first thing that it answers; groups in the order of their best."""
    groups: dict[Follow, list[tuple[RankedPaper, tuple[str, ...]]]] = {}
    for ranked in papers:
        first, *others = because[ranked.paper.arxiv_id]
        groups.setdefault(first, []).append((ranked, tuple(each.query for each in others)))
    ordered = [(follow, entry) for follow, entries in groups.items() for entry in entries]
    places = {entry[0].paper.arxiv_id: place for place, (_, entry) in enumerate(ordered, 1)}
    return [
        cards.Group(
            follow,
            tuple((replace(r, rank=places[r.paper.arxiv_id]), others) for r, others in entries),
        )
        for follow, entries in groups.items()
    ]
