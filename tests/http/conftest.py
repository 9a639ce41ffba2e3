from collections.abc import AsyncIterator

import pytest

from bot.clock import ManualClock
from tests.http.remote import NOW, Remote


@pytest.fixture
async def remote() -> AsyncIterator[Remote]:
    async with Remote() as service:
        yield service


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)
