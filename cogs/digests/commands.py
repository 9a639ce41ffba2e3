"""/digest: what admins of a server set up. Seen and used by members with Manage Server only."""

import datetime
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Range, Transform
from discord.ext import commands

from bot import messages
from bot.app.client import HotpapersBot
from bot.delivery import needed_permissions, own_permissions
from bot.models import CatchUp, Layout, Rhythm, Rule
from bot.parsing import lists
from bot.parsing.lists import MAX_BAR, MAX_TOP
from bot.search.keywords import joined
from cogs.digests import buttons, service
from cogs.shared.permissions import channel_of, problems_of, require_manager
from cogs.shared.responses import Interaction, defer_private, edit_reply, services
from cogs.shared.rule_changes import change_rule
from cogs.shared.transformers import (
    CatchUpOption,
    CategoryChoiceOption,
    ChannelOption,
    DigestOption,
    HourOption,
    LayoutOption,
    PaperOption,
    Postable,
    RhythmOption,
    WordsOption,
    ZoneOption,
)
from cogs.shared.views import set_up_check

Bar = Range[float, 0, MAX_BAR]
Top = Range[int, 1, MAX_TOP]


@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
# The tree allows direct messages, and what a command does not forbid it inherits.
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
class Digests(commands.GroupCog, group_name="digest", group_description=messages.menu.DIGEST):
    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        require_manager(interaction)
        return True

    @app_commands.command(description=messages.menu.DIGEST_ADD)
    @app_commands.describe(**messages.menu.RULE_OPTIONS)
    async def add(
        self,
        interaction: Interaction,
        channel: Transform[Postable, ChannelOption],
        categories: Transform[lists.Categories, CategoryChoiceOption],
        hour: Transform[datetime.time, HourOption],
        zone: Transform[str, ZoneOption],
        days: Transform[Rhythm, RhythmOption] = Rhythm.MAILING,
        top: Top = 10,
        bar: Bar | None = None,
        layout: Transform[Layout, LayoutOption] = Layout.COMPACT,
        cross_lists: bool = True,
        keywords: Transform[tuple[str, ...], WordsOption] = (),
        exclusions: Transform[tuple[str, ...], WordsOption] = (),
        thread: bool = False,
        quiet_lines: bool = True,
        catch_up: Transform[CatchUp, CatchUpOption] = CatchUp.MERGE,
    ) -> None:
        rule = Rule(
            guild_id=channel.guild.id,
            channel_id=channel.id,
            categories=categories.wanted,
            at=hour,
            zone=zone,
            rhythm=days,
            top=top,
            bar=bar,
            layout=layout,
            cross_lists=cross_lists,
            keywords=keywords,
            exclusions=joined(exclusions, categories.exclusions),
            thread=thread,
            quiet_lines=quiet_lines,
            catch_up=catch_up,
            created_by=interaction.user.id,
        )
        with interaction.client.in_flight.of(interaction.user.id) as request:
            await defer_private(interaction)
            if await _can_post(interaction, channel, rule):
                rule = await service.add(services(interaction), rule, request)
                await _show(interaction, rule)

    @app_commands.command(description=messages.menu.DIGEST_EDIT)
    @app_commands.describe(**messages.menu.WHICH_DIGEST, **messages.menu.RULE_OPTIONS)
    async def edit(
        self,
        interaction: Interaction,
        digest: Transform[int, DigestOption] | None = None,
        channel: Transform[Postable, ChannelOption] | None = None,
        categories: Transform[lists.Categories, CategoryChoiceOption] | None = None,
        hour: Transform[datetime.time, HourOption] | None = None,
        zone: Transform[str, ZoneOption] | None = None,
        days: Transform[Rhythm, RhythmOption] | None = None,
        top: Top | None = None,
        bar: Bar | None = None,
        layout: Transform[Layout, LayoutOption] | None = None,
        cross_lists: bool | None = None,
        keywords: Transform[tuple[str, ...], WordsOption] | None = None,
        exclusions: Transform[tuple[str, ...], WordsOption] | None = None,
        thread: bool | None = None,
        quiet_lines: bool | None = None,
        catch_up: Transform[CatchUp, CatchUpOption] | None = None,
    ) -> None:
        await defer_private(interaction)
        wanted: dict[str, Any] = {
            "channel_id": channel and channel.id,
            "categories": categories and categories.wanted,
            "at": hour,
            "zone": zone,
            "rhythm": days,
            "top": top,
            "bar": bar,
            "layout": layout,
            "cross_lists": cross_lists,
            "keywords": keywords,
            "exclusions": exclusions,
            "thread": thread,
            "quiet_lines": quiet_lines,
            "catch_up": catch_up,
        }
        before = await _digest(interaction, digest)
        if categories and categories.without:
            kept = before.exclusions if exclusions is None else exclusions
            wanted["exclusions"] = joined(kept, categories.exclusions)
        changes = {name: value for name, value in wanted.items() if value is not None}
        rule = replace(before, **changes)
        asks_more = rule.channel_id != before.channel_id or rule.thread > before.thread
        if not asks_more or await _can_post(interaction, channel_of(interaction, rule), rule):
            await _show(interaction, await change_rule(services(interaction), before, **changes))

    @app_commands.command(name="list", description=messages.menu.DIGEST_LIST)
    async def list_(self, interaction: Interaction) -> None:
        await defer_private(interaction)
        await edit_reply(
            interaction, await service.rule_list(services(interaction), _guild(interaction))
        )

    @app_commands.command(description=messages.menu.DIGEST_REMOVE)
    @app_commands.describe(**messages.menu.WHICH_DIGEST)
    async def remove(
        self, interaction: Interaction, digest: Transform[int, DigestOption] | None = None
    ) -> None:
        await defer_private(interaction)
        rule = await _digest(interaction, digest)
        await edit_reply(interaction, await service.delete(services(interaction), rule))

    @app_commands.command(description=messages.menu.DIGEST_PREVIEW)
    @app_commands.describe(**messages.menu.WHICH_DIGEST)
    async def preview(
        self, interaction: Interaction, digest: Transform[int, DigestOption] | None = None
    ) -> None:
        await defer_private(interaction)
        rule = await _digest(interaction, digest)
        await edit_reply(interaction, *await service.preview_cards(services(interaction), rule))

    @app_commands.command(description=messages.menu.DIGEST_TEST)
    @app_commands.describe(**messages.menu.WHICH_DIGEST)
    async def test(
        self, interaction: Interaction, digest: Transform[int, DigestOption] | None = None
    ) -> None:
        await defer_private(interaction)
        rule = await _digest(interaction, digest)
        await edit_reply(interaction, *await buttons.test_cards(interaction, rule))

    @app_commands.command(description=messages.menu.DIGEST_WHY)
    @app_commands.describe(**messages.menu.DIGEST_WHY_OPTIONS)
    async def why(
        self,
        interaction: Interaction,
        paper: Transform[str, PaperOption],
        channel: Transform[Postable, ChannelOption] | None = None,
    ) -> None:
        await defer_private(interaction)
        where = channel.id if channel else None
        await edit_reply(
            interaction,
            await service.why(services(interaction), _guild(interaction), where, paper),
        )


async def _digest(interaction: Interaction, number: int | None) -> Rule:
    return await service.find_live(services(interaction), _guild(interaction), number)


async def _can_post(interaction: Interaction, channel: Postable | None, rule: Rule) -> bool:
    """Whether the bot has all that the rule needs in its channel; if not, says what is missing."""
    if channel is None:
        return True  # it is gone; the card of the rule says so
    service.require_sense(rule, in_thread=isinstance(channel, discord.Thread))
    has = own_permissions(channel)
    if has is None:
        return True  # Discord's answer to the first digest tells
    needed = needed_permissions(has, channel, rule)
    if all(needed.values()):
        return True
    await edit_reply(interaction, set_up_check(channel.id, interaction.application_id, needed))
    return False


async def _show(interaction: Interaction, rule: Rule) -> None:
    problems = problems_of(interaction, rule)
    card = await service.rule_card(services(interaction), rule, problems, rehearsed=True)
    await edit_reply(interaction, card)


def _guild(interaction: Interaction) -> int:
    if interaction.guild_id is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild_id


async def setup(bot: HotpapersBot) -> None:
    await bot.add_cog(Digests())
