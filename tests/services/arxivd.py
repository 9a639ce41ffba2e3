"""A loopback arXiv: the feed, the listing pages, OAI-PMH and the API over one small world."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import web

from bot.clock import Clock
from tests.services.arxiv_feed import capped, error_feed, feed
from tests.services.arxiv_world import NEW_YORK, World, wanted
from tests.services.base import Service


class ArxivD(Service):
    """``stale`` maps a category, spelt as it is asked for, to the day whose feed it still shows.

    ``cap`` is how many entries a feed holds at most.
    """

    def __init__(self, world: World | None = None, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.world = world or World()
        self.cap = 2000
        self.stale: dict[str, date] = {}

    def routes(self) -> Iterable[web.RouteDef]:
        return [web.get("/atom/{category}", self._feed)]

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
