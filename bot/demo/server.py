"""Serves the sample day on the loopback address, as the services would have answered."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from importlib import resources
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from lxml import etree

_ATOM = "{http://www.w3.org/2005/Atom}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_DATA = resources.files("bot.demo") / "data"


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """The address of a server that runs as long as the block."""
    app = web.Application()
    pages = json.loads(_read("x-recent-search.json"))
    app.add_routes(
        [
            web.get("/atom/{category}", _Feed().answer),
            web.get("/2/tweets/search/recent", _Search(pages).answer),
            web.get("/2/tweets/counts/recent", _Search(pages).count),
            web.get("/2/tweets", _Search(pages).look_up),
            web.get("/api/v1/search_by_date", _file("hackernews-search.json")),
            web.get("/api/daily_papers", _file("huggingface-daily-papers.json")),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def _read(name: str) -> bytes:
    return (_DATA / name).read_bytes()


def _file(name: str) -> Handler:
    body = _read(name)

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    return answer


class _Feed:
    """The day's entries, cut down to one category as arXiv does it."""

    def __init__(self) -> None:
        self._whole = etree.fromstring(_read("arxiv-2021-03-30.atom.xml"))

    async def answer(self, request: web.Request) -> web.Response:
        feed = deepcopy(self._whole)
        category = request.match_info["category"]
        for entry in feed.findall(f"{_ATOM}entry"):
            terms = [tag.get("term") for tag in entry.findall(f"{_ATOM}category")]
            if category not in terms:
                feed.remove(entry)
            elif terms[0] != category:
                _as_cross_list(entry)
        return web.Response(body=etree.tostring(feed), content_type="application/atom+xml")


def _as_cross_list(entry: etree._Element) -> None:
    """In the feed of a category that is not its primary one, a new paper is a cross-list."""
    kind = entry.find(f"{_ARXIV}announce_type")
    if kind is not None:
        kind.text = {"new": "cross", "replace": "replace-cross"}.get(kind.text or "", kind.text)


class _Search:
    """X: the recorded pages one after the other; counts and look-ups over all of them."""

    def __init__(self, pages: list[dict[str, Any]]) -> None:
        self._pages = pages

    async def answer(self, request: web.Request) -> web.Response:
        token = request.query.get("next_token", "")
        following = {page["meta"].get("next_token"): n for n, page in enumerate(self._pages, 1)}
        return web.json_response(self._pages[following.get(token, 0)])

    async def count(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"data": [], "meta": {"total_tweet_count": len(list(self._posts()))}}
        )

    async def look_up(self, request: web.Request) -> web.Response:
        wanted = request.query.get("ids", "").split(",")
        return web.json_response({"data": [p for p in self._posts() if p["id"] in wanted]})

    def _posts(self) -> Iterator[dict[str, Any]]:
        return (post for page in self._pages for post in page.get("data", []))
