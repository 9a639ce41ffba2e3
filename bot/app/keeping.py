"""What must not be kept for ever: texts of posts, and what lost servers asked for."""

import logging
from datetime import timedelta

from bot import log
from bot.app.servers import forget_left
from bot.app.services import Services
from bot.store import posts

logger = logging.getLogger(__name__)


async def tidy(services: Services) -> None:
    """Drop what has been kept long enough. May be repeated at any time."""
    await forget_left(services)
    kept = timedelta(days=services.config.settings.archive.text_days)
    before = services.clock.now() - kept
    dropped = await services.archive.write(posts.expire_texts, posted_before=before)
    if dropped:
        log.event(logger, logging.INFO, "texts.dropped", posts=dropped)
