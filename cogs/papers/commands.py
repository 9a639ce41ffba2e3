"""Looking things up: /hot, /why, /paper, /search, /help. Private answers that can be shared."""

from functools import partial

from discord import app_commands
from discord.app_commands import Range, Transform
from discord.ext import commands

from bot import messages
from bot.app.client import HotpapersBot
from bot.cards.custom_ids import MAX_TOP
from bot.config.validation import LARGEST
from bot.models import Era, Period, RankingQuery
from bot.parsing import TypedDate
from cogs.papers import answers, lookup
from cogs.shared.responses import Interaction, defer_private, edit_reply, may_share, services, turn
from cogs.shared.transformers import (
    CategoriesOption,
    DayOption,
    EraOption,
    PaperOption,
    PeriodOption,
)
from cogs.shared.views import guide

# What only reads works in every conversation of who installed the bot for themselves.
BY_ANYBODY = app_commands.AppInstallationType(guild=True, user=True)
EVERYWHERE = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
everywhere = app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
by_anybody = app_commands.allowed_installs(guilds=True, users=True)


class Reading(commands.Cog):
    @everywhere
    @by_anybody
    @app_commands.command(description=messages.menu.HOT)
    @app_commands.describe(**messages.menu.HOT_OPTIONS)
    async def hot(
        self,
        interaction: Interaction,
        date: Transform[TypedDate, DayOption] | None = None,
        period: Transform[Period, PeriodOption] | None = None,
        category: Transform[tuple[str, ...], CategoriesOption] = (),
        top: Range[int, 1, MAX_TOP] | None = None,
        counts: Transform[Era, EraOption] | None = None,
        min_score: Range[float, 0, LARGEST] | None = None,
    ) -> None:
        await defer_private(interaction)
        async with turn(interaction):
            typed = date or TypedDate(None)
            day = typed.day or await answers.default_day(services(interaction))
            span = period or typed.period or Period.DAY
            card = await answers.hot(
                services(interaction),
                RankingQuery(day, span, category, top, counts, min_score),
                shareable=may_share(interaction),
                channel_id=interaction.channel_id,
            )
        await edit_reply(interaction, card)

    @everywhere
    @by_anybody
    @app_commands.command(description=messages.menu.WHY)
    @app_commands.describe(**messages.menu.PAPER_OPTIONS)
    async def why(self, interaction: Interaction, paper: Transform[str, PaperOption]) -> None:
        await defer_private(interaction)
        make = partial(answers.why, services(interaction), paper, shareable=may_share(interaction))
        await lookup.show_paper(interaction, paper, make)

    @everywhere
    @by_anybody
    @app_commands.command(description=messages.menu.PAPER)
    @app_commands.describe(**messages.menu.PAPER_OPTIONS)
    async def paper(self, interaction: Interaction, paper: Transform[str, PaperOption]) -> None:
        await defer_private(interaction)
        make = partial(
            answers.paper, services(interaction), paper, shareable=may_share(interaction)
        )
        await lookup.show_paper(interaction, paper, make)

    @everywhere
    @by_anybody
    @app_commands.command(description=messages.menu.SEARCH)
    @app_commands.describe(**messages.menu.SEARCH_OPTIONS)
    async def search(self, interaction: Interaction, query: Range[str, 1, 300]) -> None:
        await defer_private(interaction)
        shareable = may_share(interaction)
        async with turn(interaction):
            card = await answers.search(services(interaction), query, shareable=shareable)
        await edit_reply(interaction, card)

    @everywhere
    @by_anybody
    @app_commands.command(description=messages.menu.HELP)
    async def help(self, interaction: Interaction) -> None:
        await interaction.response.send_message(view=guide(), ephemeral=True)


async def setup(bot: HotpapersBot) -> None:
    await bot.add_cog(Reading())
