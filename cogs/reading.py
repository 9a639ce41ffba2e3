"""Looking things up: /hot, /why, /paper, /search, /help. Private answers that can be shared."""

import datetime

from discord import app_commands
from discord.app_commands import Range, Transform
from discord.ext import commands

from bot.app import asking
from bot.app.client import HotpapersBot
from bot.app.views import guide
from bot.cards import HotQuery
from bot.models import Period
from cogs.answering import Interaction, services, show, think
from cogs.options import CategoriesOption, DayOption, PaperOption, PeriodOption


class Reading(commands.Cog):
    @app_commands.command()
    async def hot(
        self,
        interaction: Interaction,
        date: Transform[datetime.date, DayOption] | None = None,
        period: Transform[Period, PeriodOption] = Period.DAY,
        category: Transform[tuple[str, ...], CategoriesOption] = (),
        top: Range[int, 1, 100] | None = None,
    ) -> None:
        """The papers that people talk about most

        Parameters
        ----------
        date:
            A listing day as you would say it: yesterday, last tue, 2021-03-30
        period:
            The day alone, or the week, month or year around it
        category:
            One or several, such as cs.CL, cs.IR or cond-mat.*
        top:
            At most so many papers
        """
        await think(interaction)
        day = date or await asking.default_day(services(interaction))
        query = HotQuery(day, period, category, top)
        card = await asking.hot(services(interaction), query, channel_id=interaction.channel_id)
        await show(interaction, card)

    @app_commands.command()
    async def why(self, interaction: Interaction, paper: Transform[str, PaperOption]) -> None:
        """How a paper's score comes about

        Parameters
        ----------
        paper:
            An arXiv id, or any link to the paper
        """
        await think(interaction)
        await show(interaction, await asking.why(services(interaction), paper))

    @app_commands.command()
    async def paper(self, interaction: Interaction, paper: Transform[str, PaperOption]) -> None:
        """One paper at a glance

        Parameters
        ----------
        paper:
            An arXiv id, or any link to the paper
        """
        await think(interaction)
        await show(interaction, await asking.paper(services(interaction), paper))

    @app_commands.command()
    async def search(self, interaction: Interaction, query: Range[str, 1, 300]) -> None:
        """Papers in the archive, by words, authors, categories and days

        Parameters
        ----------
        query:
            Such as: "state space" author:chen cat:cs.CL after:2021-03-01 -survey
        """
        await think(interaction)
        await show(interaction, await asking.search(services(interaction), query))

    @app_commands.command()
    async def help(self, interaction: Interaction) -> None:
        """What you can ask, and what admins can set up"""
        await interaction.response.send_message(view=guide(), ephemeral=True)


async def setup(bot: HotpapersBot) -> None:
    await bot.add_cog(Reading())
