"""The buttons under papers and rankings."""

from bot.app import asking
from bot.app.client import HotpapersBot
from bot.cards.custom_ids import (
    Abstract,
    AsPosted,
    HotPage,
    SearchPage,
    ShareHot,
    SharePaper,
    ShareSearch,
    ShareWhy,
    Why,
)
from cogs.answering import (
    Interaction,
    promise_to_share,
    services,
    share,
    show,
    think,
    think_in_place,
)
from cogs.pressing import UnknownButton, button_for


async def show_abstract(interaction: Interaction, pressed: Abstract) -> None:
    await think(interaction)
    await show(interaction, await asking.abstract(services(interaction), pressed.arxiv_id))


async def show_why(interaction: Interaction, pressed: Why) -> None:
    await think(interaction)
    await show(interaction, await asking.why(services(interaction), pressed.arxiv_id))


async def show_hot(interaction: Interaction, pressed: HotPage) -> None:
    await think_in_place(interaction)
    card = await asking.hot(
        services(interaction),
        pressed.query,
        page=pressed.page,
        channel_id=interaction.channel_id,
    )
    await show(interaction, card)


async def show_search(interaction: Interaction, pressed: SearchPage) -> None:
    await think_in_place(interaction)
    card = await asking.search(services(interaction), pressed.query, page=pressed.page)
    await show(interaction, card)


async def show_as_posted(interaction: Interaction, pressed: AsPosted) -> None:
    await think(interaction)
    found = await asking.as_posted(services(interaction), pressed.edition, interaction.guild_id)
    await show(interaction, *found)


async def share_hot(interaction: Interaction, pressed: ShareHot) -> None:
    await promise_to_share(interaction)
    card = await asking.hot(services(interaction), pressed.query, page=pressed.page, shared=True)
    await share(interaction, card)


async def share_search(interaction: Interaction, pressed: ShareSearch) -> None:
    await promise_to_share(interaction)
    card = await asking.search(services(interaction), pressed.query, page=pressed.page, shared=True)
    await share(interaction, card)


async def share_paper(interaction: Interaction, pressed: SharePaper) -> None:
    await promise_to_share(interaction)
    await share(
        interaction, await asking.paper(services(interaction), pressed.arxiv_id, shared=True)
    )


async def share_why(interaction: Interaction, pressed: ShareWhy) -> None:
    await promise_to_share(interaction)
    await share(interaction, await asking.why(services(interaction), pressed.arxiv_id, shared=True))


BUTTONS = (
    UnknownButton,
    button_for(Abstract, show_abstract),
    button_for(Why, show_why),
    button_for(HotPage, show_hot),
    button_for(SearchPage, show_search),
    button_for(AsPosted, show_as_posted),
    button_for(ShareHot, share_hot),
    button_for(ShareSearch, share_search),
    button_for(SharePaper, share_paper),
    button_for(ShareWhy, share_why),
)


async def setup(bot: HotpapersBot) -> None:
    bot.add_dynamic_items(*BUTTONS)


async def teardown(bot: HotpapersBot) -> None:
    bot.remove_dynamic_items(*BUTTONS)
