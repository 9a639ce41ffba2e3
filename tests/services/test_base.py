"""The server under all doubles: its log, and each way in which it can go wrong."""

import asyncio
import time
from collections.abc import Iterable
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web

from tests.services.base import (
    Fault,
    Service,
    answers,
    cut_off,
    drops,
    garbage,
    html,
    in_thread,
    not_acceptable,
    rate_exceeded,
    slow,
    truncated,
)


class Echo(Service):
    def routes(self) -> Iterable[web.RouteDef]:
        return [web.get("/{name}", self._echo)]

    async def _echo(self, request: web.Request) -> web.Response:
        await asyncio.sleep(0.01)
        return web.json_response({"path": request.path})


async def test_requests_are_remembered_with_their_outcome(session: aiohttp.ClientSession) -> None:
    async with Echo() as echo:
        await asyncio.gather(
            *(session.get(f"{echo.url}/a?n={n}", headers={"X-N": str(n)}) for n in range(3))
        )
        await session.get(f"{echo.url}/b/c")
    assert echo.peak == 3
    assert {seen.query["n"] for seen in echo.asked("/a")} == {"0", "1", "2"}
    assert [seen.status for seen in echo.requests] == [200, 200, 200, 404]
    assert echo.requests[0].headers["x-n"] in {"0", "1", "2"}


async def test_faults_come_in_order_and_run_out(session: aiohttp.ClientSession) -> None:
    async with Echo() as echo:
        echo.fail("/a", answers(429, retry_after="7").times(2), not_acceptable().after(1))
        got = [await session.get(f"{echo.url}/a") for _ in range(5)]
    assert [r.status for r in got] == [429, 429, 200, 406, 200]
    assert got[0].headers["Retry-After"] == "7"
    assert await got[3].read() == b""
    assert "Retry-After" not in got[3].headers


async def test_a_fault_can_wait_for_a_path_and_a_query(session: aiohttp.ClientSession) -> None:
    async with Echo() as echo:
        echo.fail("/a*", answers(503).on(page="2").times(None))
        pages = [("/a", "1"), ("/ab", "2"), ("/b", "2"), ("/a", "2")]
        got = [(await session.get(f"{echo.url}{path}?page={page}")).status for path, page in pages]
        echo.heal()
        healed = await session.get(f"{echo.url}/a?page=2")
    assert got == [200, 503, 200, 503]
    assert healed.status == 200


async def test_bodies_that_are_not_what_was_promised(session: aiohttp.ClientSession) -> None:
    async with Echo() as echo:
        echo.fail("/a", html(), garbage(), rate_exceeded(), truncated(0.5))
        page, noise, limit, half = [await session.get(f"{echo.url}/a") for _ in range(4)]
        assert {r.status for r in (page, noise, limit, half)} == {200}
        assert (await page.text()).startswith("<!DOCTYPE html>")
        assert await limit.text() == "Rate exceeded."
        assert await half.read() == b'{"path"'
        with pytest.raises(UnicodeDecodeError):
            (await noise.read()).decode()


@pytest.mark.parametrize("fault", [drops(), cut_off(0.5)], ids=["drops", "cut_off"])
async def test_connections_that_break(session: aiohttp.ClientSession, fault: Fault) -> None:
    async with Echo() as echo:
        echo.fail("/a", fault)
        with pytest.raises(aiohttp.ClientError):
            await _read(session, f"{echo.url}/a")
        assert b"path" in await _read(session, f"{echo.url}/a")


async def _read(session: aiohttp.ClientSession, url: str) -> bytes:
    async with session.get(url) as answer:
        return await answer.read()


async def test_a_slow_answer_is_still_the_answer(session: aiohttp.ClientSession) -> None:
    async with Echo() as echo:
        echo.fail("/a", slow(0.1))
        start = time.monotonic()
        answer = await session.get(f"{echo.url}/a")
    assert answer.status == 200
    assert time.monotonic() - start >= 0.1


def test_services_run_beside_code_that_is_not_async() -> None:
    first, second = Echo(), Echo()
    with in_thread(first, second):
        for service in (first, second):
            with closing(HTTPConnection(urlsplit(service.url).netloc, timeout=10)) as asking:
                asking.request("GET", "/a")
                assert asking.getresponse().status == 200
    assert len(first.requests) == len(second.requests) == 1
