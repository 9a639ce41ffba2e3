"""*Papers in this message*: the papers that somebody linked or named, for who wants to know.

Discord hands the message over with the menu's interaction, so it takes no privileged intent.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from bot import cards, messages, queries
from bot.app.client import HotpapersBot
from bot.arxiv import ids
from bot.errors import InputError
from bot.messages.common import counted
from bot.search import Place, Query, Term, fold
from cogs.papers import answers, lookup
from cogs.papers.commands import BY_ANYBODY, EVERYWHERE
from cogs.shared.responses import (
    Interaction,
    defer_private,
    edit_reply,
    followup,
    may_share,
    services,
    turn,
)

MAX_PAPERS = 5
# Of a title in quotes, in characters: shorter ones are sayings.
_TITLE = re.compile(r"[\"“”«„「『]([^\"“”«»„「」『』\n]{12,300})[\"“”»」』]")
_MAX_TITLES = 5
_BARE_ID = re.compile(r"(?<![\w./:$€£-])\d{4}\.\d{4,5}(?:v\d{1,3})?(?![\w%€$])")
_MAX_CHARACTERS = 20_000
_ABOUT = ("content", "title", "description", "url", "label", "name", "value")


def texts_of(message: discord.Message) -> str:
    """Whatever a message shows, the addresses of its links and buttons too, a line each. Pure."""
    shown: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    parts = [part.content for part in shown]
    for part in shown:
        parts += [text for embed in part.embeds for text in _strings(embed.to_dict())]
        parts += [text for it in part.components for text in _strings(it.to_dict())]
    return "\n".join(filter(None, parts))[:_MAX_CHARACTERS]


def _strings(value: object) -> Iterator[str]:
    """The texts in an embed or component, by the names that Discord gives to what it shows."""
    if isinstance(value, dict):
        for name, inside in value.items():
            if isinstance(inside, str):
                if name in _ABOUT:
                    yield inside
            else:
                yield from _strings(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from _strings(inside)


def papers_in(text: str) -> list[str]:
    """The canonical ids in a text, those too that stand there without any "arXiv:". Pure."""
    bare = (match[0] for match in _BARE_ID.finditer(text))
    return list(dict.fromkeys([*ids.find(text), *ids.find(" ".join(f"arXiv:{it}" for it in bare))]))


def titles_in(text: str) -> list[str]:
    """What stands in quotes and may be a title. Pure."""
    return [match[1].strip() for match in _TITLE.finditer(text)][:_MAX_TITLES]


class MessageMenu(commands.Cog):
    def __init__(self, bot: HotpapersBot) -> None:
        self._bot = bot
        self._menu = app_commands.ContextMenu(
            name=messages.menu.PAPERS_IN_MESSAGE,
            callback=self.papers_in_message,
            allowed_contexts=EVERYWHERE,
            allowed_installs=BY_ANYBODY,
        )

    async def cog_load(self) -> None:
        self._bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        self._bot.tree.remove_command(self._menu.name, type=self._menu.type)

    async def papers_in_message(self, interaction: Interaction, message: discord.Message) -> None:
        await defer_private(interaction)
        text = texts_of(message)
        found = papers_in(text)
        for title in titles_in(text):
            named = await self._by_title(interaction, title)
            if named is not None and named not in found:
                found.append(named)
        if not found:
            raise InputError(
                "I find no paper in this message: no link to arXiv, alphaXiv, Hugging Face or "
                "Semantic Scholar, no arXiv id, no DOI of arXiv's, and no title in quotes that is "
                "in the archive."
            )
        await self._show(interaction, found[:MAX_PAPERS], len(found) - MAX_PAPERS)

    async def _by_title(self, interaction: Interaction, title: str) -> str | None:
        """The paper in the archive that has just this title."""
        words = tuple(fold(title).split())
        if not words:
            return None
        query = Query(text=title, terms=(Term(words, title, Place.TITLE),))
        async with turn(interaction):
            found = await queries.search(
                services(interaction).archive, services(interaction).config.settings, query, top=5
            )
        known = (it.ranked.paper for it in found.papers)
        return next((it.arxiv_id for it in known if fold(it.title) == fold(title)), None)

    async def _show(self, interaction: Interaction, arxiv_ids: Sequence[str], more: int) -> None:
        """The cards of papers, those that have to be looked up as they come."""
        paper_lookup = services(interaction).paper_lookup
        queued = await lookup.request(interaction, arxiv_ids)
        waiting = {it.arxiv_id for it in queued}
        shareable = may_share(interaction)
        make = partial(answers.paper_or_remark, services(interaction), shareable=shareable)
        shown = [await make(arxiv_id) for arxiv_id in arxiv_ids if arxiv_id not in waiting]
        if queued:
            shown.append(
                cards.looking_up(
                    [it.arxiv_id for it in queued],
                    max(it.seconds for it in queued),
                    queued[0].problem,
                )
            )
        if more > 0:
            shown.append(cards.notice(f"The message has {counted(more, 'more paper')}."))
        await edit_reply(interaction, *shown)

        async def show_when_found(arxiv_id: str) -> None:
            if await paper_lookup.wait(arxiv_id, lookup.PATIENCE):
                await followup(interaction, [await make(arxiv_id)])

        await asyncio.gather(*(show_when_found(arxiv_id) for arxiv_id in waiting))


async def setup(bot: HotpapersBot) -> None:
    await bot.add_cog(MessageMenu(bot))
