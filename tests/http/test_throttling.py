"""Retry-After, and the closing of hosts that ask us to wait."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from bot.clock import ManualClock, SystemClock
from bot.errors import Throttled
from bot.http import Http, RateLimiter
from tests.http.remote import BODY, NOW, Remote, client
from tests.services.base import answers, rate_exceeded
from tests.words import raises_saying


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "120"}, 120),
        ({"retry_after": format_datetime(NOW + timedelta(minutes=7), usegmt=True)}, 420),
        ({"x_rate_limit_reset": str(int(NOW.timestamp()) + 900)}, 900),
        ({"x_ratelimit_reset": "2026-09-24T04:15:00.000Z"}, 300),
        ({"ratelimit_reset": str(int(NOW.timestamp()) + 90)}, 90),
        ({"ratelimit": '"api";r=0;t=215'}, 215),
        ({"retry_after": "9" * 40}, 86_400),
        ({"retry_after": "9" * 5000}, 86_400),  # int() refuses so many digits
        ({"ratelimit": f'"api";r=0;t={"9" * 5000}'}, 86_400),
        ({"retry_after": "Mon, 29 Mar 99999999999999999999 15:27:17 GMT"}, 120),
        ({}, 120),
        ({"retry_after": "soon"}, 120),
        ({"retry_after": "-5"}, 120),
        ({"retry_after": format_datetime(NOW - timedelta(days=1), usegmt=True)}, 120),
        ({"x_rate_limit_reset": "1e400"}, 120),
    ],
)
async def test_the_time_that_a_service_names_is_told(
    remote: Remote, clock: ManualClock, headers: dict[str, str], seconds: int
) -> None:
    """Without a usable one it is two minutes."""
    remote.fail("/feed", answers(429, "", **headers))
    async with client(clock) as http:
        with pytest.raises(Throttled) as caught:
            await http.get(f"{remote.url}/feed")
    assert caught.value.retry_at == NOW + timedelta(seconds=seconds)


async def test_a_short_retry_after_is_slept_through(remote: Remote) -> None:
    remote.fail("/feed", answers(429, retry_after="1"))
    async with client() as http:
        assert (await http.get(f"{remote.url}/feed")).body == BODY
    first, second = (seen.at for seen in remote.requests)
    assert second - first >= 1


async def test_others_are_held_off_while_one_sleeps(remote: Remote) -> None:
    reset = SystemClock().now().timestamp() + 0.6
    remote.fail("/feed", answers(429, x_rate_limit_reset=str(reset)))
    async with client() as http:
        patient = asyncio.create_task(http.get(f"{remote.url}/feed"))
        await asyncio.sleep(0.2)
        with raises_saying(Throttled, "asks us to wait"):
            await http.get(f"{remote.url}/feed")
        assert (await patient).body == BODY
    assert len(remote.requests) == 2


async def test_who_sleeps_obeys_a_longer_closure_that_came_meanwhile(
    remote: Remote, tmp_path: Path
) -> None:
    clock, host = SystemClock(), remote.url.removeprefix("http://")
    lock_file = tmp_path / "arxiv.gate"
    reset = clock.now().timestamp() + 0.4
    remote.fail("/feed", answers(429, x_rate_limit_reset=str(reset)))
    async with client(arxiv=RateLimiter(0.0, lock_file)) as http:
        patient = asyncio.create_task(http.get(f"{remote.url}/feed", gate="arxiv"))
        await asyncio.sleep(0.2)
        until = RateLimiter(0.0, lock_file).close(
            host, clock.now() + timedelta(hours=1), clock.now()
        )
        with pytest.raises(Throttled) as caught:
            await patient
    assert caught.value.retry_at == until
    assert len(remote.requests) == 1


async def test_a_closed_host_is_not_asked_and_others_are(
    remote: Remote, clock: ManualClock
) -> None:
    remote.fail("/feed", answers(406))
    async with Remote() as other, client(clock, arxiv=RateLimiter(0.0)) as http:
        for _ in range(2):
            with pytest.raises(Throttled) as caught:
                await http.get(f"{remote.url}/feed", gate="arxiv")
            assert caught.value.retry_at == NOW + timedelta(minutes=2)
        assert (await http.get(f"{other.url}/feed", gate="arxiv")).body == BODY
        assert len(remote.requests) == 1
        clock.advance(timedelta(minutes=2))
        assert (await http.get(f"{remote.url}/feed", gate="arxiv")).body == BODY


async def test_the_back_off_doubles_up_to_an_hour_survives_a_restart_and_ends_with_success(
    remote: Remote, clock: ManualClock, tmp_path: Path
) -> None:
    async def ask() -> float | None:
        """Minutes that the host is closed for, by a client that knows only the file."""
        async with client(clock, arxiv=RateLimiter(0.0, tmp_path / "arxiv.gate")) as http:
            try:
                await http.get(f"{remote.url}/feed", gate="arxiv")
            except Throttled as error:
                retry_at = error.retry_at or clock.now()
                closed = retry_at - clock.now()
                clock.move_to(retry_at)
                return closed.total_seconds() / 60
            return None

    remote.fail("/feed", answers(429).times(7))
    assert [await ask() for _ in range(8)] == [2, 4, 8, 16, 32, 60, 60, None]
    remote.fail("/feed", answers(429))
    assert await ask() == 2


async def test_a_host_that_names_short_times_again_and_again_is_not_believed(
    remote: Remote, clock: ManualClock
) -> None:
    remote.fail("/feed", answers(429, retry_after="40").times(2))
    async with client(clock) as http:
        waits = []
        for _ in range(2):
            with pytest.raises(Throttled) as caught:
                await http.get(f"{remote.url}/feed")
            assert caught.value.retry_at is not None
            waits.append((caught.value.retry_at - clock.now()).total_seconds())
            clock.move_to(caught.value.retry_at)
    assert waits == [40, 240]


async def fetch(http: Http, url: str, gate: str) -> None:
    await http.get(url, gate=gate)


async def stream(http: Http, url: str, gate: str) -> None:
    async with http.stream(url, gate=gate):
        pass


@pytest.mark.parametrize("ask", [fetch, stream])
async def test_a_refusal_in_a_body_with_status_200_is_a_throttle(
    remote: Remote, clock: ManualClock, ask: Callable[[Http, str, str], Awaitable[None]]
) -> None:
    remote.fail("/feed", rate_exceeded().times(2))
    gate = RateLimiter(0.0, refusals=(b"Rate exceeded",))
    async with client(clock, arxiv=gate) as http:
        for minutes in (2, 4):
            with raises_saying(Throttled, "slow down") as caught:
                await ask(http, f"{remote.url}/feed", "arxiv")
            assert caught.value.retry_at == clock.now() + timedelta(minutes=minutes)
            clock.move_to(caught.value.retry_at)


async def test_doors_on_one_host_close_apart(remote: Remote, clock: ManualClock) -> None:
    """As on a mirror that serves all of arXiv under one address."""
    remote.fail("/feed", answers(406))
    async with client(clock, arxiv=RateLimiter(0.0)) as http:
        for _ in range(2):
            with pytest.raises(Throttled):
                await http.get(f"{remote.url}/feed", gate="arxiv", door="feed")
        response = await http.get(f"{remote.url}/feed", gate="arxiv", door="listing")
        assert response.body == BODY
    assert len(remote.requests) == 2


async def test_a_closure_is_as_long_as_the_gate_says(remote: Remote, clock: ManualClock) -> None:
    remote.fail("/feed", answers(429).times(None))
    async with client(clock, arxiv=RateLimiter(0.0, closure=timedelta(seconds=1))) as http:
        waits = []
        for _ in range(7):
            with pytest.raises(Throttled) as caught:
                await http.get(f"{remote.url}/feed", gate="arxiv")
            assert caught.value.retry_at is not None
            waits.append((caught.value.retry_at - clock.now()).total_seconds())
            clock.move_to(caught.value.retry_at)
    assert waits == [1, 2, 4, 8, 16, 30, 30]


async def test_a_named_but_unknown_gate_closes_apart(remote: Remote, clock: ManualClock) -> None:
    """X limits each endpoint on its own."""
    remote.fail("/feed", answers(429))
    async with client(clock) as http:
        with pytest.raises(Throttled):
            await http.get(f"{remote.url}/feed", gate="x.counts")
        assert (await http.get(f"{remote.url}/feed", gate="x.search")).body == BODY
