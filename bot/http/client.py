"""The client that every other room holds: what can be asked for, and how."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Self, TypedDict, Unpack

import aiohttp
from yarl import URL

from bot.clock import Clock
from bot.errors import Refused
from bot.http.answers import Response, mask
from bot.http.rate_limiter import RateLimiter
from bot.http.request_counter import Count, Requests
from bot.http.validators import Remembered, Validators, conditions
from bot.http.wire import Ask, Stream, Try, Wire
from bot.problems import Code, Problem

MEBIBYTE = 2**20
# Of an answer in JSON, several times the largest that any service sends. Who wants more says so.
MAX_BYTES = 4 * MEBIBYTE

Params = Mapping[str, str] | Sequence[tuple[str, str]]


class Way(TypedDict, total=False):
    """``door`` names what is closed when the service asks us to wait, in place of the host."""

    headers: Mapping[str, str]
    gate: str
    door: str


class Asked(Way, total=False):
    """``spacing`` asks for more distance (seconds) to the last request that had a spacing.

    ``accept`` holds the statuses of an answer that is no error; 200 when left out.
    """

    spacing: float
    accept: Collection[int]


class Http:
    """The program's way out. An async context manager that owns one session.

    A try of a request ends after ``seconds_per_try``, ``tries`` counts the first one, ``backoff``
    is the pause before the second and doubles. ``gates`` pace groups of hosts by name; a request
    without a known gate is not paced, but a host that asks us to wait is closed all the same,
    on its own for each gate name.
    """

    def __init__(
        self,
        *,
        contact: str,
        version: str,
        clock: Clock,
        seconds_per_try: float = 30.0,
        tries: int = 3,
        backoff: float = 2.0,
        gates: Mapping[str, RateLimiter] | None = None,
        validators: Validators | None = None,
        proxy: str = "",
    ) -> None:
        self.requests = Requests()
        self._seconds = seconds_per_try
        self._tries = tries
        self._validators = validators
        self._open = partial(
            Wire,
            user_agent=user_agent(version, contact),
            clock=clock,
            backoff=backoff,
            gates=gates or {},
            proxy=proxy,
            requests=self.requests,
        )
        self._wire: Wire | None = None

    async def __aenter__(self) -> Self:
        self._wire = self._open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._wire is not None:
            await self._wire.close()

    def counting(self) -> AbstractContextManager[Count]:
        """``with http.counting() as count:`` counts the requests sent in the block."""
        return self.requests.counting()

    async def get(
        self,
        url: str,
        *,
        params: Params | None = None,
        max_bytes: int = MAX_BYTES,
        seconds_per_try: float | None = None,
        tries: int | None = None,
        conditional: bool = False,
        **asked: Unpack[Asked],
    ) -> Response:
        """The whole answer, or a SourceError.

        With ``conditional`` the answer may have status 304; call ``remember`` once the body is
        stored, and not before, else a crash in between would lose it for good.
        """
        ask = self._ask(url, params, max_bytes, seconds_per_try, tries, **asked)
        kept = None
        if conditional and self._validators is not None:
            kept = await self._validators.get(str(ask.url))
        if kept is not None:
            headers = {**ask.headers, **conditions(kept)}
            ask = replace(ask, headers=headers, accept={*ask.accept, 304})
        answer = await self._on().repeat(ask, lambda this: self._whole(ask, this))
        return replace(answer, note=kept.note) if kept and answer.status == 304 else answer

    async def remember(self, response: Response, note: str = "") -> None:
        """The answer is stored: the next conditional ``get`` of its URL need not send it again,
        and has ``note`` in its place.
        """
        remembered = Remembered(
            etag=response.headers.get("ETag", ""),
            last_modified=response.headers.get("Last-Modified", ""),
            note=note,
        )
        if self._validators is not None and response.status == 200 and conditions(remembered):
            await self._validators.put(response.asked, remembered)

    async def post(
        self,
        url: str,
        *,
        json: object,
        params: Params | None = None,
        max_bytes: int = MAX_BYTES,
        seconds_per_try: float | None = None,
        **asked: Unpack[Asked],
    ) -> Response:
        """Sent once, whatever happens. A redirect is refused."""
        ask = self._ask(url, params, max_bytes, seconds_per_try, 1, **asked)
        return await self._whole(replace(ask, method="POST", json=json), Try())

    @asynccontextmanager
    async def stream(
        self,
        url: str,
        *,
        params: Params | None = None,
        max_bytes: int = 32 * MEBIBYTE,
        seconds_of_silence: float | None = None,
        seconds_in_all: float = 300.0,
        tries: int | None = None,
        **asked: Unpack[Asked],
    ) -> AsyncIterator[Stream]:
        """``async with http.stream(url) as chunks: async for chunk in chunks: ...``.

        The silence is the one before and between chunks. A try, with all that is done between its
        chunks, ends after ``seconds_in_all``, however steadily they drip. Tries end with the first
        byte: who reads a stream knows better where to resume. The gate is held until the block
        ends, so that a request through the same gate within it would wait for ever.
        """
        ask = self._ask(url, params, max_bytes, seconds_of_silence, tries, **asked)
        quiet = aiohttp.ClientTimeout(
            total=seconds_in_all, sock_connect=ask.timeout.total, sock_read=ask.timeout.total
        )
        ask = replace(ask, timeout=quiet)
        async with AsyncExitStack() as stack:
            wire = self._on()
            yield await wire.repeat(
                ask, lambda this: stack.enter_async_context(wire.answer(ask, this))
            )

    @asynccontextmanager
    async def websocket(
        self,
        url: str,
        *,
        params: Params | None = None,
        max_bytes: int = MAX_BYTES,
        seconds_to_connect: float | None = None,
        heartbeat: float = 30.0,
        **asked: Unpack[Way],
    ) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """One connection; who holds it knows better when and where to resume.

        ``max_bytes`` bounds one message. A ping goes out every ``heartbeat`` seconds.
        """
        ask = self._ask(url, params, max_bytes, seconds_to_connect, 1, **asked)
        async with self._on().websocket(ask, heartbeat=heartbeat) as socket:
            yield socket

    async def _whole(self, ask: Ask, this: Try) -> Response:
        async with self._on().answer(ask, this) as stream:
            body = b"".join([chunk async for chunk in stream])
            return Response(
                url=stream.url,
                status=stream.status,
                headers=stream.headers,
                body=body,
                asked=str(ask.url),
            )

    def _on(self) -> Wire:
        if self._wire is None:
            raise RuntimeError("Http is a context manager: use it within `async with`")
        return self._wire

    def _ask(
        self,
        url: str,
        params: Params | None,
        max_bytes: int,
        seconds: float | None,
        tries: int | None,
        **asked: Unpack[Asked],
    ) -> Ask:
        try:
            target = URL(url).extend_query(params or ())
        except ValueError:
            shown = mask(url)
            raise Refused(Problem(Code.NO_WEB_ADDRESS, address=shown), url=shown) from None
        return Ask(
            url=target,
            timeout=aiohttp.ClientTimeout(total=seconds or self._seconds),
            tries=tries or self._tries,
            max_bytes=max_bytes,
            **asked,
        )


def user_agent(version: str, contact: str) -> str:
    """``hotpapers/1.0 (+CONTACT)``: arXiv asks for a truthful name with a contact."""
    address = "".join(c for c in contact if c.isprintable() and c not in "()\\").strip()
    return f"hotpapers/{version} (+{address})" if address else f"hotpapers/{version}"
