"""/status: how the bot is doing. For admins of a server, and for who runs the bot."""

from discord import app_commands
from discord.ext import commands

from bot import messages
from bot.app.client import HotpapersBot
from cogs.shared.permissions import require_manager
from cogs.shared.responses import Interaction, defer_private, edit_reply, services
from cogs.shared.status_card import status


class Status(commands.Cog):
    @app_commands.command(name="status", description=messages.menu.STATUS)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    # The tree allows direct messages, and what a command does not forbid it inherits.
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    async def status(self, interaction: Interaction) -> None:
        bot = interaction.client
        await defer_private(interaction)
        is_owner = await bot.is_owner(interaction.user)
        if not is_owner:
            require_manager(interaction)
        guild = None if is_owner else interaction.guild_id

        def server_name(guild_id: int) -> str:
            known = bot.get_guild(guild_id)
            return known.name if known else str(guild_id)

        card = await status(services(interaction), guild, server_name, bot.discord_clock.check())
        await edit_reply(interaction, card)


async def setup(bot: HotpapersBot) -> None:
    await bot.add_cog(Status())
