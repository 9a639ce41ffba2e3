"""A world of one archive on disk, its clock at the slot of Tuesday's listing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import ManualClock
from bot.store import Archive
from tests.delivery.fake import FakePostbox, World
from tests.factories import NOW


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with await Archive.open(tmp_path / "archive.db") as archive:
        yield World(archive, ManualClock(NOW), FakePostbox())
