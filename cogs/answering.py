"""How commands and buttons answer: acknowledge within Discord's three seconds, then show a card."""

from collections.abc import Sequence

import discord

from bot.app import phrases
from bot.app.client import HotpapersBot
from bot.app.services import Services
from bot.cards import Card
from bot.errors import InputError

Interaction = discord.Interaction[HotpapersBot]


def services(interaction: Interaction) -> Services:
    return interaction.client.services


async def think(interaction: Interaction) -> None:
    """Promise an answer that only who asked will see; ``show`` gives it."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def think_in_place(interaction: Interaction) -> None:
    """Promise to turn the private message whose button was pressed into something else.

    A public message stays as it is: the answer will be a new private one. ``show`` gives it.
    """
    if is_private(interaction):
        await interaction.response.defer()
    else:
        await think(interaction)


async def show(interaction: Interaction, first: Card, *others: Card) -> None:
    """Give the answer that was promised; further messages are as private as it is."""
    await interaction.edit_original_response(view=first)
    await also(interaction, others)


async def also(interaction: Interaction, cards: Sequence[Card]) -> None:
    """Further private messages after the answer."""
    for card in cards:
        await interaction.followup.send(view=card, ephemeral=True)


async def promise_to_share(interaction: Interaction) -> None:
    """Acknowledge without a trace; ``share`` posts in the channel.

    Raises InputError where the member may not send messages.
    """
    if not _may_send(interaction):
        raise InputError(phrases.NOT_YOURS_TO_SEND)
    await interaction.response.defer()


async def share(interaction: Interaction, card: Card) -> None:
    """Post in the channel, in the name of who pressed the button. Pings nobody."""
    await interaction.followup.send(view=card, allowed_mentions=discord.AllowedMentions.none())


def is_private(interaction: Interaction) -> bool:
    """Whether the button that was pressed stands on a message that one person sees."""
    return interaction.message is not None and interaction.message.flags.ephemeral


def _may_send(interaction: Interaction) -> bool:
    has = interaction.permissions
    if isinstance(interaction.channel, discord.Thread):
        return has.send_messages_in_threads
    return has.send_messages
