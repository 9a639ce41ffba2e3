"""The double of Bluesky: who may search, what getPosts leaves out, how Jetstream replays."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.clock import ManualClock
from tests.factories import made
from tests.services.bsky_posts import BskyPost
from tests.services.bskyd import BskyD

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2611.00001v2"
FEED, SERVER = "/xrpc/app.bsky.feed", "/xrpc/com.atproto.server"


def post(n: int, **more: object) -> BskyPost:
    return made(BskyPost, {"at": NOW - timedelta(minutes=60 - n), "n": n, **more})


def service(*posts: BskyPost) -> BskyD:
    return BskyD(posts, ManualClock(NOW))


async def login(session: aiohttp.ClientSession, bsky: BskyD) -> dict[str, Any]:
    given = {"identifier": bsky.handle, "password": bsky.password}
    async with session.post(f"{bsky.url}{SERVER}.createSession", json=given) as answer:
        body: dict[str, Any] = await answer.json()
        assert answer.status == 200
        return body


async def search(
    session: aiohttp.ClientSession, bsky: BskyD, token: str, expect: int = 200, **query: str
) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    url = f"{bsky.url}{FEED}.searchPosts"
    async with session.get(url, params=query, headers=headers) as answer:
        body: dict[str, Any] = await answer.json()
        assert answer.status == expect, body
        return body


async def test_search_needs_a_session(session: aiohttp.ClientSession) -> None:
    async with service(post(1, links=(PAPER,))) as bsky:
        public = await session.get(f"{bsky.url}{FEED}.searchPosts?q=arxiv")
        token = (await login(session, bsky))["accessJwt"]
        found = await search(session, bsky, token, q="arxiv.org")
        await search(session, bsky, "made-up", 400, q="arxiv.org")
        await search(session, bsky, token, 400)
        await search(session, bsky, token, 400, q="arxiv.org", limit="101")
    assert public.status == 403
    assert found["hitsTotal"] == 1


async def test_search_selects_and_pages(session: aiohttp.ClientSession) -> None:
    by_link, by_card = post(1, links=(PAPER,), likes=5), post(2, card=PAPER)
    mirror, plain = post(3, links=("https://www.alphaxiv.org/abs/1",)), post(4, text="arxiv.org")
    async with service(by_link, by_card, mirror, plain) as bsky:
        token = (await login(session, bsky))["accessJwt"]

        async def uris(**query: str) -> list[str]:
            body = await search(session, bsky, token, 200, **query)
            return [found["uri"] for found in body["posts"]]

        assert await uris(q="*", domain="arxiv.org") == [by_card.uri, by_link.uri]
        assert await uris(q="*", domain="alphaxiv.org") == [mirror.uri]
        assert await uris(q="*", url=PAPER, sort="top") == [by_link.uri, by_card.uri]
        assert len(await uris(q="arxiv.org")) == 3
        since, until = by_card.at.isoformat(), plain.at.isoformat()
        assert await uris(q="*", since=since, until=until) == [mirror.uri, by_card.uri]
        first = await search(session, bsky, token, q="*", limit="3")
        rest = await search(session, bsky, token, q="*", limit="3", cursor=first["cursor"])
    assert (len(first["posts"]), len(rest["posts"]), "cursor" in rest) == (3, 1, False)


async def test_sessions_expire_and_are_limited(session: aiohttp.ClientSession) -> None:
    async with service() as bsky:
        assert isinstance(bsky.clock, ManualClock)
        tokens = await login(session, bsky)
        bsky.clock.advance(bsky.access_life)
        late = await search(session, bsky, tokens["accessJwt"], 401, q="x")
        headers = {"Authorization": f"Bearer {tokens['refreshJwt']}"}
        url = f"{bsky.url}{SERVER}.refreshSession"
        fresh = await (await session.post(url, headers=headers)).json()
        await search(session, bsky, fresh["accessJwt"], q="x")
        assert (await session.post(url, headers=headers)).status == 401
        bsky.expired_status = 400
        await search(session, bsky, tokens["accessJwt"], 400, q="x")
        url = f"{bsky.url}{SERVER}.createSession"
        wrong = await session.post(url, json={"identifier": bsky.handle, "password": "no"})
        bsky.sessions_left = 0
        limited = await session.post(url, json={"identifier": bsky.handle, "password": "no"})
    assert late["error"] == "ExpiredToken"
    assert (wrong.status, limited.status) == (401, 429)
    assert limited.headers["ratelimit-policy"] == "30;w=300"


async def test_posts_by_uri(session: aiohttp.ClientSession) -> None:
    here, gone = post(1, likes=7, reposts=3, quotes=2, replies=1), post(2, state="gone")
    async with service(here, gone) as bsky:
        url = f"{bsky.url}{FEED}.getPosts"
        asked = [("uris", uri) for uri in (gone.uri, here.uri, "at://did:plc:x/y/z")]
        body = await (await session.get(url, params=asked)).json()
        full = await session.get(url, params=[("uris", here.uri)] * 25)
        over = await session.get(url, params=[("uris", here.uri)] * 26)
        none = await session.get(url)
    (found,) = body["posts"]
    assert found["uri"] == here.uri
    counts = [found[f"{name}Count"] for name in ("like", "repost", "quote", "reply")]
    assert counts == [7, 3, 2, 1]
    assert [r.status for r in (full, over, none)] == [200, 400, 400]


async def test_links_are_where_bluesky_puts_them(session: aiohttp.ClientSession) -> None:
    first = post(1, text="Schön:", links=(PAPER,))
    card, quote = post(2, card=PAPER), post(3, quote=first.uri)
    both, lost = post(4, card=PAPER, quote=first.uri), post(5, quote="at://did:plc:x/y/z")
    async with service(first, card, quote, both, lost) as bsky:
        asked = [("uris", p.uri) for p in (first, card, quote, both, lost)]
        url = f"{bsky.url}{FEED}.getPosts"
        views = (await (await session.get(url, params=asked)).json())["posts"]
    record = views[0]["record"]
    (facet,) = record["facets"]
    where = slice(facet["index"]["byteStart"], facet["index"]["byteEnd"])
    assert record["text"].encode()[where] == b"arxiv.org/abs/2611.00..."
    assert facet["features"][0]["uri"] == PAPER
    assert views[1]["record"]["embed"]["external"]["uri"] == PAPER
    assert views[1]["embed"]["$type"] == "app.bsky.embed.external#view"
    inner = views[2]["embed"]["record"]
    assert (inner["$type"], inner["value"]["facets"]) == (
        "app.bsky.embed.record#viewRecord",
        record["facets"],
    )
    assert views[3]["record"]["embed"]["media"]["external"]["uri"] == PAPER
    assert views[3]["record"]["embed"]["record"]["record"]["uri"] == first.uri
    assert views[3]["embed"]["record"]["record"]["value"]["text"] == record["text"]
    assert views[4]["embed"]["record"]["notFound"] is True


async def frames(socket: aiohttp.ClientWebSocketResponse, count: int) -> list[dict[str, Any]]:
    return [json.loads(await socket.receive_str(timeout=2)) for _ in range(count)]


async def test_jetstream_replays_and_goes_on_live(session: aiohttp.ClientSession) -> None:
    old = [post(n, links=(PAPER,)) for n in range(3)]
    async with service(*old) as bsky:
        url = f"{bsky.jetstream_url}/subscribe?wantedCollections=app.bsky.feed.post"
        async with (
            session.ws_connect(f"{url}&cursor={old[1].time_us}") as late,
            session.ws_connect(url) as live,
        ):
            replayed = await frames(late, 2)
            await bsky.publish(post(10))
            await bsky.delete(old[0].uri)
            for socket in (late, live):
                create, delete = await frames(socket, 2)
                assert create["commit"]["operation"] == "create"
                assert delete["commit"]["operation"] == "delete"
                assert "record" not in delete["commit"]
        async with session.ws_connect(f"{bsky.jetstream_url}/subscribe?wantedCollections=x") as no:
            with pytest.raises(asyncio.TimeoutError):
                await no.receive_str(timeout=0.05)
    assert [frame["time_us"] for frame in replayed] == [p.time_us for p in old[1:]]
    commit = replayed[0]["commit"]
    assert commit["record"]["facets"][0]["features"][0]["uri"] == PAPER
    assert old[1].uri == f"at://{replayed[0]['did']}/{commit['collection']}/{commit['rkey']}"


async def test_jetstream_can_break_off(session: aiohttp.ClientSession) -> None:
    old = [post(n) for n in range(5)]
    async with service(*old) as bsky:
        url = f"{bsky.jetstream_url}/subscribe?cursor="
        bsky.frames_per_connection = 2
        async with session.ws_connect(f"{url}0") as socket:
            *_, last = await frames(socket, 2)
            assert (await socket.receive(timeout=2)).type is aiohttp.WSMsgType.CLOSE
        bsky.frames_per_connection = None
        async with session.ws_connect(f"{url}{last['time_us']}") as socket:
            again = await frames(socket, 4)
            assert bsky.listening == 1
            await bsky.disconnect()
            assert (await socket.receive(timeout=2)).type in (
                aiohttp.WSMsgType.CLOSED,
                aiohttp.WSMsgType.ERROR,
            )
    assert again[0] == last
    assert bsky.listening == 0
