"""Servers that the bot is in or has left, and how long what they asked for is kept."""

import logging
from collections.abc import Collection
from datetime import timedelta

from sqlite_utils import Database

from bot.config import logs
from bot.container import Services
from bot.store import guilds, rules

logger = logging.getLogger(__name__)

# A server that removed the bot by mistake finds its digests again within this time.
KEPT = timedelta(days=30)


async def note_present(services: Services, guild_ids: Collection[int]) -> None:
    """The bot is in exactly these servers; others that have rules removed it."""
    now = services.clock.now()

    def note(db: Database) -> None:
        guilds.note_present(db, guild_ids)
        # Members' own digests are of no server, which is written as 0.
        for guild_id in set(rules.guilds(db).values()) - {0, *guild_ids}:
            guilds.note_left(db, guild_id, now=now)

    await services.archive.write(note)


async def note_left(services: Services, guild_id: int) -> None:
    await services.archive.write(guilds.note_left, guild_id, now=services.clock.now())


async def forget_left(services: Services) -> None:
    """Erase what servers asked for that have been without the bot for KEPT."""
    before = services.clock.now() - KEPT
    for guild_id in await services.archive.read(guilds.left_before, before):
        erased = await services.archive.write(guilds.erase, guild_id, left_before=before)
        if erased is not None:
            logs.event(logger, logging.INFO, "server.forgotten", guild=guild_id, rules=erased)
