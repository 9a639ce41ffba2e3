"""Pacing: within a process, between processes, after crashes."""

import asyncio
import itertools
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.errors import StoreError
from bot.http import RateLimiter
from tests.http.remote import BODY, Remote, client
from tests.services.base import Service, slow
from tests.words import raises_saying

CHECKOUT = Path(__file__).resolve().parents[2]

CHILD = """
import asyncio, sys
from pathlib import Path
from bot.clock import SystemClock
from bot.http import Http, RateLimiter

async def main(lock_file, url, what):
    gates = {"arxiv": RateLimiter(0.03, Path(lock_file))}
    http = Http(contact="", version="0", clock=SystemClock(), gates=gates)
    async with http:
        if what == "hold":
            async with http.stream(url + "/trickle?pause=30", gate="arxiv"):
                print("ready", flush=True)
                await asyncio.sleep(60)
        print("ready", flush=True)
        for _ in range(6):
            await http.get(url + "/feed?child=1", gate="arxiv")

asyncio.run(main(*sys.argv[1:]))
"""


class Child:
    """Another process with the same gate: it holds it, or asks six times."""

    def __init__(self, lock_file: Path, url: str, what: str) -> None:
        self._arguments = ("-c", CHILD, str(lock_file), url, what)

    async def __aenter__(self) -> "Child":
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._arguments,
            stdout=asyncio.subprocess.PIPE,
            cwd=CHECKOUT,
        )
        assert self._process.stdout is not None
        assert await self._process.stdout.readline() == b"ready\n"
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self.ended():
            self._process.kill()
        await self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ended(self) -> bool:
        return self._process.returncode is not None


def gaps(service: Service, path: str = "*") -> list[float]:
    times = [seen.at for seen in service.asked(path)]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


@pytest.mark.parametrize("shared", [False, True])
async def test_requests_keep_their_distance(remote: Remote, tmp_path: Path, shared: bool) -> None:
    gate = RateLimiter(0.1, tmp_path / "arxiv.gate" if shared else None)
    async with client(arxiv=gate) as http:
        await asyncio.gather(*(http.get(f"{remote.url}/feed", gate="arxiv") for _ in range(4)))
    assert remote.peak == 1
    assert len(gaps(remote)) == 3
    assert all(0.1 <= gap < 1 for gap in gaps(remote))


async def test_requests_without_a_gate_overlap(remote: Remote) -> None:
    remote.fail("/feed", slow(0.2).times(None))
    async with client() as http:
        await asyncio.gather(*(http.get(f"{remote.url}/feed") for _ in range(4)))
    assert remote.peak == 4


async def test_hosts_behind_a_gate_share_its_pace(remote: Remote) -> None:
    async with Remote() as other, client(arxiv=RateLimiter(0.1)) as http:
        await http.get(f"{remote.url}/feed", gate="arxiv")
        await http.get(f"{other.url}/feed", gate="arxiv")
    assert other.requests[0].at - remote.requests[0].at >= 0.1


async def test_pages_keep_a_longer_distance_and_let_feeds_pass(remote: Remote) -> None:
    async with client(arxiv=RateLimiter(0.05)) as http:
        await asyncio.gather(
            *(http.get(f"{remote.url}/trickle", gate="arxiv", spacing=0.5) for _ in range(2)),
            *(http.get(f"{remote.url}/feed", gate="arxiv") for _ in range(3)),
        )
    (between_pages,) = gaps(remote, "/trickle")
    assert between_pages >= 0.5
    assert all(gap >= 0.05 for gap in gaps(remote))
    assert remote.requests[-1].path == "/trickle"


async def test_two_clients_with_one_lock_file_are_one(remote: Remote, tmp_path: Path) -> None:
    gates = [RateLimiter(0.1, tmp_path / "arxiv.gate") for _ in range(2)]
    async with client(arxiv=gates[0]) as one, client(arxiv=gates[1]) as two:
        await asyncio.gather(
            *(http.get(f"{remote.url}/feed", gate="arxiv") for http in (one, two, one, two))
        )
    assert remote.peak == 1
    assert all(gap >= 0.1 for gap in gaps(remote))
    assert gates[0].requests(SystemClock().now().date()) in (4, 0)  # 0: midnight fell in between


