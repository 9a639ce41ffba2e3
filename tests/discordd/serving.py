"""From a request on the wire to an answer: faults, limits, latency, the log.

In order: latency's first half, a fault that comes before, the token, rate limits, the body against
Discord's description, the handler, a fault that comes after, latency's second half.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeAlias

from aiohttp import BodyPartReader, web

from tests.discordd import openapi
from tests.discordd.faults import CLOUDFLARE_1015, Fault
from tests.discordd.hub import Hub
from tests.discordd.ratelimits import Refusal
from tests.discordd.requests import Call, Endpoint, Logged, Reply, Upload, refused
from tests.discordd.wire import ApiError, Json, decode, encode, invalid_json, unauthorized

VIA = {"Via": "1.1 google"}
"""What tells a limit of Discord's from a ban by Cloudflare."""

BANNED = Reply(status=429, page=CLOUDFLARE_1015)
PROXY_STATUSES = frozenset({502, 504, *range(520, 528)})
_BY_TOKEN = ("/interactions/", "/webhooks/")

Respond: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Dropped(Exception):
    """The connection goes without an answer."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__()
        self.reset = reset


def responder(hub: Hub, endpoint: Endpoint) -> Respond:
    async def respond(request: web.Request) -> web.StreamResponse:
        return await Exchange(hub, endpoint, request).run()

    return respond


class Exchange:
    """One request and its answer."""

    def __init__(self, hub: Hub, endpoint: Endpoint, request: web.Request) -> None:
        self._hub = hub
        self._endpoint = endpoint
        self._request = request
        self._path = request.path.removeprefix("/api/v10")
        self._started = time.monotonic()
        self._fault = hub.faults.take(endpoint.method, self._path)
        if self._fault:
            hub.changes.fire()
        self._scope: str | None = None
        self._call = Call(
            endpoint.method,
            endpoint.route,
            self._path,
            dict(request.match_info),
            dict(request.query),
            authorization=request.headers.get("Authorization"),
        )

    async def run(self) -> web.StreamResponse:
        try:
            reply = await self._reply()
        except Dropped as dropped:
            self._log(None, None)
            return self._drop(dropped)
        self._hub.ratelimits.count(reply.status, self._scope)
        code = reply.body.get("code") if isinstance(reply.body, dict) else None
        self._log(reply.status, code if isinstance(code, int) else None)
        if self._fault and self._fault.kind == "slow_body":
            return await self._slowly(reply)
        return self._response(reply)

    async def _reply(self) -> Reply:
        half = self._hub.settings.latency / 2
        await _sleep(half)
        try:
            # Read first, so that the log knows the body of a request that is dropped.
            body, files = await _read_body(self._request)
        except ApiError as error:
            return refused(error)
        self._call = replace(self._call, body=body, files=files)
        fault = self._fault
        if fault and not fault.after:
            broken = await self._break(fault)
            if broken:
                return broken
        reply = self._carry_out()
        if fault and fault.after:
            reply = await self._break(fault) or reply
        await _sleep(half)
        return reply

    async def _break(self, fault: Fault) -> Reply | None:
        if fault.kind == "delay":
            await _sleep(fault.seconds)
        if fault.kind in {"drop", "reset"}:
            raise Dropped(reset=fault.kind == "reset")
        if fault.kind == "status":
            return _failed(fault)
        if fault.kind == "cloudflare":
            return BANNED
        if fault.kind == "rate_limit":
            return self._refusal(Refusal(fault.scope, fault.seconds))
        return None

    def _carry_out(self) -> Reply:
        """What the server does when nothing is made to fail."""
        if self._hub.ratelimits.banned:
            return BANNED
        try:
            return self._handle(self._call)
        except ApiError as error:
            return refused(error)

    def _handle(self, call: Call) -> Reply:
        self._authorize(call)
        refusal = self._hub.ratelimits.check(call.method, call.route, dict(call.params))
        if refusal:
            return self._refusal(refusal)
        if self._hub.settings.openapi:
            self._hub.refuse(call, openapi.check_request(call.method, call.route, call.body))
        reply = self._endpoint.handler(self._hub, call)
        headers = self._hub.ratelimits.headers(call.method, call.route, dict(call.params))
        return Reply(reply.body, reply.status, {**headers, **reply.headers})

    def _authorize(self, call: Call) -> None:
        """Interactions carry their token in the path; all else needs the bot's."""
        open_to_all = call.route.startswith(_BY_TOKEN) or call.route == "/gateway"
        if not open_to_all and call.authorization != f"Bot {self._hub.settings.token}":
            raise unauthorized()

    def _refusal(self, refusal: Refusal) -> Reply:
        self._scope = refusal.scope
        call = self._call
        headers = self._hub.ratelimits.headers(call.method, call.route, dict(call.params))
        return Reply(refusal.body(), 429, {**headers, **refusal.headers()})

    def _drop(self, dropped: Dropped) -> web.StreamResponse:
        transport = self._request.transport
        if transport is not None and dropped.reset:
            transport.abort()
        elif transport is not None:
            transport.close()
        return web.Response()

    def _response(self, reply: Reply) -> web.Response:
        if reply.page is not None:
            return web.Response(status=reply.status, text=reply.page, content_type="text/html")
        headers = {**VIA, **reply.headers}
        if reply.body is None:
            return web.Response(status=reply.status, headers=headers)
        data = encode(reply.body)
        if self._fault and self._fault.kind == "malformed":
            data = data[: len(data) // 2]
        # Exactly this type: with a charset behind it discord.py takes a body for text.
        headers["Content-Type"] = "application/json"
        return web.Response(status=reply.status, body=data, headers=headers)

    async def _slowly(self, reply: Reply) -> web.StreamResponse:
        whole = self._response(reply)
        data = whole.body if isinstance(whole.body, bytes) else b""
        stream = web.StreamResponse(status=reply.status, headers=whole.headers)
        stream.content_length = len(data)
        await stream.prepare(self._request)
        await stream.write(data[: len(data) // 2])
        await _sleep(self._fault.seconds if self._fault else 0)
        await stream.write(data[len(data) // 2 :])
        await stream.write_eof()
        return stream

    def _log(self, status: int | None, code: int | None) -> None:
        call, hub = self._call, self._hub
        hub.log.append(
            Logged(
                hub.clock.now(),
                call.method,
                call.route,
                call.path,
                call.query,
                call.body if hub.settings.logged_bodies else None,
                status,
                time.monotonic() - self._started,
                code,
                self._fault.kind if self._fault else None,
            )
        )
        hub.changes.fire()


def _failed(fault: Fault) -> Reply:
    """A gateway in front of Discord answers with a page, Discord itself with JSON."""
    if fault.status in PROXY_STATUSES and not fault.code:
        return Reply(status=fault.status, page=f"<html><h1>{fault.status}</h1></html>")
    return Reply({"message": f"{fault.status}: a fault", "code": fault.code}, fault.status)


async def _sleep(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)


async def _read_body(request: web.Request) -> tuple[Json, tuple[Upload, ...]]:
    if request.content_type.startswith("multipart/"):
        return await _read_multipart(request)
    data = await request.read()
    return (_json(data) if data else None), ()


async def _read_multipart(request: web.Request) -> tuple[Json, tuple[Upload, ...]]:
    body: Json = {}
    files: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise invalid_json()
        data = bytes(await part.read())
        if part.name == "payload_json":
            body = _json(data)
        else:
            files.append(Upload(part.filename or "file", len(data)))
    return body, tuple(files)


def _json(data: bytes) -> Json:
    try:
        return decode(data)
    except ValueError:
        raise invalid_json() from None
