"""Redirects, conditional requests, streams, sockets, and the counting of it all."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import WSMsgType

from bot.clock import ManualClock
from bot.errors import Malformed, Refused, SourceError, Throttled, Unreachable
from bot.http import Http, MemoryValidators, RateLimiter
from tests.http.remote import BODY, NOW, Remote, client
from tests.services.base import Fault, answers, cut_off
from tests.words import raises_saying


async def test_a_redirect_is_followed_and_counted(remote: Remote) -> None:
    async with client() as http:
        response = await http.get(
            f"{remote.url}/move", headers={"Authorization": "Bearer s3cret", "Accept": "text/xml"}
        )
        assert http.requests.total == 2
    assert response.url == f"{remote.url}/feed"
    assert response.asked == f"{remote.url}/move"
    assert remote.requests[1].headers["Authorization"] == "Bearer s3cret"


async def test_a_redirect_takes_no_credentials_to_another_host(remote: Remote) -> None:
    async with Remote(f"{remote.url}/feed") as front, client() as http:
        headers = {"Authorization": "Bearer s3cret", "X-Api-Key": "s3cret", "Accept": "text/xml"}
        assert (await http.get(f"{front.url}/move", headers=headers)).body == BODY
    (seen,) = remote.requests
    assert "s3cret" not in str(dict(seen.headers))
    assert seen.headers["Accept"] == "text/xml"
    assert seen.headers["User-Agent"].startswith("hotpapers/")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "javascript:alert(1)", "http://[::1/"])
async def test_a_redirect_out_of_the_web_is_refused(target: str) -> None:
    async with Remote(target) as remote, client() as http:
        with raises_saying(Refused, "no web address"):
            await http.get(f"{remote.url}/move")


async def test_redirects_in_circles_end(remote: Remote) -> None:
    async with client() as http:
        with raises_saying(Refused, "in circles"):
            await http.get(f"{remote.url}/circle")
    assert len(remote.requests) == 6


async def test_a_post_is_not_redirected(remote: Remote) -> None:
    async with client() as http:
        with raises_saying(Refused, "302"):
            await http.post(f"{remote.url}/move", json={"password": "s3cret"})
    assert len(remote.requests) == 1


async def test_what_was_remembered_is_not_sent_again(remote: Remote) -> None:
    async with client(validators=MemoryValidators()) as http:
        url = f"{remote.url}/feed"
        for _ in range(2):  # not remembered yet: perhaps it could not be stored
            response = await http.get(url, params={"q": "a"}, conditional=True)
            assert response.body == BODY
        await http.remember(response)
        again = await http.get(url, params={"q": "a"}, conditional=True)
        assert (again.status, again.body) == (304, b"")
        await http.remember(again)
        assert (await http.get(url, params={"q": "a"}, conditional=True)).status == 304
        assert (await http.get(url, params={"q": "b"}, conditional=True)).status == 200
        assert (await http.get(url, params={"q": "a"})).status == 200
    sent = remote.requests[2].headers
    assert sent["If-None-Match"] == '"a1"'
    assert sent["If-Modified-Since"] == "Thu, 24 Sep 2026 04:00:00 GMT"


async def read(http: Http, url: str, got: bytearray, max_bytes: int = 10_000) -> None:
    """``got`` has what came, also before an error."""
    async with http.stream(url, max_bytes=max_bytes) as chunks:
        async for chunk in chunks:
            got += chunk


async def test_a_stream_comes_in_parts(remote: Remote) -> None:
    async with client() as http, http.stream(f"{remote.url}/trickle?pause=0.02") as chunks:
        parts = [chunk async for chunk in chunks]
    assert parts == [b"one", b"two", b"three"]


async def test_a_stream_may_last_longer_than_its_timeout_but_not_be_silent(remote: Remote) -> None:
    async with client(seconds_per_try=0.3) as http:
        async with http.stream(f"{remote.url}/trickle?pause=0.15") as chunks:
            assert b"".join([chunk async for chunk in chunks]) == b"onetwothree"
        got = bytearray()
        with raises_saying(Unreachable, "in time"):
            await read(http, f"{remote.url}/trickle?pause=1", got)
    assert got == b"one"


async def test_a_stream_is_tried_again_until_it_begins(remote: Remote) -> None:
    remote.fail("/feed", answers(502), cut_off())
    got = bytearray()
    async with client() as http:
        with raises_saying(Malformed, "broke off"):
            await read(http, f"{remote.url}/feed", got)
        assert got == BODY[: len(BODY) // 2]
        async with http.stream(f"{remote.url}/feed", max_bytes=10_000) as chunks:
            assert b"".join([chunk async for chunk in chunks]) == BODY
    assert len(remote.requests) == 3


async def test_a_stream_over_the_limit_is_malformed(remote: Remote) -> None:
    async with client() as http:
        with raises_saying(Malformed, "more than 5 bytes"):
            await read(http, f"{remote.url}/trickle?pause=0.02", bytearray(), max_bytes=5)


async def test_leaving_a_stream_early_frees_the_gate(remote: Remote) -> None:
    async with client(arxiv=RateLimiter(0.0)) as http:
        async with http.stream(f"{remote.url}/trickle?pause=0.05", gate="arxiv") as chunks:
            async for chunk in chunks:
                assert chunk == b"one"
                break
        assert (await http.get(f"{remote.url}/feed", gate="arxiv")).body == BODY


async def test_an_error_of_the_reader_stays_what_it_is(remote: Remote) -> None:
    async with client() as http:
        with pytest.raises(TimeoutError, match="mine"):
            async with http.stream(f"{remote.url}/feed"):
                raise TimeoutError("mine")
    assert len(remote.requests) == 1


async def test_a_socket_opens_with_our_name(remote: Remote) -> None:
    url = remote.url.replace("http", "ws")
    async with client() as http:
        async with http.websocket(f"{url}/socket") as socket:
            message = await socket.receive()
            assert (message.type, message.data) == (
                WSMsgType.TEXT,
                "hotpapers/1.2.3 (+ops@example.org)",
            )
        assert http.requests.total == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [(answers(429), Throttled), (answers(404), Refused), (answers(502), Unreachable)],
)
async def test_a_socket_that_is_not_opened_has_the_same_errors(
    remote: Remote, fault: Fault, error: type[SourceError]
) -> None:
    remote.fail("/socket", fault)
    async with client() as http:
        with pytest.raises(error, match="answered"):
            async with http.websocket(f"{remote.url.replace('http', 'ws')}/socket"):
                pass


async def test_requests_are_counted_by_host_gate_day_and_block(
    remote: Remote, clock: ManualClock
) -> None:
    host = remote.url.removeprefix("http://")
    remote.fail("/feed", answers(500))
    gate = RateLimiter(0.0)
    async with client(clock, arxiv=gate) as http:
        with http.counting() as outer:
            await http.get(f"{remote.url}/feed", gate="arxiv")  # two tries
            with http.counting() as inner:
                await asyncio.gather(*(http.get(f"{remote.url}/feed") for _ in range(3)))
        clock.advance(timedelta(days=1))
        await http.get(f"{remote.url}/feed", gate="arxiv")
        assert (outer.requests, inner.requests) == (5, 3)
        assert http.requests.total == len(remote.requests) == 6
        assert http.requests.by_host == {host: 6}
        assert http.requests.by_gate == {"arxiv": 3}
        assert http.requests.of_day(NOW.date()) == {host: 5}
        assert http.requests.of_day(NOW.date() + timedelta(days=1)) == {host: 1}
        assert gate.requests(NOW.date() + timedelta(days=1)) == 1
