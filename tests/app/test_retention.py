"""What the running bot forgets by itself, and what it keeps."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from bot.app.client import HotpapersBot
from bot.app.scheduler import Schedule
from bot.clock import ManualClock
from bot.config import Config, Secrets, Settings
from bot.container import Services, services
from bot.models import Network
from bot.store import Archive, api_usage, posts
from tests import factories
from tests.polling import until

NOW = datetime(2021, 3, 31, 6, 0, tzinfo=UTC)
PAPER = "2103.15691"


async def texts(archive: Archive) -> dict[str, str | None]:
    return {post.post_id: post.text for post in await archive.read(posts.of_paper, PAPER)}


async def run_tidy(opened: Services, left: dict[str, str | None]) -> None:
    """The bot's own job, started by the scheduler, until the texts are as they should be."""
    async with HotpapersBot(opened, run_jobs=False) as bot:
        schedule = Schedule(tuple(job for job in bot.schedule.jobs if job.name == "tidy"))
        schedule.start()

        async def is_done() -> bool:
            return await texts(opened.archive) == left

        await until(is_done, 10)
        await schedule.stop(5)


@pytest.mark.parametrize("days", [30, 7])
async def test_texts_of_posts_expire_and_their_ids_and_counts_stay(
    tmp_path: Path, days: int
) -> None:
    settings = Settings()
    kept = msgspec.structs.replace(settings.archive, text_days=days)
    config = Config(
        msgspec.structs.replace(settings, archive=kept), Secrets(), tmp_path / "hotpapers.db"
    )
    clock = ManualClock(NOW)
    young, old = NOW - timedelta(days=days - 1), NOW - timedelta(days=days + 1)
    async with services(config, clock) as opened:
        archive = opened.archive
        found = [
            factories.post("1", PAPER, posted_at=old, text="an old word", likes=7),
            factories.post("2", PAPER, posted_at=young, text="a new word", likes=3),
        ]
        await archive.write(posts.save, found)
        await archive.write(api_usage.note, "x", ["1", "2"], now=NOW)
        await run_tidy(opened, {"1": None, "2": "a new word"})
        clock.move_to(NOW + timedelta(days=70))
        await run_tidy(opened, {"1": None, "2": None})
        left = await archive.read(posts.of_paper, PAPER)
        assert {(p.post_id, p.likes, p.url) for p in left} == {
            (p.post_id, p.likes, p.url) for p in found
        }
        assert await archive.read(posts.history, Network.X, "1") == [
            (found[0].counted_at, found[0].reposts, 7)
        ]
        assert await archive.read(api_usage.read_today, "x", now=NOW) == 0
