"""Hugging Face's daily papers: /api/daily_papers and /api/papers/{id}.

Field names from huggingface_hub's list_daily_papers and from clients in use: ``upvotes`` and
``submittedOnDailyAt`` sit in the nested ``paper``, ``numComments`` at the top.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from aiohttp import web

from bot.clock import Clock
from tests.services.base import Service


@dataclass(slots=True)
class DailyPaper:
    """``day`` is the list's date. A count of None is left out of the answer: it is not known."""

    id: str
    day: date
    upvotes: int | None = 1
    comments: int | None = 0
    title: str = "An Invented Paper"
    authors: tuple[str, ...] = ("Ada Inventa",)


class HfD(Service):
    """``upvotes_at`` moves the count to the top level, where some answers had it."""

    def __init__(self, papers: Iterable[DailyPaper] = (), clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.papers = list(papers)
        self.upvotes_at: Literal["paper", "top"] = "paper"

    def routes(self) -> Iterable[web.RouteDef]:
        return [
            web.get("/api/daily_papers", self._daily),
            web.get("/api/papers/{id}", self._paper),
        ]

    async def _daily(self, request: web.Request) -> web.Response:
        today = self.clock.now().date()
        try:
            day = date.fromisoformat(request.query["date"]) if "date" in request.query else None
            limit, page = int(request.query.get("limit", "50")), int(request.query.get("p", "0"))
        except ValueError as problem:
            return web.json_response({"error": str(problem)}, status=400)
        if (day is not None and day > today) or not 1 <= limit <= 100 or page < 0:
            return web.json_response({"error": "Invalid query parameters"}, status=400)
        found = [p for p in self.papers if p.day == day or (day is None and p.day <= today)]
        if day is None:
            found.sort(key=lambda paper: paper.day, reverse=True)
        rows = found[page * limit : (page + 1) * limit]
        return web.json_response([self._row(paper) for paper in rows])

    async def _paper(self, request: web.Request) -> web.Response:
        for paper in self.papers:
            if paper.id == request.match_info["id"]:
                return web.json_response({**_nested(paper), **_known("upvotes", paper.upvotes)})
        return web.json_response({"error": "Paper not found"}, status=404)

    def _row(self, paper: DailyPaper) -> dict[str, object]:
        nested, votes = _nested(paper), _known("upvotes", paper.upvotes)
        if self.upvotes_at == "paper":
            nested, votes = nested | votes, {}
        return {
            "paper": nested,
            "publishedAt": nested["publishedAt"],
            "title": paper.title,
            "summary": nested["summary"],
            "thumbnail": f"https://cdn-thumbnails.huggingface.co/papers/{paper.id}.png",
            **votes,
            **_known("numComments", paper.comments),
            "submittedBy": {"_id": "0" * 24, "fullname": "Cy Ficta", "name": "cyficta"},
            "isAuthorParticipating": False,
        }


def _nested(paper: DailyPaper) -> dict[str, object]:
    midnight = datetime.combine(paper.day, time(), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "id": paper.id,
        "authors": [
            {"_id": f"{n:024x}", "name": name, "hidden": False}
            for n, name in enumerate(paper.authors)
        ],
        "publishedAt": midnight,
        "submittedOnDailyAt": midnight,
        "title": paper.title,
        "summary": "We invent a thing and measure it.",
        "discussionId": "1" * 24,
    }


def _known(name: str, count: int | None) -> dict[str, object]:
    return {} if count is None else {name: count}