async def test_the_pace_outlives_the_process(remote: Remote, tmp_path: Path) -> None:
    for _ in range(2):
        async with client(arxiv=RateLimiter(0.3, tmp_path / "arxiv.gate")) as http:
            await http.get(f"{remote.url}/feed", gate="arxiv")
    assert gaps(remote)[0] >= 0.3


@pytest.mark.parametrize("text", ["{", "null", '{"last": "x"}', "\0" * 50])
async def test_a_damaged_lock_file_counts_as_a_request_just_made(
    remote: Remote, tmp_path: Path, text: str
) -> None:
    lock_file = tmp_path / "arxiv.gate"
    lock_file.write_text(text)
    started = time.monotonic()
    async with client(arxiv=RateLimiter(0.1, lock_file)) as http, asyncio.timeout(3):
        await http.get(f"{remote.url}/feed", gate="arxiv")
        await http.get(f"{remote.url}/feed", gate="arxiv")
    assert remote.requests[0].at - started >= 0.1
    assert gaps(remote)[0] >= 0.1


async def test_a_lock_file_from_before_a_reboot_holds_nobody_up(
    remote: Remote, tmp_path: Path
) -> None:
    """Monotonic clocks start again with the machine."""
    lock_file = tmp_path / "arxiv.gate"
    lock_file.write_text('{"last": 1e12, "spaced": 1e12}')
    async with client(arxiv=RateLimiter(5, lock_file)) as http, asyncio.timeout(2):
        await http.get(f"{remote.url}/feed", gate="arxiv", spacing=9.0)


async def test_a_lock_file_that_cannot_be_written_is_named(remote: Remote, tmp_path: Path) -> None:
    async with client(arxiv=RateLimiter(0.0, tmp_path / "missing" / "arxiv.gate")) as http:
        with raises_saying(StoreError, r"arxiv\.gate.*cannot be used"):
            await http.get(f"{remote.url}/feed", gate="arxiv")
    assert remote.requests == []


@pytest.mark.rehearsal
async def test_the_event_loop_runs_on_while_another_process_holds_the_gate(
    remote: Remote, tmp_path: Path
) -> None:
    lock_file = tmp_path / "arxiv.gate"
    async with (
        Child(lock_file, remote.url, "hold"),
        client(arxiv=RateLimiter(0.0, lock_file)) as http,
    ):
        task = asyncio.create_task(http.get(f"{remote.url}/feed", gate="arxiv"))
        worst = 0.0
        for _ in range(30):
            before = time.monotonic()
            await asyncio.sleep(0.01)
            worst = max(worst, time.monotonic() - before)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert worst < 1


@pytest.mark.rehearsal
async def test_a_killed_process_leaves_the_gate_open(remote: Remote, tmp_path: Path) -> None:
    lock_file = tmp_path / "arxiv.gate"
    async with (
        client(arxiv=RateLimiter(0.0, lock_file)) as http,
        Child(lock_file, remote.url, "hold") as child,
    ):
        task = asyncio.create_task(http.get(f"{remote.url}/feed", gate="arxiv"))
        await asyncio.sleep(0.1)
        assert not task.done()
        os.kill(child.pid, signal.SIGKILL)
        async with asyncio.timeout(3):
            assert (await task).body == BODY


@pytest.mark.rehearsal
async def test_two_processes_share_the_pace_and_neither_starves(
    remote: Remote, tmp_path: Path
) -> None:
    """Each answer takes longer than the interval, so that the next request is due at once."""
    remote.fail("*", slow(0.035).times(None))
    lock_file = tmp_path / "arxiv.gate"
    async with (
        client(arxiv=RateLimiter(0.03, lock_file)) as http,
        Child(lock_file, remote.url, "ask") as child,
    ):
        while not child.ended():
            await http.get(f"{remote.url}/feed", gate="arxiv")
    order = "".join("c" if "child" in seen.query else "m" for seen in remote.requests)
    assert remote.peak == 1
    assert order.count("c") == 6
    # Turn and turn about, but for the moments in which one of them had no request at hand.
    assert "mmmmm" not in order.strip("m")
    assert "ccccc" not in order
    assert len(order) - len(order.lstrip("m")) <= 10
    assert all(gap >= 0.03 for gap in gaps(remote))
