"""Hacker News as Algolia serves it: /api/v1/search_by_date.

Shapes from recorded answers (node-hacker-news-api); limits from algolia/hn-search: at most 1,000
hits can be reached by any query, and ``points`` is refused as a numeric filter since 2026.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from aiohttp import web

from bot.clock import Clock
from tests.services.base import Service

REACHABLE = 1000
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}


@dataclass(slots=True)
class Story:
    """``url`` is None for a text post; points start at 1, the submitter's own."""

    id: int
    title: str
    at: datetime
    url: str | None = None
    points: int = 1
    comments: int = 0
    author: str = "invented_hacker"
    text: str | None = None

    @property
    def tags(self) -> list[str]:
        return ["story", f"author_{self.author}", f"story_{self.id}"]


class HnD(Service):
    def __init__(self, stories: Iterable[Story] = (), clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.stories = list(stories)

    def routes(self) -> Iterable[web.RouteDef]:
        return [web.get("/api/v1/search_by_date", self._search)]

    async def _search(self, request: web.Request) -> web.Response:
        query = request.query
        try:
            numeric = _numeric(query.get("numericFilters", ""))
            size, page = int(query.get("hitsPerPage", "20")), int(query.get("page", "0"))
        except ValueError as problem:
            return web.json_response({"message": str(problem), "status": 400}, status=400)
        size = min(size, REACHABLE)
        found = sorted(
            (
                story
                for story in self.stories
                if story.at <= self.clock.now()
                and _tagged(story, query.get("tags", ""))
                and _speaks_of(story, query)
                and all(compare(int(story.at.timestamp()), bound) for compare, bound in numeric)
            ),
            key=lambda story: (story.at, story.id),
            reverse=True,
        )
        reachable = found[:REACHABLE]
        return web.json_response(
            {
                "hits": [_hit(story) for story in reachable[page * size : (page + 1) * size]],
                "nbHits": len(found),
                "page": page,
                "nbPages": -(-len(reachable) // size),
                "hitsPerPage": size,
                "exhaustiveNbHits": len(found) < REACHABLE,
                "processingTimeMS": 3,
                "query": query.get("query", ""),
                "params": urlencode({**query, "advancedSyntax": "true"}),
            }
        )


def _numeric(text: str) -> list[tuple[Callable[[int, int], bool], int]]:
    filters = []
    for part in filter(None, text.split(",")):
        match = re.fullmatch(r"(\w+)(<=|>=|<|>|=)(-?\d+)", part.strip())
        if match is None:
            raise ValueError(f"invalid numeric filter: {part}")
        if match[1] != "created_at_i":
            raise ValueError(f"attribute {match[1]} is not specified in numericAttributesToIndex")
        filters.append((_COMPARE[match[2]], int(match[3])))
    return filters


def _tagged(story: Story, tags: str) -> bool:
    """``a,(b,c)`` means a and (b or c)."""
    groups = re.findall(r"\(([^)]*)\)|([^,()]+)", tags)
    return all(set((either or one).split(",")) & set(story.tags) for either, one in groups)


def _speaks_of(story: Story, query: Mapping[str, str]) -> bool:
    """Every word of the query stands in the searched attributes; the last may be a beginning."""
    where = {"title": story.title, "url": story.url, "author": story.author, "text": story.text}
    only = query.get("restrictSearchableAttributes", ",".join(where)).split(",")
    have = {word for name in only for word in _words(where.get(name))}
    *whole, last = _words(query.get("query")) or [""]
    return have.issuperset(whole) and (not last or any(word.startswith(last) for word in have))


def _words(text: str | None) -> list[str]:
    return re.findall(r"\w+", (text or "").lower())


def _hit(story: Story) -> dict[str, object]:
    shown = {"title": story.title, "url": story.url, "author": story.author}
    return {
        "created_at": story.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **shown,
        "points": story.points,
        "story_text": story.text,
        "comment_text": None,
        "num_comments": story.comments,
        "story_id": story.id,
        "story_title": None,
        "story_url": None,
        "parent_id": None,
        "created_at_i": int(story.at.timestamp()),
        "_tags": story.tags,
        "objectID": str(story.id),
        "_highlightResult": {
            name: {"value": value, "matchLevel": "none", "matchedWords": []}
            for name, value in shown.items()
            if value is not None
        },
    }
