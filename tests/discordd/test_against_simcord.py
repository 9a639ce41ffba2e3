"""The same bot doing the same things here and in SimCord: both must show people the same.

SimCord replaces discord.py's HTTP client, this server answers it over sockets; where they agree
neither is likely to be wrong in the same way. Rate limits, nonces and faults it does not have; an
empty message it refuses with 50035, where Discord's documented code is 50006.
"""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import discord
import simcord

from tests.discordd import Answer, LoopbackDiscord, Perm
from tests.discordd.messages import Message, walk
from tests.discordd.pointing import running
from tests.discordd.sample_bot import SampleBot, card

QUIET = Perm.SEND_MESSAGES


@dataclass(frozen=True)
class Seen:
    """What a person sees of an answer: its text, whether only they do, and what followed."""

    text: str
    ephemeral: bool
    followups: tuple[str, ...] = ()


class Stage(Protocol):
    """One guild with the channels `papers` and `quiet`, a member and an admin."""

    async def slash(self, name: str, **options: str) -> Seen: ...

    async def choices(self, name: str, option: str, typed: str) -> Sequence[str]: ...

    async def click(self, custom_id: str) -> Seen: ...

    async def choose(self, value: str) -> Seen: ...

    def commands(self, *, admin: bool) -> set[str]: ...

    def channel_id(self, name: str) -> int: ...

    def texts(self) -> Sequence[str]: ...


class Here:
    def __init__(self, server: LoopbackDiscord) -> None:
        self._server = server
        guild = server.add_guild("Reading group")
        self._papers, self._quiet = (server.add_channel(guild, one) for one in ("papers", "quiet"))
        server.deny(self._quiet, QUIET)
        self._people = {
            True: server.add_member(guild, "ada", permissions=Perm.MANAGE_GUILD),
            False: server.add_member(guild, "alice"),
        }
        self._last: Answer | None = None

    async def slash(self, name: str, **options: str) -> Seen:
        return await self._seen(await self._people[False].slash(self._papers, name, **options))

    async def choices(self, name: str, option: str, typed: str) -> Sequence[str]:
        alice = self._people[False]
        answer = await alice.autocomplete(self._papers, name, focused=option, value=typed)
        return [name for name, _ in answer.choices]

    async def click(self, custom_id: str) -> Seen:
        assert self._last
        return await self._seen(await self._people[False].click(self._last, custom_id))

    async def choose(self, value: str) -> Seen:
        assert self._last
        menu = next(iter(self._last.message.controls))
        return await self._seen(await self._people[False].select(self._last, menu, value))

    def commands(self, *, admin: bool) -> set[str]:
        person = self._people[admin]
        names = (one["name"] for one in self._server.commands)
        return {one for one in names if person.sees_command(self._papers, one)}

    def channel_id(self, name: str) -> int:
        return {"papers": self._papers.id, "quiet": self._quiet.id}[name]

    def texts(self) -> Sequence[str]:
        return [one.text for one in self._server.messages(self._papers)]

    async def _seen(self, answer: Answer) -> Seen:
        self._last = answer
        if answer.interaction.data.get("name") == "slow":
            await answer.version(1)
            await answer.followup()
        later = tuple(one.text for one in answer.followups)
        return Seen(answer.text, answer.ephemeral, later)


class InSimCord:
    def __init__(self, env: simcord.Env) -> None:
        guild = env.create_guild("Reading group")
        bot_user = env.bot.user
        assert bot_user
        denied = discord.PermissionOverwrite(send_messages=False)
        self._papers = guild.create_text_channel("papers")
        self._quiet = guild.create_text_channel("quiet", overwrites={bot_user: denied})
        role = guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
        self._people = {
            True: guild.add_member(env.create_user("ada"), roles=[role]),
            False: guild.add_member(env.create_user("alice")),
        }
        self._last: simcord.InteractionResult | None = None

    async def slash(self, name: str, **options: str) -> Seen:
        return self._seen(await self._people[False].slash(self._papers, name, **options))

    async def choices(self, name: str, option: str, typed: str) -> Sequence[str]:
        offered = await self._people[False].autocomplete(self._papers, name, option, typed)
        return [str(one["name"]) for one in offered]

    async def click(self, custom_id: str) -> Seen:
        result = await self._people[False].click(self._message(), custom_id=custom_id)
        return self._seen(result)

    async def choose(self, value: str) -> Seen:
        return self._seen(await self._people[False].select(self._message(), [value]))

    def commands(self, *, admin: bool) -> set[str]:
        listed = self._people[admin].available_commands(self._papers)
        return {one.split()[0] for one in listed}

    def channel_id(self, name: str) -> int:
        return {"papers": self._papers.id, "quiet": self._quiet.id}[name]

    def texts(self) -> Sequence[str]:
        history = sorted(self._papers.history(), key=lambda one: one.id)
        return [_text(one.content, [part.to_dict() for part in one.components]) for one in history]

    def _message(self) -> simcord.ResponseMessage:
        assert self._last
        assert self._last.response
        return self._last.response

    def _seen(self, result: simcord.InteractionResult) -> Seen:
        self._last = result
        response = result.response
        assert response
        later = tuple(_text(one.content, one.components) for one in result.followups)
        return Seen(_text(response.content, response.components), response.ephemeral, later)


def _text(content: str, components: Sequence[Any]) -> str:
    """By the same rule as `Message.text`."""
    shown = [one for one in walk(list(components)) if one["type"] == 10]
    return Message(0, 0, 0, 0.0, content=content, components=tuple(shown)).text


async def code_of(sending: Awaitable[discord.Message]) -> int:
    """The code that a send is refused with, 0 when it is not."""
    try:
        await sending
    except discord.HTTPException as refused:
        return refused.code
    return 0


async def play(stage: Stage, bot: SampleBot) -> list[object]:
    """Everything that both know, in order."""
    papers, quiet = stage.channel_id("papers"), stage.channel_id("quiet")
    long = discord.Embed(description="d" * 4000)
    wordy = discord.ui.LayoutView()
    for _ in range(2):
        wordy.add_item(discord.ui.TextDisplay("x" * 2001))
    return [
        await stage.slash("hot", date="2021-03-30"),
        await stage.choices("hot", "date", "03-2"),
        await stage.slash("slow"),
        await stage.slash("show"),
        await stage.click("b1:why:2103.15691"),
        await stage.slash("size"),
        await stage.choose("2"),
        stage.commands(admin=False),
        stage.commands(admin=True),
        await code_of(bot.text_channel(papers).send(content="x" * 2001)),
        await code_of(bot.text_channel(papers).send(embeds=[long, long])),
        await code_of(bot.text_channel(papers).send(embed=discord.Embed(title="t" * 257))),
        await code_of(bot.text_channel(papers).send(view=wordy)),
        await code_of(bot.text_channel(papers).send(view=card("2103.15691"))),
        await code_of(bot.text_channel(quiet).send(content="not here")),
        stage.texts(),
    ]


async def test_people_see_the_same_in_both() -> None:
    async with LoopbackDiscord() as server:
        stage, bot = Here(server), SampleBot()
        async with running(server, bot):
            here = await play(stage, bot)
    other_bot = SampleBot()
    async with simcord.run(other_bot, shard_count=1) as env:
        there = await play(InSimCord(env), other_bot)
    assert here == there
    assert Seen("10 papers of 2021-03-30", ephemeral=False) in here
