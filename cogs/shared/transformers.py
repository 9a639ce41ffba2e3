"""What people type into options, as types: each reads its text and completes it while one types.

Reading raises InputError. Completing answers in time or with nothing, and never raises.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import time
from typing import Any, ClassVar, TypeAlias

import aiohttp
import discord
from discord import app_commands

from bot import messages, parsing
from bot.app.client import HotpapersBot
from bot.app.error_handler import cause_of
from bot.arxiv import ids
from bot.config import logs
from bot.errors import InputError
from bot.messages.translation import N_, language_of
from bot.models import CatchUp, Era, Layout, Period, Rhythm
from bot.parsing import lists
from bot.parsing.times import parse_hour
from bot.parsing.zones import find_zone
from bot.search.keywords import read_keywords
from cogs.shared import autocomplete as completion
from cogs.shared.responses import Interaction, services

logger = logging.getLogger(__name__)

# Discord waits three seconds, a person who types much less.
COMPLETE_SECONDS = 0.3
_MAX_LENGTH = 300  # characters; more are refused by Discord, but only when they are sent

# Our values are texts; the library's lists are of every kind of value.
AnyChoice: TypeAlias = app_commands.Choice[str | int | float]


class _Completing(app_commands.Transformer[HotpapersBot]):
    """An option whose choices are looked up while somebody types."""

    @property
    def max_value(self) -> int:
        return _MAX_LENGTH

    async def autocomplete(
        self, interaction: Interaction, value: str | int | float, /
    ) -> list[AnyChoice]:
        text = str(value)
        if len(text) > _MAX_LENGTH:
            return []
        try:
            async with asyncio.timeout(COMPLETE_SECONDS):
                choices = await self.complete(interaction, text)
        except Exception as error:  # the edge: a choice that fails is no reason for an alarm
            logs.event(
                logger, logging.WARNING, "autocomplete.failed", error=cause_of(error),
                option=type(self).__name__, guild=interaction.guild_id,
            )  # fmt: skip
            return []
        return [app_commands.Choice(name=name, value=value) for name, value in choices]

    async def complete(self, interaction: Interaction, text: str) -> list[completion.Choice]:
        raise NotImplementedError


class DayOption(_Completing):
    async def transform(self, interaction: Interaction, value: str, /) -> parsing.TypedDate:
        today = services(interaction).clock.now().date()
        language = language_of(interaction.locale.value)
        # In a thread: the first date in another language loads the names of its months.
        return await asyncio.to_thread(parsing.parse_span, value, today, language)

    async def complete(self, interaction: Interaction, text: str) -> list[completion.Choice]:
        language = language_of(interaction.locale.value)
        return await completion.day_choices(services(interaction), text, language)


class CategoriesOption(_Completing):
    """One or several, separated by commas or spaces, as canonical patterns."""

    async def transform(self, interaction: Interaction, value: str, /) -> tuple[str, ...]:
        categories = lists.categories(value)
        if not categories and not any(letter.isalnum() or letter == "*" for letter in value):
            raise InputError(messages.input_errors.NO_CATEGORY_NAMED)
        return categories

    async def complete(self, interaction: Interaction, text: str) -> list[completion.Choice]:
        return completion.category_choices(services(interaction), text)


class CategoryChoiceOption(_Completing):
    """As ``CategoriesOption``, and with a hyphen before it what is to be left out."""

    async def transform(self, interaction: Interaction, value: str, /) -> lists.Categories:
        categories = lists.category_choice(value)
        if categories == ((), ()) and not any(
            letter.isalnum() or letter == "*" for letter in value
        ):
            raise InputError(messages.input_errors.NO_CATEGORY_NAMED)
        return categories

    async def complete(self, interaction: Interaction, text: str) -> list[completion.Choice]:
        return completion.category_choices(services(interaction), text)


class PaperOption(_Completing):
    """An id or any link to a paper, as its canonical id."""

    async def transform(self, interaction: Interaction, value: str, /) -> str:
        return ids.normalise(value)

    async def complete(self, interaction: Interaction, text: str) -> list[completion.Choice]:
        return await completion.paper_choices(services(interaction), text)


class HourOption(_Completing):
    async def transform(self, interaction: Interaction, value: str, /) -> time:
        return parse_hour(value)

    async def complete(self, interaction: Interaction, text: str) -> list[completion.Choice]:
        return completion.hour_choices(text)


class ZoneOption(_Completing):
    async def transform(self, interaction: Interaction, value: str, /) -> str:
        # In a thread: the first name of a city loads the tables of names.
        return await asyncio.to_thread(find_zone, value)

    async def complete(self, interaction: Interaction, text: str) -> list[completion.Choice]:
        now = services(interaction).clock.now()
        return await asyncio.to_thread(completion.zone_choices, text, now)


class DigestOption(_Completing):
    """One of the server's digests, by its number."""

    async def transform(self, interaction: Interaction, value: str, /) -> int:
        return lists.digest_number(value)

    async def complete(self, interaction: Interaction, text: str) -> list[completion.Choice]:
        guild = interaction.guild
        if guild is None or not interaction.permissions.manage_guild:
            return []
        names = {channel.id: channel.name for channel in (*guild.channels, *guild.threads)}
        return await completion.digest_choices(services(interaction), guild.id, names, text)


