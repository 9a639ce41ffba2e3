"""What must not be kept for ever: texts of posts, and what lost servers asked for."""

import logging

from bot import log
from bot.app.servers import forget_left
from bot.app.services import Services
from bot.store import housekeeping

logger = logging.getLogger(__name__)


async def tidy(services: Services) -> None:
    """Drop what has been kept long enough. May be repeated at any time."""
    await forget_left(services)
    dropped = await services.archive.write(
        housekeeping.tidy,
        text_days=services.config.settings.archive.text_days,
        now=services.clock.now(),
    )
    if dropped.texts or dropped.reads:
        log.event(logger, logging.INFO, "texts.dropped", posts=dropped.texts, notes=dropped.reads)
