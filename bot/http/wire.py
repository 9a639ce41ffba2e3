"""One session, the loop of tries, and the border where aiohttp's errors become ours."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import aclosing, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Self, TypeVar

import aiohttp
from yarl import URL

from bot.clock import Clock
from bot.errors import Refused, SourceError, Throttled
from bot.http import addresses, answers, error_mapping, proxies
from bot.http.answers import host_of, mask
from bot.http.rate_limiter import RateLimiter
from bot.http.request_counter import Requests
from bot.problems import Code, Problem

MAX_REDIRECTS = 5
# A longer Retry-After is not slept through: the caller may have another door to try.
PATIENCE = 30.0
_CONNECTIONS_PER_HOST = 8
_CHUNK = 2**16

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked for, the same in every try."""

    url: URL
    timeout: aiohttp.ClientTimeout
    tries: int
    max_bytes: int
    headers: Mapping[str, str] = field(default_factory=dict)
    gate: str = ""
    door: str = ""
    spacing: float = 0.0
    accept: Collection[int] = (200,)
    method: str = "GET"
    json: object = None


@dataclass(slots=True)
class Try:
    """``number`` counts from 1. ``obeyed`` is the time that was slept for before this try.

    ``last`` is set when the door was closed, however soon it may open again.
    """

    number: int = 1
    obeyed: datetime | None = None
    last: bool = False


class Stream:
    """The chunks of an accepted answer, as they come. Errors of the connection come as ours."""

    def __init__(self, answer: aiohttp.ClientResponse, chunks: AsyncIterator[bytes]) -> None:
        self.url = str(answer.url)
        self.status = answer.status
        self.headers: Mapping[str, str] = answer.headers
        self._chunks = chunks
        self._first = b""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        first, self._first = self._first, b""
        return first or await anext(self._chunks)

    async def peek(self) -> bytes:
        """The first chunk, which iteration will give once more; empty when the body is."""
        self._first = await anext(self._chunks, b"")
        return self._first


