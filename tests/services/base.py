"""What all doubles share: a loopback server that remembers its requests and can misbehave.

    async with ArxivD(world) as arxiv:
        arxiv.fail("/atom/cs.AI", answers(429, retry_after="1").times(2))
        ...
        assert [r.path for r in arxiv.requests] == [...]

Faults are looked for in the order they were set. One that is used up makes room for the next,
and then for the real answer.
"""

import asyncio
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Self

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Fault:
    """One way for an answer to go wrong. ``delay`` combines with the others.

    ``status`` replaces the answer; ``keep`` shortens the real body to that share and says so
    honestly in Content-Length (broken XML or JSON); ``cut`` promises the whole body and drops
    the connection after that share; ``drop`` closes it before a byte is sent. ``jumps``: the
    clock of the event loop is set forward by the delay, so that nobody waits for it.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay: float = 0.0
    keep: float | None = None
    cut: float | None = None
    drop: bool = False
    jumps: bool = False
    count: int | None = 1
    skip: int = 0
    query: Mapping[str, str] = field(default_factory=dict)

    def times(self, count: int | None) -> "Fault":
        """Happens this often; None: for ever. Without it: once."""
        return replace(self, count=count)

    def after(self, skip: int) -> "Fault":
        """Lets this many matching requests pass first."""
        return replace(self, skip=skip)

    def on(self, **query: str) -> "Fault":
        """Only for requests that carry these query parameters."""
        return replace(self, query=query)


def answers(status: int, body: bytes | str = b"", **headers: str) -> Fault:
    """Another status. ``retry_after="5"`` becomes the header Retry-After."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return Fault(
        status=status, headers=named, body=body.encode() if isinstance(body, str) else body
    )


def slow(seconds: float) -> Fault:
    return Fault(delay=seconds)


def too_late(seconds: float) -> Fault:
    """For a client in the same event loop whose limit is shorter: it runs out at once.

    The limit can be long, so that on a slow machine nothing else runs out.
    """
    return Fault(delay=seconds, jumps=True)


def drops() -> Fault:
    """Twice by itself: aiohttp's client quietly repeats a GET once after a lost connection."""
    return Fault(drop=True, count=2)


def truncated(share: float = 0.5) -> Fault:
    return Fault(keep=share)


def cut_off(share: float = 0.5) -> Fault:
    return Fault(cut=share)


def garbage() -> Fault:
    """Status 200 and bytes that are neither UTF-8, XML nor JSON."""
    return answers(200, bytes(range(255, 0, -1)) * 4, content_type="application/octet-stream")


def html() -> Fault:
    """Status 200 and a page for people, as proxies and maintenance screens send."""
    page = "<!DOCTYPE html><html><body><h1>We will be right back</h1></body></html>"
    return answers(200, page, content_type="text/html; charset=utf-8")


def rate_exceeded(status: int = 200) -> Fault:
    """arXiv's throttle, which comes as 429 or as 200 (openags/paper-search-mcp#81)."""
    return answers(status, "Rate exceeded.", content_type="text/plain")


def not_acceptable() -> Fault:
    """The edge filter of September 2026: 406, nothing in it, no Retry-After."""
    return answers(406, via="1.1 varnish")


@dataclass(slots=True)
class Seen:
    """A request as it came. ``at`` is time.monotonic(); ``status`` stays 0 if none was sent.

    ``query`` has the last value of each parameter, ``target`` the path with the whole query.
    """

    method: str
    path: str
    target: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float
    status: int = 0


@dataclass(slots=True)
class _Planned:
    path: str
    fault: Fault
    matched: int = 0

    def fits(self, seen: Seen) -> bool:
        """Counts the request; says whether the fault happens to it."""
        if not fnmatchcase(seen.path, self.path):
            return False
        if any(seen.query.get(name) != value for name, value in self.fault.query.items()):
            return False
        end = None if self.fault.count is None else self.fault.skip + self.fault.count
        if end is not None and self.matched >= end:
            return False
        self.matched += 1
        return self.matched > self.fault.skip


class Service:
    """A double. Subclasses give ``routes``; ``clock`` is what they take for the present."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or SystemClock()
        self.requests: list[Seen] = []
        self.peak = 0  # most requests that were under way at once
        self._busy = 0
        self._plan: list[_Planned] = []
        self._runner: web.AppRunner | None = None
        self.url = ""

    def routes(self) -> Iterable[web.RouteDef]:
        raise NotImplementedError

    def fail(self, path: str, *faults: Fault) -> None:
        """Plan faults for paths that fit the shell pattern ``path`` (without query)."""
        self._plan += [_Planned(path, fault) for fault in faults]

    def heal(self) -> None:
        """Forget all faults that are still planned."""
        self._plan.clear()

    def asked(self, path: str) -> list[Seen]:
        """The requests whose path fits the shell pattern."""
        return [seen for seen in self.requests if fnmatchcase(seen.path, path)]

    async def start(self) -> Self:
        app = web.Application(middlewares=[self._answer], client_max_size=2**26)
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.05)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        seen = Seen(
            request.method,
            request.path,
            request.path_qs,
            dict(request.query),
            request.headers.copy(),
            await request.read(),
            time.monotonic(),
        )
        self.requests.append(seen)
        self._busy += 1
        self.peak = max(self.peak, self._busy)
        try:
            response = await self._answer_with_faults(request, handler, seen)
            seen.status = response.status
            return response
        except web.HTTPException as refusal:
            seen.status = refusal.status
            raise
        finally:
            self._busy -= 1

    async def _answer_with_faults(
        self, request: web.Request, handler: Handler, seen: Seen
    ) -> web.StreamResponse:
        fault = next((planned.fault for planned in self._plan if planned.fits(seen)), None)
        if fault is None:
            return await handler(request)
        if fault.jumps:
            _set_forward(asyncio.get_running_loop(), fault.delay)
        await asyncio.sleep(fault.delay)
        if fault.drop:
            return _hang_up(request)
        if fault.status is not None:
            return web.Response(status=fault.status, headers=fault.headers, body=fault.body)
        response = await handler(request)
        return await _shorten(request, response, fault)


def _set_forward(loop: asyncio.AbstractEventLoop, seconds: float) -> None:
    time_before = loop.time
    loop.time = lambda: time_before() + seconds  # type: ignore[method-assign]  # asyncio has no other way


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _shorten(
    request: web.Request, response: web.StreamResponse, fault: Fault
) -> web.StreamResponse:
    share = fault.keep if fault.keep is not None else fault.cut
    if share is None or not isinstance(response, web.Response):
        return response
    body = response.body if isinstance(response.body, bytes) else b""
    part = body[: int(len(body) * share)]
    if fault.keep is not None:
        response.body = part
        return response
    promise = web.StreamResponse(status=response.status, headers=response.headers)
    promise.content_length = len(body)
    await promise.prepare(request)
    await promise.write(part)
    if request.transport is not None:
        request.transport.close()
    return promise


@contextmanager
def in_thread(*services: Service) -> Iterator[None]:
    """Run services beside a caller that is not async: the command line, the benchmarks."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="services", daemon=True)
    thread.start()
    try:
        for service in services:
            asyncio.run_coroutine_threadsafe(service.start(), loop).result(10)
        yield
    finally:
        for service in services:
            asyncio.run_coroutine_threadsafe(service.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
