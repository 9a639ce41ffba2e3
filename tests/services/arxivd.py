"""A loopback arXiv: the feed, the listing pages, OAI-PMH and the API over one small world."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import web

from bot.clock import Clock
from tests.services.arxiv_feed import capped, error_feed, feed
from tests.services.arxiv_oai import Repository
from tests.services.arxiv_pages import SHOWS, catchup_page, new_page
from tests.services.arxiv_query import answer
from tests.services.arxiv_world import ARCHIVES, NEW_YORK, PHYSICS, Announced, Paper, World, wanted
from tests.services.base import Service

PHYSICS_NAMES = frozenset().union(*(ARCHIVES[archive] for archive in PHYSICS))


class ArxivD(Service):
    """``stale`` maps a category, spelt as it is asked for, to the day whose feed it still shows.

    ``cap`` is how many entries a feed holds at most, ``page_size`` how many a page of a listing or
    of OAI-PMH. ``dated=False`` takes the date out of the pages' headings. ``records`` is what
    OAI-PMH serves instead of the world's papers: ``Endless(200_000)``, for example.
    """

    def __init__(self, world: World | None = None, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.world = world or World()
        self.cap = 2000
        self.stale: dict[str, date] = {}
        self.page_size = 2000
        self.dated = True
        self.records: Sequence[Paper] | None = None
        self.oai_sizes = False

    def routes(self) -> Iterable[web.RouteDef]:
        return [
            web.get("/atom/{category}", self._feed),
            web.get("/list/{category}/new", self._new),
            web.get("/catchup/{category}/{date}", self._catchup),
            web.get("/oai", self._oai),
            web.get("/api/query", self._query),
        ]

    def today(self) -> date:
        """The date in New York: what the feed goes by."""
        return self.clock.now().astimezone(NEW_YORK).date()

    async def _feed(self, request: web.Request) -> web.Response:
        query = request.match_info["category"]
        names = wanted(query)
        if names is None:
            message = f"Bad archive or category in '{query}'."
            return _atom(error_feed(query, message, self.clock.now()), 400)
        day = self.stale.get(query, self.today())
        rows = capped(self.world.announced(day, names), self.cap)
        built = datetime.combine(day, time(0, 0, 19), NEW_YORK)
        return _conditional(request, _atom(feed(query, day, rows)), built)

    def _published(self) -> list[date]:
        """Listing days that the pages know: from 20:00 New York time of the evening before."""
        now = self.clock.now().astimezone(NEW_YORK)
        last = now.date() + timedelta(days=1 if now.hour >= 20 else 0)
        return sorted(day for day in self.world.days() if day <= last)

    def _listed(self, day: date, names: frozenset[str]) -> list[Announced]:
        """Unlike the feed, a page drops cross-lists that stay inside what was asked for."""
        rows = self.world.announced(day, names)
        return [r for r in rows if r.kind != "cross" or r.paper.primary not in names]

    async def _new(self, request: web.Request) -> web.Response:
        query, names = _subject(request)
        skip, show = _whole(request, "skip", 0), _whole(request, "show", self.page_size)
        if show not in (*SHOWS, self.page_size):
            raise web.HTTPBadRequest(text="Invalid show parameter")
        days = self._published()
        day = days[-1] if days else self.today()
        return _html(new_page(query, day, self._listed(day, names), skip, show, self.dated))

    async def _catchup(self, request: web.Request) -> web.Response:
        query, names = _subject(request)
        try:
            day = date.fromisoformat(request.match_info["date"])
        except ValueError as problem:
            raise web.HTTPBadRequest(text="Invalid date format") from problem
        if not self.today() - timedelta(days=90) <= day <= self.today():
            raise web.HTTPBadRequest(text="Catchup only allowed for the past 90 days")
        later = [published for published in self._published() if published > day]
        return _html(
            catchup_page(
                query,
                day,
                self._listed(day, names),
                page=max(_whole(request, "page", 1), 1),
                size=self.page_size,
                abstracts=request.query.get("abs") == "True",
                next_day=later[0] if later else None,
                dated=self.dated,
            )
        )

    async def _oai(self, request: web.Request) -> web.Response:
        papers = self.records
        if papers is None:
            papers = sorted(self.world.papers, key=lambda paper: (paper.datestamp, paper.id))
        repository = Repository(papers, self.page_size, self.oai_sizes)
        text = repository.answer(request.query, self.clock.now())
        return web.Response(body=text.encode(), content_type="text/xml")

    async def _query(self, request: web.Request) -> web.Response:
        status, text = answer(request.query, self.world.papers, self.clock.now())
        return _atom(text, status)


def _subject(request: web.Request) -> tuple[str, frozenset[str]]:
    query = request.match_info["category"]
    names = PHYSICS_NAMES if query == "grp_physics" else wanted(query)
    if names is None or "+" in query:
        raise web.HTTPNotFound(text=f"Unknown archive or category {query}")
    return query, names


def _whole(request: web.Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isdigit():
        raise web.HTTPBadRequest(text=f"Invalid {name} parameter")
    return int(text)


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


def _atom(text: str, status: int = 200) -> web.Response:
    return web.Response(body=text.encode(), status=status, content_type="application/atom+xml")


def _conditional(request: web.Request, response: web.Response, built: datetime) -> web.Response:
    """ETag and Last-Modified; 304 for a client that has the same already."""
    body = response.body
    digest = hashlib.sha256(body if isinstance(body, bytes) else b"").hexdigest()[:32]
    headers = {
        "ETag": f'"{digest}"',
        "Last-Modified": format_datetime(built.astimezone(UTC), usegmt=True),
    }
    known, since = request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")
    if known is not None:
        same = known == headers["ETag"]
    else:
        same = since is not None and parsedate_to_datetime(since) >= built
    if same:
        return web.Response(status=304, headers=headers)
    response.headers.update(headers)
    return response
