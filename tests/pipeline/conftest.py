"""A loopback arXiv on a Wednesday at noon, the real client and an archive."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.http import Http, MemoryValidators, RateLimiter
from bot.store import Archive
from tests.pipeline.arxiv_services import CLOSURE, NOON, TUESDAY, WEDNESDAY
from tests.services.arxiv_world import World, invent
from tests.services.arxivd import ArxivD


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with await Archive.open(tmp_path / "archive.db") as opened:
        yield opened


@pytest.fixture
async def http(clock: ManualClock, tmp_path: Path) -> AsyncIterator[Http]:
    gate = RateLimiter(0.0, tmp_path / "gate", closure=CLOSURE, refusals=(b"Rate exceeded",))
    async with Http(
        contact="",
        version="0",
        clock=clock,
        seconds_per_try=30,
        tries=2,
        backoff=0.01,
        gates={"arxiv": gate},
        validators=MemoryValidators(),
    ) as client:
        yield client


@pytest.fixture
async def arxiv(clock: ManualClock) -> AsyncIterator[ArxivD]:
    async with ArxivD(World([*invent(9, WEDNESDAY), *invent(6, TUESDAY)]), clock) as service:
        yield service
