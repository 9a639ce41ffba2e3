"""What the tests of the sources share: a clock that stands still, the real client, an X."""

from collections.abc import AsyncIterator

import pytest

from bot.clock import ManualClock
from bot.http import Http
from tests.services.xd import XD
from tests.sources.helpers import NOW


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def http(clock: ManualClock) -> AsyncIterator[Http]:
    async with Http(
        contact="test@example.org", version="0", clock=clock, seconds_per_try=60, tries=2, backoff=0
    ) as client:
        yield client


@pytest.fixture
async def xd(clock: ManualClock) -> AsyncIterator[XD]:
    async with XD(clock=clock) as double:
        yield double
