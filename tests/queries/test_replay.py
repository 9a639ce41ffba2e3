"""Other settings on a past day, without changing anything."""

import asyncio
import json
import math
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.root import root
from bot.config import Settings
from bot.errors import HotpapersError, InputError
from bot.models import Era, Network
from bot.queries.replay import replay
from bot.store import Archive, days, papers, posts, standings
from tests.factories import DAY, NOW, listed, post
from tests.words import raises_saying

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
    assert await archive.read(standings.between, DAY, DAY, min_score=0) == []


async def test_the_settings_in_force_change_nothing(archive: Archive) -> None:
    found = await replay(archive, Settings(), DAY, changed={})
    assert found is not None
    assert found.changes() == ()


async def test_both_bars_and_the_rates_that_differ_are_told(archive: Archive) -> None:
    changed = {Network.X: 1.0, Network.HACKERNEWS: 5.0}
    found = await replay(archive, Settings(), DAY, changed=changed, bar=20)
    assert found is not None
    assert list(found.bars) == [50, 20]
    assert found.rates == {Network.HACKERNEWS: (2.5, 5.0)}


async def test_a_day_of_the_old_blog_has_no_posts_to_score(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "b.db") as opened:
        await opened.write(days.open_day, DAY, Era.BLOG_REPOSTS_ADDED)
        with raises_saying(HotpapersError, "printed sums and no posts"):
            await replay(opened, Settings(), DAY, changed={})


async def test_a_day_that_is_not_there_cannot_be_replayed(archive: Archive) -> None:
    assert await replay(archive, Settings(), date(2021, 3, 29), changed={}) is None


@pytest.mark.parametrize("number", [math.inf, math.nan, -1.0, 1e308])
async def test_a_rate_or_bar_out_of_range_is_refused(archive: Archive, number: float) -> None:
    with raises_saying(InputError, "The bar must be a number from 0 to 1000000, not"):
        await replay(archive, Settings(), DAY, changed={}, bar=number)
    with raises_saying(InputError, "The rate of x must be a number from 0 to 1000000, not"):
        await replay(archive, Settings(), DAY, changed={Network.X: number})


class TestCommand:
    """``hotpapers rank`` as it is called."""

    def asked(self, folder: Path, *arguments: str) -> tuple[int, str]:
        config = folder / "config.toml"
        config.write_text('[archive]\npath = "a.db"\n', encoding="utf-8")
        done = CliRunner().invoke(root, ["--config", str(config), "rank", *arguments])
        return done.exit_code, done.output

    async def test_a_diff_begins_with_what_is_compared(
        self, archive: Archive, tmp_path: Path
    ) -> None:
        arguments = ["--date", "2021-03-30", "--rate", "hackernews=5", "--bar", "20", "--diff"]
        code, said = await asyncio.to_thread(self.asked, tmp_path, *arguments)
        assert code == 0
        first, second, *changes = said.splitlines()
        assert first == (
            "Tuesday 30 March 2021 with Hacker News at a rate of 5, not 2.5 and a bar of 20, not 50"
        )
        assert second == "3 papers would reach the bar, 2 do. Nothing is changed."
        assert [line.split()[0] for line in changes] == ["moved", "moved", "entered"]
        code, said = await asyncio.to_thread(self.asked, tmp_path, *arguments, "--json")
        document = json.loads(said)
        assert (document["bar"], document["rates"]) == ([50, 20], {"hackernews": [2.5, 5]})
        assert (document["above_bar"], len(document["changes"])) == ([2, 3], 3)

    async def test_a_day_without_a_listing_is_answered_as_hot_does(
        self, archive: Archive, tmp_path: Path
    ) -> None:
        sunday = ("--date", "2021-03-28", "--diff")
        code, said = await asyncio.to_thread(self.asked, tmp_path, *sunday)
        assert (code, said) == (0, "arXiv had no listing on 2021-03-28: Sunday.\n")
        code, said = await asyncio.to_thread(self.asked, tmp_path, *sunday, "--json")
        assert json.loads(said)["no_listing"] == "Sunday"
        missing = await asyncio.to_thread(self.asked, tmp_path, "--date", "2021-03-29", "--diff")
        assert missing[0] == 1
