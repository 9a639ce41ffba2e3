"""Posts and rates -> the standings of a day, kept in the archive."""

import asyncio
import logging
from datetime import date

from bot.config import Settings, logs
from bot.ranking.scoring import rank, rates
from bot.store import Archive, papers, posts, standings

logger = logging.getLogger(__name__)


async def refresh(archive: Archive, settings: Settings, day: date) -> None:
    """Score the papers of ``day`` again from the newest counts. Same input, same standings."""
    listed = await archive.read(papers.of_day, day)
    found = await archive.read(posts.of_day, day)
    logs.event(logger, logging.INFO, "rank.begun", day=day, papers=len(listed), posts=len(found))
    ranked = await asyncio.to_thread(
        rank,
        [item.paper for item in listed if item.announcement.is_announcement],
        found,
        rates(settings.sources),
        split_links=settings.ranking.split_links,
        count_bots=settings.ranking.count_bots,
    )
    await archive.write(standings.save, day, ranked)


async def above_bar(archive: Archive, settings: Settings, day: date) -> int:
    return await archive.read(standings.count, day, min_score=settings.ranking.bar)
