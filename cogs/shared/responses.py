"""How commands and buttons answer: acknowledge within Discord's three seconds, then show a card."""

import asyncio
from collections.abc import Awaitable, Sequence

import discord

from bot.app.client import HotpapersBot
from bot.cards import Card
from bot.container import Services
from bot.errors import InputError

Interaction = discord.Interaction[HotpapersBot]

# Discord waits three, of which the way there and back and those who asked before take some.
SOON_SECONDS = 0.7


def services(interaction: Interaction) -> Services:
    return interaction.client.services


def turn(interaction: Interaction) -> asyncio.Lock:
    """To be held while the archive is asked what the member wants to know."""
    return interaction.client.turns.of(interaction.user.id)


async def defer_private(interaction: Interaction) -> None:
    """Promise an answer that only who asked will see; ``show`` gives it."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def think_in_place(interaction: Interaction) -> None:
    """Promise to turn the private message whose button was pressed into something else.

    A public message stays as it is: the answer will be a new private one. ``show`` gives it.
    """
    if is_private(interaction):
        await interaction.response.defer()
    else:
        await defer_private(interaction)


async def edit_reply(interaction: Interaction, first: Card, *others: Card) -> None:
    """Give the answer that was promised; further messages are as private as it is."""
    await interaction.edit_original_response(view=first)
    await followup(interaction, others)


async def answer(
    interaction: Interaction, making: Awaitable[Card], *, in_place: bool = False
) -> None:
    """A private answer to a button, ``in_place`` of a private message that it stands on.

    Given at once where it is soon made: a promise would cost Discord and us a request as well,
    and when a whole server presses at once those are what takes the time.
    """
    made = asyncio.ensure_future(making)
    await asyncio.wait({made}, timeout=SOON_SECONDS)
    if not made.done():
        await (think_in_place(interaction) if in_place else defer_private(interaction))
        await edit_reply(interaction, await made)
    elif in_place and is_private(interaction):
        await interaction.response.edit_message(view=made.result())
    else:
        await interaction.response.send_message(view=made.result(), ephemeral=True)


async def followup(interaction: Interaction, cards: Sequence[Card]) -> None:
    """Further private messages after the answer."""
    for card in cards:
        await interaction.followup.send(view=card, ephemeral=True)


async def promise_to_share(interaction: Interaction) -> None:
    """Acknowledge without a trace; ``share`` posts in the channel.

    Raises InputError where ``may_share`` says no: that can have changed since the button was made.
    """
    if not may_share(interaction):
        raise InputError("You may not send messages in this channel, so I do not share it here.")
    await interaction.response.defer()


async def share(interaction: Interaction, card: Card) -> None:
    """Post in the channel, in the name of who pressed the button. Pings nobody."""
    await interaction.followup.send(view=card, allowed_mentions=discord.AllowedMentions.none())


def is_private(interaction: Interaction) -> bool:
    """Whether the button that was pressed stands on a message that one person sees."""
    return interaction.message is not None and interaction.message.flags.ephemeral


def may_share(interaction: Interaction) -> bool:
    """Whether an answer can be posted for all who read the channel, in the member's name.

    It needs the member's permissions, none of the bot's, and somebody else to read it.
    """
    if interaction.guild_id is None:
        return False
    has = interaction.permissions
    # What an app says that only its user installed, Discord shows to others by this leave only.
    is_theirs_alone = interaction.is_user_integration() and not interaction.is_guild_integration()
    if is_theirs_alone and not has.use_external_apps:
        return False
    if isinstance(interaction.channel, discord.Thread):
        return has.send_messages_in_threads
    return has.send_messages