class Wire:
    """Sends requests through their gates and judges the answers. ``backoff`` is in seconds."""

    def __init__(
        self,
        *,
        user_agent: str,
        clock: Clock,
        backoff: float,
        gates: Mapping[str, RateLimiter],
        proxy: str,
        requests: Requests,
    ) -> None:
        self._requests = requests
        self._clock = clock
        self._backoff = backoff
        self._gates = dict(gates)
        self._free: dict[tuple[str, str], RateLimiter] = {}
        self._sending: ContextVar[Ask | None] = ContextVar("sending", default=None)
        self._user_agent = user_agent
        self._session = self._opened("")
        self._proxied = self._opened(proxy) if proxy else self._session
        # For redirects, with connections of its own, every one of which was judged. What a proxy
        # connects to is its own business.
        self._elsewhere = self._proxied if proxy else self._opened("", addresses.public_socket)

    def _opened(
        self, proxy: str, sockets: aiohttp.SocketFactoryType | None = None
    ) -> aiohttp.ClientSession:
        trace = aiohttp.TraceConfig()
        trace.on_request_headers_sent.append(self._note_sent)
        trace.on_request_redirect.append(_refuse_redirect)
        session = aiohttp.ClientSession(
            headers={"User-Agent": self._user_agent},
            connector=proxies.connector(
                proxy, limit_per_host=_CONNECTIONS_PER_HOST, socket_factory=sockets
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=proxies.of_requests(proxy),
            trace_configs=[trace],
            trust_env=False,
        )
        # aiohttp would repeat a GET at once after a lost connection: unpaced, and beyond `tries`.
        # It has no public switch; its own test client uses this one.
        session._retry_connection = False
        return session

    async def close(self) -> None:
        for session in (self._session, self._proxied, self._elsewhere):
            await session.close()

    async def repeat(self, ask: Ask, attempt: Callable[[Try], Awaitable[T]]) -> T:
        """Try until it works or there is no use: ``_pause`` decides."""
        this = Try()
        while True:
            try:
                return await attempt(this)
            except SourceError as error:
                pause = self._pause(ask, this, error)
                if pause is None:
                    raise
                obeyed = error.retry_at if isinstance(error, Throttled) else None
            await asyncio.sleep(pause)
            this = Try(this.number + 1, obeyed)

    @asynccontextmanager
    async def answer(self, ask: Ask, this: Try) -> AsyncIterator[Stream]:
        """The accepted answer at the end of the redirects, each of which takes its own turn."""
        url, headers = ask.url, ask.headers
        for _ in range(1 + MAX_REDIRECTS):
            async with self._exchange(ask, this, url, headers) as answer:
                target = _target(ask, answer)
                if target is None:
                    async with aclosing(_chunks(answer, ask.max_bytes)) as chunks:
                        stream = Stream(answer, chunks)
                        await self._judge(ask, this, answer, stream)
                        yield stream
                    return
            headers = answers.carried(headers, url, target)
            url = target
        shown = mask(ask.url)
        problem = Problem(Code.REDIRECTED_IN_CIRCLES, host=host_of(ask.url), address=shown)
        raise Refused(problem, url=shown)

    @asynccontextmanager
    async def websocket(
        self, ask: Ask, *, heartbeat: float
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Only the handshake takes a turn; the connection may live for days."""
        gate = self._gate(ask, ask.url)
        async with gate.turn(_door(ask, ask.url), self._clock.now, spacing=ask.spacing):
            self._sending.set(ask)
            try:
                with error_mapping.translated(ask.url):
                    async with asyncio.timeout(ask.timeout.total):
                        socket = await self._session_to(ask.url).ws_connect(
                            ask.url,
                            headers=ask.headers,
                            heartbeat=heartbeat,
                            max_msg_size=ask.max_bytes,
                        )
            except aiohttp.WSServerHandshakeError as error:
                raise self._refused(gate, ask, error) from None
        async with socket:
            yield socket

    @asynccontextmanager
    async def _exchange(
        self, ask: Ask, this: Try, url: URL, headers: Mapping[str, str]
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        gate = self._gate(ask, url)
        turn = gate.turn(_door(ask, url), self._clock.now, spacing=ask.spacing, obeyed=this.obeyed)
        async with turn:
            self._sending.set(ask)
            with error_mapping.translated(url):
                answer = await self._session_for(ask, url).request(
                    ask.method,
                    url,
                    headers=headers,
                    json=ask.json,
                    timeout=ask.timeout,
                    allow_redirects=False,
                )
            async with answer:
                yield answer

    def _session_for(self, ask: Ask, url: URL) -> aiohttp.ClientSession:
        """Raises Refused for a redirect to where none may lead."""
        if addresses.is_configured(ask.url, url):
            return self._session_to(url)
        if not addresses.may_be_public(url.host or ""):
            raise error_mapping.redirected_inside(url)
        return self._elsewhere

    def _session_to(self, url: URL) -> aiohttp.ClientSession:
        return self._session if proxies.is_direct(url) else self._proxied

    async def _judge(
        self, ask: Ask, this: Try, answer: aiohttp.ClientResponse, stream: Stream
    ) -> None:
        """Raise what the answer amounts to; close its door when it asks us to wait."""
        url = answer.url
        gate, door, now = self._gate(ask, url), _door(ask, url), self._clock.now()
        error: SourceError | None = None
        if answer.status not in ask.accept:
            error = answers.judge(url, answer.status, answer.headers, now)
        elif (await stream.peek()).lstrip().startswith(gate.refusals):
            error = answers.refusal_in_body(url, answer.status)
        if isinstance(error, Throttled):
            if self._pause(ask, this, error) is None:
                this.last = True
                error.retry_at = gate.close(door, error.retry_at, now)
            elif error.retry_at is not None:
                gate.pause(door, error.retry_at)
        elif answer.status < 500 and answer.status not in answers.THROTTLES:
            gate.succeed(door)
        if error is not None:
            raise error

    def _refused(
        self, gate: RateLimiter, ask: Ask, error: aiohttp.WSServerHandshakeError
    ) -> SourceError:
        now = self._clock.now()
        refusal = answers.judge(ask.url, error.status, error.headers or {}, now)
        if isinstance(refusal, Throttled):
            refusal.retry_at = gate.close(_door(ask, ask.url), refusal.retry_at, now)
        return refusal

    def _pause(self, ask: Ask, this: Try, error: SourceError) -> float | None:
        """Seconds before the next try, None when there is none."""
        if this.last or this.number >= ask.tries:
            return None
        backoff = self._backoff * 2 ** (this.number - 1)
        if isinstance(error, Throttled) and error.retry_at is not None:
            wait = (error.retry_at - self._clock.now()).total_seconds()
            return max(wait, 0.0) if error.status and wait <= PATIENCE else None
        if isinstance(error, Throttled):
            return backoff if error.status == 503 else None
        return backoff if error_mapping.is_passing(error) else None

    def _gate(self, ask: Ask, url: URL) -> RateLimiter:
        if ask.gate in self._gates:
            return self._gates[ask.gate]
        return self._free.setdefault((ask.gate, host_of(url)), RateLimiter(0.0, parallel=True))

    async def _note_sent(
        self,
        session: aiohttp.ClientSession,
        context: SimpleNamespace,
        params: aiohttp.TraceRequestHeadersSentParams,
    ) -> None:
        ask = self._sending.get()
        if ask is not None:
            day = self._clock.now().date()
            self._requests.add(host_of(params.url), ask.gate, day)
            self._gate(ask, params.url).sent(ask.spacing, day)


def _door(ask: Ask, url: URL) -> str:
    return ask.door or host_of(url)


def _target(ask: Ask, answer: aiohttp.ClientResponse) -> URL | None:
    if ask.method != "GET" or answer.status in ask.accept:
        return None
    return answers.redirect(answer.url, answer.status, answer.headers)


async def _refuse_redirect(
    session: aiohttp.ClientSession,
    context: SimpleNamespace,
    params: aiohttp.TraceRequestRedirectParams,
) -> None:
    """aiohttp itself follows one only for a socket. Those are followed nowhere."""
    params.response.close()
    shown, status = mask(params.url), params.response.status
    host = host_of(params.url)
    problem = Problem(Code.HOST_ANSWERED, host=host, status=status, address=shown)
    raise Refused(problem, url=shown, status=status)


async def _chunks(answer: aiohttp.ClientResponse, max_bytes: int) -> AsyncGenerator[bytes, None]:
    size = 0
    with error_mapping.translated(answer.url):
        async for chunk in answer.content.iter_chunked(_CHUNK):
            size += len(chunk)
            if size > max_bytes:
                raise answers.too_large(answer.url, max_bytes)
            yield chunk
