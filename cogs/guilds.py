"""When a server takes the bot in, or lets it go."""

from datetime import time

import discord
from discord.ext import commands

from bot.app import guilds
from bot.app.client import HotpapersBot
from bot.cards import Card
from bot.delivery import needed_permissions, system_channel_of
from bot.models import Rule
from cogs.shared.views import welcome


def first_words(guild: discord.Guild) -> Card:
    """What the bot may do in the server, and how to begin."""
    any_digest = Rule(
        guild_id=guild.id, channel_id=0, categories=(), at=time(), zone="UTC", thread=True
    )
    return welcome(needed_permissions(guild.me.guild_permissions, None, any_digest))


class Guilds(commands.Cog):
    def __init__(self, bot: HotpapersBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Which servers there are, also after a time away. Comes again at every reconnection."""
        await guilds.note_present(self._bot.services, [guild.id for guild in self._bot.guilds])

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await guilds.note_present(self._bot.services, [present.id for present in self._bot.guilds])
        channel = system_channel_of(guild)
        if channel is not None:
            await channel.send(view=first_words(guild))

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await guilds.note_left(self._bot.services, guild.id)


async def setup(bot: HotpapersBot) -> None:
    await bot.add_cog(Guilds(bot))
