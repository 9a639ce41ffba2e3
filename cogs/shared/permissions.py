"""Who may manage digests, and what the bot may do in their channels."""

from typing import Any

import discord
from discord import app_commands

from bot.delivery import DiscordTransport
from bot.messages.problems import render
from bot.models import Rule
from cogs.shared.responses import Interaction
from cogs.shared.transformers import Postable


def require_manager(interaction: discord.Interaction[Any]) -> None:
    """Raises NoPrivateMessage or MissingPermissions."""
    if interaction.guild_id is None:
        raise app_commands.NoPrivateMessage
    if not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])


def channel_of(interaction: Interaction, rule: Rule) -> Postable | None:
    channel = interaction.guild and interaction.guild.get_channel_or_thread(rule.channel_id)
    return channel if isinstance(channel, Postable) else None


def problems_of(interaction: Interaction, rule: Rule) -> list[str]:
    """What keeps the rule's messages from arriving, from the cache."""
    problem = DiscordTransport(interaction.client).problem(rule)
    return [render(problem)] if problem else []
