"""A paper for a member: from the archive, or looked up at arXiv while the member waits."""

from collections.abc import Awaitable, Callable, Sequence

from bot import cards
from bot.cards import Card
from bot.errors import InputError
from bot.models import LookupState
from bot.pipeline.paper_lookup import Queued
from cogs.shared.responses import Interaction, edit_reply, services, turn

# Discord lets an answer be changed for fifteen minutes.
PATIENCE = 14 * 60.0
# So soon an answer needs no "looking it up" before it.
SOON = 1.0


async def request(interaction: Interaction, arxiv_ids: Sequence[str]) -> list[Queued]:
    """Ask arXiv for those of the papers that have to be asked for; what is to be waited for.

    Raises InputError when arXiv is asked for more than it would answer today.
    """
    lookup = services(interaction).paper_lookup
    queued = []
    for arxiv_id in arxiv_ids:
        if await lookup.state(arxiv_id) in (LookupState.FOUND, LookupState.UNKNOWN):
            continue
        place = await lookup.request(arxiv_id)
        if place is None:
            raise InputError(
                f"{arxiv_id} is not in the archive, and more papers than arXiv lets me look up in "
                "two hours are waited for already. Ask again later."
            )
        queued.append(place)
    return queued


async def show_paper(
    interaction: Interaction, arxiv_id: str, make: Callable[[], Awaitable[Card]]
) -> None:
    """The card that ``make`` makes of a paper, in place of the answer that was promised.

    ``make`` raises InputError for a paper that arXiv does not know.
    """
    lookup = services(interaction).paper_lookup
    queued = await request(interaction, [arxiv_id])
    if queued and not await lookup.wait(arxiv_id, SOON):
        await edit_reply(
            interaction, cards.looking_up([arxiv_id], queued[0].seconds, queued[0].problem)
        )
        if not await lookup.wait(arxiv_id, PATIENCE):
            return
    async with turn(interaction):
        card = await make()
    await edit_reply(interaction, card)
