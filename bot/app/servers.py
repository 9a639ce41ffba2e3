"""Coming into a server and leaving it: a first word, and what is kept for how long."""

import logging
from collections.abc import Collection
from datetime import time, timedelta

import discord
from sqlite_utils import Database

from bot import log
from bot.app.services import Services
from bot.app.views import welcome
from bot.cards import Card
from bot.delivery import needed_permissions
from bot.models import Rule
from bot.store import rules, servers

logger = logging.getLogger(__name__)

# A server that removed the bot by mistake finds its digests again within this time.
KEPT = timedelta(days=30)


def first_words(guild: discord.Guild) -> Card:
    """What the bot may do in the server, and how to begin."""
    any_digest = Rule(
        guild_id=guild.id, channel_id=0, categories=(), at=time(), zone="UTC", thread=True
    )
    return welcome(needed_permissions(guild.me.guild_permissions, None, any_digest))


async def note_present(services: Services, guild_ids: Collection[int]) -> None:
    """The bot is in exactly these servers; others that have rules removed it."""
    now = services.clock.now()

    def note(db: Database) -> None:
        servers.note_present(db, guild_ids)
        # Members' own digests are of no server, which is written as 0.
        for guild_id in set(rules.guilds(db).values()) - {0, *guild_ids}:
            servers.note_left(db, guild_id, now=now)

    await services.archive.write(note)


async def note_left(services: Services, guild_id: int) -> None:
    await services.archive.write(servers.note_left, guild_id, now=services.clock.now())


async def forget_left(services: Services) -> None:
    """Erase what servers asked for that have been without the bot for KEPT."""
    before = services.clock.now() - KEPT
    for guild_id in await services.archive.read(servers.left_before, before):
        erased = await services.archive.write(servers.erase, guild_id, left_before=before)
        if erased is not None:
            log.event(logger, logging.INFO, "server.forgotten", guild=guild_id, rules=erased)
