"""A loopback Bluesky: AppView and PDS under one address, and Jetstream beside them.

bsky = BskyD([BskyPost(...)], clock)
await bsky.publish(post)       # found from now on, and sent to all who listen
await bsky.delete(post.uri)
await bsky.disconnect()        # every Jetstream listener loses its connection
"""

import asyncio
import json
from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import urlsplit

from aiohttp import web

from bot.clock import Clock
from tests.services.base import Service
from tests.services.bsky_posts import COLLECTION, BskyPost, Json, created, deleted, view


class BskyD(Service):
    """``access_life`` is how long a session's token lives; ``expired_status`` is what its end is
    told with: 401 by bsky.social's entry, 400 by other servers (pds auth-verifier).

    ``events`` are Jetstream's frames, encoded, with their time; tests may append their own.
    ``frames_per_connection`` ends a connection after that many.
    """

    def __init__(self, posts: Iterable[BskyPost] = (), clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.posts: dict[str, BskyPost] = {}
        self.events: list[tuple[int, str]] = []
        self.handle, self.password = "reader.test", "abcd-efgh-ijkl-mnop"
        self.access_life = timedelta(hours=2)
        self.expired_status: Literal[400, 401] = 401
        self.sessions_left = 30
        self.frames_per_connection: int | None = None
        self._sessions = 0
        self._born: dict[str, datetime] = {}
        self._refresh: set[str] = set()
        self._lines: set[asyncio.Transport] = set()
        self._news = asyncio.Event()
        for post in sorted(posts, key=lambda post: post.time_us):
            self._append(post)

    def routes(self) -> Iterable[web.RouteDef]:
        return [
            web.get("/xrpc/app.bsky.feed.searchPosts", self._search),
            web.get("/xrpc/app.bsky.feed.getPosts", self._get_posts),
            web.post("/xrpc/com.atproto.server.createSession", self._create_session),
            web.post("/xrpc/com.atproto.server.refreshSession", self._refresh_session),
            web.get("/subscribe", self._subscribe),
        ]

    @property
    def jetstream_url(self) -> str:
        return self.url.replace("http://", "ws://")

    @property
    def listening(self) -> int:
        return len(self._lines)

    async def stop(self) -> None:
        await self.disconnect()
        await super().stop()

    async def publish(self, *posts: BskyPost) -> None:
        for post in posts:
            self._append(post)
        self._tell()

    async def delete(self, uri: str) -> None:
        self.posts[uri].state = "gone"
        now = int(self.clock.now().timestamp() * 1_000_000)
        self.events.append((now, _encoded(deleted(self.posts[uri], now))))
        self._tell()

    async def disconnect(self) -> None:
        """Without a closing handshake, as a lost line does it."""
        for transport in self._lines:
            transport.abort()
        self._lines.clear()

    def _append(self, post: BskyPost) -> None:
        self.posts[post.uri] = post
        self.events.append((post.time_us, _encoded(created(post, self.posts))))

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _search(self, request: web.Request) -> web.Response:
        """The public AppView answers 403 (atproto#3423); a session opens it on the own PDS."""
        if "Authorization" not in request.headers:
            return web.Response(status=403, text="<h1>403 Forbidden</h1>", content_type="text/html")
        refusal = self._refusal(request)
        if refusal is not None:
            return refusal
        query = request.query
        try:
            limit, at = int(query.get("limit", "25")), int(query.get("cursor", "0"))
            since, until = _time(query.get("since")), _time(query.get("until"))
        except ValueError as problem:
            return _error(400, "InvalidRequest", str(problem))
        if not 1 <= limit <= 100 or not query.get("q"):
            return _error(400, "InvalidRequest", "q is required, limit is 1 to 100")
        found = [
            post
            for post in self.posts.values()
            if post.state == "public"
            and (since is None or post.at >= since)
            and (until is None or post.at < until)
            and _fits(post, query.get("q", ""), query.get("domain"), query.get("url"))
        ]
        top = query.get("sort", "latest") == "top"
        found.sort(key=lambda p: (p.likes if top else 0, p.time_us), reverse=True)
        page = found[at : at + limit]
        body: Json = {"posts": [view(post, self.posts) for post in page], "hitsTotal": len(found)}
        more = {"cursor": str(at + limit)} if at + limit < len(found) else {}
        return web.json_response(body | more)

    async def _get_posts(self, request: web.Request) -> web.Response:
        """Open to everybody. What is not there is left out without a word."""
        uris = request.query.getall("uris", [])
        if not 1 <= len(uris) <= 25:
            message = "Error: uris must not have more than 25 elements"
            return _error(400, "InvalidRequest", message)
        found = [self.posts[uri] for uri in uris if uri in self.posts]
        views = [view(post, self.posts) for post in found if post.state == "public"]
        return web.json_response({"posts": views})

    async def _create_session(self, request: web.Request) -> web.Response:
        """30 in five minutes, also those that fail; tests set ``sessions_left``."""
        reset = int((self.clock.now() + timedelta(minutes=5)).timestamp())
        headers = {
            "ratelimit-limit": "30",
            "ratelimit-remaining": str(max(self.sessions_left - 1, 0)),
            "ratelimit-reset": str(reset),
            "ratelimit-policy": "30;w=300",
        }
        if self.sessions_left <= 0:
            return _error(429, "RateLimitExceeded", "Rate Limit Exceeded", headers)
        self.sessions_left -= 1
        given = json.loads(await request.read())
        if (given.get("identifier"), given.get("password")) != (self.handle, self.password):
            message = "Invalid identifier or password"
            return _error(401, "AuthenticationRequired", message, headers)
        return web.json_response(self._session(), headers=headers)

    async def _refresh_session(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self._refresh:
            return _error(self.expired_status, "ExpiredToken", "Token has been revoked")
        self._refresh.discard(token)
        return web.json_response(self._session())

    def _session(self) -> Json:
        self._sessions += 1
        access, refresh = f"access-{self._sessions}", f"refresh-{self._sessions}"
        self._born[access] = self.clock.now()
        self._refresh.add(refresh)
        did = BskyPost(at=self.clock.now(), handle=self.handle).did
        tokens = {"accessJwt": access, "refreshJwt": refresh}
        return {**tokens, "handle": self.handle, "did": did, "active": True}

    def _refusal(self, request: web.Request) -> web.Response | None:
        born = self._born.get(request.headers["Authorization"].removeprefix("Bearer "))
        if born is None:
            return _error(400, "InvalidToken", "Token could not be verified")
        if self.clock.now() >= born + self.access_life:
            return _error(self.expired_status, "ExpiredToken", "Token has expired")
        return None

    async def _subscribe(self, request: web.Request) -> web.WebSocketResponse:
        """From the cursor (microseconds, itself included) if there is one, then live."""
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        line = request.transport
        assert isinstance(line, asyncio.Transport)
        self._lines.add(line)
        wanted = request.query.getall("wantedCollections", [])
        closed = asyncio.create_task(socket.receive())
        try:
            if not wanted or any(fnmatchcase(COLLECTION, pattern) for pattern in wanted):
                await self._send(socket, closed, request.query.get("cursor"))
            else:
                await closed
        except ConnectionError:
            pass  # the listener went away, or disconnect() was called
        finally:
            closed.cancel()
            self._lines.discard(line)
        return socket

    async def _send(
        self, socket: web.WebSocketResponse, closed: "asyncio.Task[object]", cursor: str | None
    ) -> None:
        at, sent = len(self.events), 0
        if cursor is not None:
            at = bisect_left(self.events, (int(cursor), ""))
        while not closed.done():
            news = self._news
            while at < len(self.events):
                if sent == self.frames_per_connection:
                    return
                await socket.send_str(self.events[at][1])
                at, sent = at + 1, sent + 1
            waiting = asyncio.create_task(news.wait())
            await asyncio.wait({waiting, closed}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()


def _fits(post: BskyPost, words: str, domain: str | None, url: str | None) -> bool:
    text = " ".join([post.text, *post.addresses]).lower()
    hosts = [(urlsplit(link).hostname or "").removeprefix("www.") for link in post.addresses]
    return (
        (words == "*" or all(word in text for word in words.lower().split()))
        and (domain is None or domain in hosts)
        and (url is None or url in post.addresses)
    )


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _error(
    status: int, name: str, message: str, headers: dict[str, str] | None = None
) -> web.Response:
    return web.json_response({"error": name, "message": message}, status=status, headers=headers)


def _encoded(frame: Json) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))
