"""The buttons under papers and rankings, and the one place where every button arrives."""

from collections.abc import Awaitable, Callable, Hashable
from functools import partial

import discord
from discord.ext import commands

from bot.app.client import HotpapersBot
from bot.cards import Card
from bot.cards.actions import Abstract, AsPosted, HotPage, PaperCard, SearchPage, Share, Why
from cogs.digests import buttons, modal
from cogs.follows import commands as follow_commands
from cogs.papers import answers, lookup
from cogs.shared.dispatch import button_for, dispatch_button
from cogs.shared.responses import (
    Interaction,
    answer,
    defer_private,
    edit_reply,
    may_share,
    promise_to_share,
    services,
    share,
    think_in_place,
    turn,
)


async def show_abstract(interaction: Interaction, pressed: Abstract) -> None:
    ask = partial(answers.abstract, services(interaction), pressed.arxiv_id)
    await answer(interaction, _together(interaction, pressed, ask))


async def show_paper(interaction: Interaction, pressed: PaperCard) -> None:
    await think_in_place(interaction)
    shareable = may_share(interaction)
    make = partial(answers.paper, services(interaction), pressed.arxiv_id, shareable=shareable)
    await lookup.show_paper(interaction, pressed.arxiv_id, make)


async def show_why(interaction: Interaction, pressed: Why) -> None:
    shareable = may_share(interaction)
    ask = partial(answers.why, services(interaction), pressed.arxiv_id, shareable=shareable)
    await answer(interaction, _together(interaction, (pressed, shareable), ask))


async def show_hot(interaction: Interaction, pressed: HotPage) -> None:
    here, shareable = interaction.channel_id, may_share(interaction)
    ask = partial(
        answers.hot,
        services(interaction),
        pressed.query,
        page=pressed.page,
        shareable=shareable,
        channel_id=here,
    )
    question = (pressed, here, shareable)
    await answer(interaction, _together(interaction, question, ask), in_place=True)


async def show_search(interaction: Interaction, pressed: SearchPage) -> None:
    shareable = may_share(interaction)
    ask = partial(
        answers.search,
        services(interaction),
        pressed.query,
        page=pressed.page,
        shareable=shareable,
    )
    await answer(interaction, _together(interaction, (pressed, shareable), ask), in_place=True)


async def show_as_posted(interaction: Interaction, pressed: AsPosted) -> None:
    await defer_private(interaction)
    cards = await answers.as_posted(services(interaction), pressed.edition, interaction.guild_id)
    await edit_reply(interaction, *cards)


def _together(
    interaction: Interaction, question: Hashable, ask: Callable[[], Awaitable[Card]]
) -> Awaitable[Card]:
    """The readers of a digest press in the same moments; what they ask is looked up once."""

    async def ask_in_turn() -> Card:
        async with turn(interaction):
            return await ask()

    return interaction.client.single_flight.run(question, ask_in_turn)


async def share_answer(interaction: Interaction, pressed: Share) -> None:
    await promise_to_share(interaction)
    async with turn(interaction):
        match pressed.action:
            case HotPage(query, page):
                card = await answers.hot(services(interaction), query, page=page, shared=True)
            case SearchPage(words, page):
                card = await answers.search(services(interaction), words, page=page, shared=True)
            case PaperCard(arxiv_id):
                card = await answers.paper(services(interaction), arxiv_id, shareable=False)
            case Why(arxiv_id):
                card = await answers.why(services(interaction), arxiv_id, shareable=False)
    await share(interaction, card)


BUTTONS = (
    button_for(Abstract, show_abstract),
    button_for(PaperCard, show_paper),
    button_for(Why, show_why),
    button_for(HotPage, show_hot),
    button_for(SearchPage, show_search),
    button_for(AsPosted, show_as_posted),
    button_for(Share, share_answer),
    *buttons.BUTTONS,
    *follow_commands.BUTTONS,
)


class Buttons(commands.Cog):
    """What comes back from messages: every button, and the forms that they open."""

    def __init__(self) -> None:
        self._buttons = {button.kind: button for button in BUTTONS}

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        match interaction.type:
            case discord.InteractionType.component:
                await dispatch_button(interaction, self._buttons)
            case discord.InteractionType.modal_submit:
                await modal.answer(interaction)


async def setup(bot: HotpapersBot) -> None:
    await bot.add_cog(Buttons())
