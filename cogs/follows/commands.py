"""/follow and /following: a member's own messages. Nobody else sees what somebody follows."""

import datetime
import io
import json
from dataclasses import replace

import discord
from discord import app_commands
from discord.app_commands import Range, Transform
from discord.ext import commands

from bot import messages
from bot.app.client import HotpapersBot
from bot.app.in_flight import InFlightRequest
from bot.cards.actions import FollowAction, FollowsPage, FollowVerb
from bot.parsing import lists
from bot.problems import Code, Problem
from cogs.follows import service
from cogs.follows.service import Followed, Stored
from cogs.shared.dispatch import button_for, sibling_actions
from cogs.shared.responses import Interaction, defer_private, edit_reply, services, think_in_place
from cogs.shared.transformers import (
    CategoryChoiceOption,
    FollowOption,
    HourOption,
    WordsOption,
    ZoneOption,
)


class Following(commands.Cog):
    @app_commands.command(description=messages.menu.FOLLOW)
    @app_commands.describe(**messages.menu.FOLLOW_OPTIONS)
    async def follow(
        self,
        interaction: Interaction,
        category: Transform[lists.Categories, CategoryChoiceOption] | None = None,
        author: Range[str, 1, 100] = "",
        keyword: Range[str, 1, 200] = "",
        search: Range[str, 1, 300] = "",
        exclude: Transform[tuple[str, ...], WordsOption] = (),
        hour: Transform[datetime.time, HourOption] | None = None,
        zone: Transform[str, ZoneOption] | None = None,
    ) -> None:
        with interaction.client.in_flight.of(interaction.user.id) as request:
            await defer_private(interaction)
            categories = category or lists.Categories(())
            query = lists.follow_query(
                category=categories.wanted,
                author=author,
                keyword=keyword,
                search=search,
                exclude=(*exclude, *categories.exclusions),
            )
            dm = await interaction.user.create_dm()
            new = await service.follow(
                services(interaction),
                interaction.user.id,
                query,
                request,
                channel_id=dm.id,
                at=hour,
                zone=zone,
            )
            new, note = await _send_example(interaction, dm, new, request)
            card = await service.followed_card(services(interaction), new, note)
            await edit_reply(interaction, card)


async def _send_example(
    interaction: Interaction, dm: discord.DMChannel, new: Followed, request: InFlightRequest
) -> tuple[Followed, str]:
    """Shows that messages arrive, and notes when they cannot."""
    try:
        for card in service.example(new):
            request.require()
            await dm.send(view=card)
    except discord.Forbidden:
        reason: Problem | None = Problem(Code.DIRECT_MESSAGES_CLOSED)
        note = (
            "**I could not send you a direct message.** Allow them in this server's "
            "privacy settings, then `/following resume`. What you follow is kept."
        )
    else:
        reason, note = None, "-# I have sent you a direct message, so that you see how they come."
    return await _suspended(interaction, new, reason, request), note


async def _suspended(
    interaction: Interaction, new: Followed, reason: Problem | None, request: InFlightRequest
) -> Followed:
    request.require()
    if new.rule.suspended == reason:
        return new
    return replace(new, rule=await service.suspend(services(interaction), new.rule, reason))


class Follows(commands.GroupCog, group_name="following", group_description=messages.menu.FOLLOWING):
    @app_commands.command(name="list", description=messages.menu.FOLLOWING_LIST)
    async def list_(self, interaction: Interaction) -> None:
        await defer_private(interaction)
        await edit_reply(
            interaction,
            await service.follow_list(services(interaction), interaction.user.id),
        )

    @app_commands.command(description=messages.menu.FOLLOWING_PAUSE)
    async def pause(self, interaction: Interaction) -> None:
        await _go(interaction, paused=True)

    @app_commands.command(description=messages.menu.FOLLOWING_RESUME)
    async def resume(self, interaction: Interaction) -> None:
        await _go(interaction, paused=False)

    @app_commands.command(description=messages.menu.FOLLOWING_HOUR)
    @app_commands.describe(**messages.menu.FOLLOWING_HOUR_OPTIONS)
    async def hour(
        self,
        interaction: Interaction,
        hour: Transform[datetime.time, HourOption],
        zone: Transform[str, ZoneOption] | None = None,
    ) -> None:
        await defer_private(interaction)
        card = await service.set_hour(services(interaction), interaction.user.id, hour, zone)
        await edit_reply(interaction, card)

    @app_commands.command(description=messages.menu.FOLLOWING_STOP)
    @app_commands.describe(**messages.menu.FOLLOWING_STOP_OPTIONS)
    async def stop(self, interaction: Interaction, what: Transform[int, FollowOption]) -> None:
        await defer_private(interaction)
        followed = await service.find(services(interaction), interaction.user.id, what)
        await edit_reply(interaction, await service.stop(services(interaction), followed))

    @app_commands.command(description=messages.menu.FOLLOWING_EXPORT)
    async def export(self, interaction: Interaction) -> None:
        await defer_private(interaction)
        await interaction.edit_original_response(attachments=[await document(interaction)])


async def _go(interaction: Interaction, *, paused: bool) -> None:
    await defer_private(interaction)
    card = await service.set_going(services(interaction), interaction.user.id, paused=paused)
    await edit_reply(interaction, card)


async def stored_here(interaction: Interaction) -> Stored:
    """All that is stored about the member, in the archive and in memory."""
    drafts = interaction.client.drafts
    return await service.stored_about(services(interaction), drafts, interaction.user.id)


async def document(interaction: Interaction) -> discord.File:
    """All that is stored about the member, as JSON."""
    member = interaction.user.id
    kept = await stored_here(interaction)
    now = services(interaction).clock.now()
    text = json.dumps(service.as_document(kept, member, now), indent=2, ensure_ascii=False)
    return discord.File(io.BytesIO(text.encode()), "hotpapers-about-me.json")


# --- buttons ------------------------------------------------------------------------------------


async def show_follows(interaction: Interaction, pressed: FollowsPage) -> None:
    await think_in_place(interaction)
    member = interaction.user.id
    await edit_reply(
        interaction, await service.follow_list(services(interaction), member, pressed.page)
    )


async def act(interaction: Interaction, pressed: FollowAction) -> None:
    """In a list the list stays; elsewhere the answer takes the place of a private message."""
    await think_in_place(interaction)
    followed = await service.find(services(interaction), interaction.user.id, pressed.follow_id)
    match pressed.verb:
        case FollowVerb.PAUSE | FollowVerb.RESUME:
            paused = pressed.verb is FollowVerb.PAUSE
            card = await service.pause(services(interaction), followed, paused=paused)
            await edit_reply(interaction, card)
        case FollowVerb.RESTORE:
            card = await service.stop(services(interaction), followed, stopped=False)
            await edit_reply(interaction, card)
        case FollowVerb.STOP:
            gone = await service.stop(services(interaction), followed)
            if _is_list(interaction, pressed):
                member = interaction.user.id
                left = await service.follow_list(services(interaction), member)
                await edit_reply(interaction, left, gone)
            else:
                await edit_reply(interaction, gone)


def _is_list(interaction: Interaction, pressed: FollowAction) -> bool:
    return any(
        isinstance(sibling, FollowsPage)
        or (isinstance(sibling, FollowAction) and sibling.follow_id != pressed.follow_id)
        for sibling in sibling_actions(interaction)
    )


BUTTONS = (button_for(FollowAction, act), button_for(FollowsPage, show_follows))


async def setup(bot: HotpapersBot) -> None:
    await bot.add_cog(Following())
    await bot.add_cog(Follows())
