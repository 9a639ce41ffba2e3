"""Other settings on a past day, without changing anything."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from bot.config import Settings
from bot.models import Network
from bot.replay import replay
from bot.store import Archive, days, papers, posts, standings
from tests.make import DAY, NOW, listed, post

QUIET, LOUD, SCHOLARLY = "2103.00001", "2103.00002", "2103.00003"


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with await Archive.open(tmp_path / "a.db") as opened:
        await opened.write(days.open_day, DAY)
        await opened.write(papers.save, [listed(i) for i in (QUIET, LOUD, SCHOLARLY)], now=NOW)
        await opened.write(
            posts.save,
            [
                post("1", QUIET, reposts=20, likes=20),
                post("2", LOUD, reposts=60, likes=40),
                post("3", SCHOLARLY, network=Network.HACKERNEWS, reposts=0, likes=30),
            ],
        )
        yield opened


async def test_rates_and_bar_decide_who_enters_leaves_and_moves(archive: Archive) -> None:
    found = await replay(
        archive, Settings(), DAY, changed={Network.X: 0.5, Network.HACKERNEWS: 5}, bar=20
    )
    assert found is not None
    assert [(r.paper.arxiv_id, r.score) for r in found.before] == [(LOUD, 100), (SCHOLARLY, 75)]
    assert {c.paper.arxiv_id: (c.kind, c.rank_before, c.rank_after) for c in found.changes()} == {
        SCHOLARLY: ("moved", 2, 1),
        LOUD: ("moved", 1, 2),
        QUIET: ("entered", None, 3),
    }


async def test_nothing_is_stored(archive: Archive) -> None:
    await replay(archive, Settings(), DAY, changed={Network.X: 100})
    assert await archive.read(standings.between, DAY, DAY, at_least=0) == []


async def test_the_settings_in_force_change_nothing(archive: Archive) -> None:
    found = await replay(archive, Settings(), DAY, changed={})
    assert found is not None
    assert found.changes() == ()


async def test_a_day_that_is_not_there_cannot_be_replayed(archive: Archive) -> None:
    assert await replay(archive, Settings(), date(2021, 3, 29), changed={}) is None
