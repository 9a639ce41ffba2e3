"""When a server takes the bot in, or lets it go."""

import discord
from discord.ext import commands

from bot.app import servers
from bot.app.client import HotpapersBot
from bot.delivery import desk_of


class Servers(commands.Cog):
    def __init__(self, bot: HotpapersBot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Which servers there are, also after a time away. Comes again at every reconnection."""
        await servers.note_present(self._bot.services, [guild.id for guild in self._bot.guilds])

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await servers.note_present(self._bot.services, [each.id for each in self._bot.guilds])
        channel = desk_of(guild)
        if channel is not None:
            await channel.send(view=servers.first_words(guild))

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await servers.note_left(self._bot.services, guild.id)


async def setup(bot: HotpapersBot) -> None:
    await bot.add_cog(Servers(bot))
