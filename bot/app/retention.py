"""What must not be kept for ever: texts of posts, and what lost servers asked for."""

import logging

from bot.app.guilds import forget_left
from bot.config import logs
from bot.container import Services
from bot.store import retention

logger = logging.getLogger(__name__)


async def purge_expired(services: Services) -> None:
    """Drop what has been kept long enough. May be repeated at any time."""
    await forget_left(services)
    dropped = await services.archive.write(
        retention.tidy,
        text_days=services.config.settings.archive.text_days,
        now=services.clock.now(),
    )
    if dropped.texts or dropped.reads:
        logs.event(logger, logging.INFO, "texts.dropped", posts=dropped.texts, notes=dropped.reads)
