"""/privacy: what is stored about a member, as a file, and gone."""

import discord
from discord import app_commands
from discord.ext import commands

from bot import messages
from bot.app.client import HotpapersBot
from bot.messages.common import counted, listed
from cogs.follows import service
from cogs.follows.commands import document, stored_here
from cogs.shared.responses import Interaction, defer_private, edit_reply, services
from cogs.shared.views import remark, stored


class Privacy(commands.GroupCog, group_name="privacy", group_description=messages.menu.PRIVACY):
    @app_commands.command(name="show", description=messages.menu.PRIVACY_SHOW)
    async def show_(self, interaction: Interaction) -> None:
        await defer_private(interaction)
        await edit_reply(interaction, stored(await stored_here(interaction)))

    @app_commands.command(description=messages.menu.PRIVACY_EXPORT)
    async def export(self, interaction: Interaction) -> None:
        await defer_private(interaction)
        try:
            await interaction.user.send(file=await document(interaction))
        except discord.Forbidden:
            await interaction.edit_original_response(
                content="Your direct messages are closed to me, so here it is.",
                attachments=[await document(interaction)],
            )
        else:
            await edit_reply(interaction, remark("I have sent it to you as a direct message."))

    @app_commands.command(description=messages.menu.PRIVACY_DELETE)
    async def delete(self, interaction: Interaction) -> None:
        await defer_private(interaction)
        in_flight, drafts = interaction.client.in_flight, interaction.client.drafts
        gone = await service.erase(services(interaction), in_flight, drafts, interaction.user.id)
        await edit_reply(interaction, remark(_erased(**gone)))


def _erased(follows: int, messages: int, names: int) -> str:
    if not (follows or messages or names):
        return "There was nothing about you to erase."
    parts = [
        counted(follows, "thing that you followed", "things that you followed") if follows else "",
        f"my copies of {counted(messages, 'message')}" if messages else "",
        f"your name from {counted(names, 'digest')} of servers" if names else "",
    ]
    return (
        f"Erased: {listed([*filter(None, parts)])}. Messages that stand in Discord are yours to "
        "delete."
    )


async def setup(bot: HotpapersBot) -> None:
    await bot.add_cog(Privacy())