class FollowOption(_Completing):
    """Something that the member follows, by its number."""

    async def transform(self, interaction: Interaction, value: str, /) -> int:
        return lists.follow_number(value)

    async def complete(self, interaction: Interaction, text: str) -> list[completion.Choice]:
        return await completion.follow_choices(services(interaction), interaction.user.id, text)


Postable = discord.TextChannel | discord.Thread


class ChannelOption(app_commands.Transformer[HotpapersBot]):
    """A channel or thread that takes messages, as the bot itself sees it."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        kind = discord.ChannelType
        return [kind.text, kind.news, kind.public_thread, kind.private_thread, kind.news_thread]

    async def transform(
        self,
        interaction: Interaction,
        value: app_commands.AppCommandChannel | app_commands.AppCommandThread,
        /,
    ) -> Postable:
        guild, channel = interaction.guild, None
        if guild is not None:
            try:
                channel = await interaction.client.guild_cache.channel(guild, value.id)
            except (discord.HTTPException, aiohttp.ClientError, OSError):
                raise InputError(
                    f"Discord did not tell me what I may do in #{value.name}. Nothing was changed. "
                    "Send the command again."
                ) from None
        if not isinstance(channel, Postable):
            raise InputError(
                f"I cannot see #{value.name}. Allow me View Channel there, and send the "
                "command again."
            )
        return channel


class WordsOption(app_commands.Transformer[HotpapersBot]):
    """Keywords, separated by commas; a phrase in quotes may hold one."""

    @property
    def max_value(self) -> int:
        return _MAX_LENGTH

    async def transform(self, interaction: Interaction, value: str, /) -> tuple[str, ...]:
        return read_keywords(value)


class _Chosen(app_commands.Transformer[HotpapersBot]):
    """One of a few named values."""

    NAMES: ClassVar[Mapping[Any, str]]

    @property
    def choices(self) -> list[AnyChoice]:
        return [app_commands.Choice(name=name, value=value) for value, name in self.NAMES.items()]


class PeriodOption(_Chosen):
    NAMES: ClassVar[Mapping[Any, str]] = {
        Period.DAY: N_("Day"),
        Period.WEEK: N_("Week"),
        Period.MONTH: N_("Month"),
        Period.YEAR: N_("Year"),
        Period.ALL: N_("All time"),
    }

    async def transform(self, interaction: Interaction, value: str, /) -> Period:
        return Period(value)


class EraOption(_Chosen):
    NAMES: ClassVar[Mapping[Any, str]] = {
        Era.HOTPAPERS: N_("This bot's"),
        Era.BLOG_ORIGINAL_POSTS: N_("The old blog's, original posts only"),
        Era.BLOG_REPOSTS_ADDED: N_("The old blog's, with reposts added"),
    }

    async def transform(self, interaction: Interaction, value: str, /) -> Era:
        return Era(value)


class RhythmOption(_Chosen):
    NAMES: ClassVar[Mapping[Any, str]] = {
        Rhythm.MAILING: N_("Every mailing"),
        Rhythm.WEEKDAYS: N_("Monday to Friday"),
        Rhythm.WEEKLY: N_("Weekly, on Mondays"),
        Rhythm.MONTHLY: N_("Monthly, on the 1st"),
    }

    async def transform(self, interaction: Interaction, value: str, /) -> Rhythm:
        return Rhythm(value)


class LayoutOption(_Chosen):
    NAMES: ClassVar[Mapping[Any, str]] = {
        Layout.COMPACT: N_("Compact: about five papers a message"),
        Layout.FULL: N_("Full: a box for each paper, with more posts"),
    }

    async def transform(self, interaction: Interaction, value: str, /) -> Layout:
        return Layout(value)


class CatchUpOption(_Chosen):
    NAMES: ClassVar[Mapping[Any, str]] = {
        CatchUp.MERGE: N_("One digest for all missed days"),
        CatchUp.EACH: N_("A digest for each missed day"),
        CatchUp.SKIP: N_("Nothing for missed days"),
    }

    async def transform(self, interaction: Interaction, value: str, /) -> CatchUp:
        return CatchUp(value)
