"""What the tests of the HTTP client share: a service with everything, and a client for it."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from bot.clock import Clock, SystemClock
from bot.http import Http, MemoryValidators, RateLimiter
from tests.services.base import Service

NOW = datetime(2026, 9, 24, 4, 10, tzinfo=UTC)
BODY = b"<feed>" + b"x" * 1000 + b"</feed>"


class Remote(Service):
    """A service whose answers have a body, validators, redirects and a socket."""

    def __init__(self, target: str = "/feed") -> None:
        super().__init__()
        self.target = target

    def routes(self) -> Iterable[web.RouteDef]:
        return [
            web.get("/feed", self.feed),
            web.post("/login", self.login),
            web.get("/move", self.move),
            web.post("/move", self.move),
            web.get("/circle", self.circle),
            web.get("/bomb", self.bomb),
            web.get("/trickle", self.trickle),
            web.get("/socket", self.socket),
        ]

    async def feed(self, request: web.Request) -> web.Response:
        headers = {"ETag": '"a1"', "Last-Modified": "Thu, 24 Sep 2026 04:00:00 GMT"}
        if request.headers.get("If-None-Match") == '"a1"':
            return web.Response(status=304, headers=headers)
        return web.Response(body=BODY, headers={**headers, "Set-Cookie": "track=me"})

    async def login(self, request: web.Request) -> web.Response:
        return web.json_response({"got": await request.json()})

    async def move(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": self.target})

    async def circle(self, request: web.Request) -> web.Response:
        return web.Response(status=301, headers={"Location": "/circle"})

    async def bomb(self, request: web.Request) -> web.Response:
        body = gzip.compress(bytes(4_000_000))
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    async def trickle(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for part in (b"one", b"two", b"three"):
            await response.write(part)
            await asyncio.sleep(float(request.query.get("pause", "0")))
        return response

    async def socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(request.headers["User-Agent"])
        await socket.close()
        return socket


@asynccontextmanager
async def client(
    clock: Clock | None = None,
    *,
    contact: str = "ops@example.org",
    seconds_per_try: float = 5.0,
    backoff: float = 0.0,
    proxy: str = "",
    validators: MemoryValidators | None = None,
    **gates: RateLimiter,
) -> AsyncIterator[Http]:
    http = Http(
        contact=contact,
        version="1.2.3",
        clock=clock or SystemClock(),
        seconds_per_try=seconds_per_try,
        tries=3,
        backoff=backoff,
        gates=gates,
        validators=validators,
        proxy=proxy,
    )
    async with http:
        yield http
