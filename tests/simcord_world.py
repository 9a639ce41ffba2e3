"""The one place that knows SimCord: the real bot in a server with members, all in memory.

Tests use ``World`` and what it gives; another simulator would need another file like this one.
"""

import math
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
import simcord
from simcord.backend import serializers
from simcord.backend.models import Overwrite
from simcord.enums import OverwriteType

from bot.app.client import HotpapersBot
from bot.clock import ManualClock
from bot.config import Config, HttpSection, Secrets, Settings
from bot.container import Services, services
from bot.delivery import Pacer
from cogs.digests import service
from tests import archive_world
from tests.rendering import Seen

# What would ping somebody if mentions were allowed; channels and timestamps may be mentioned.
_PINGS = re.compile(r"@everyone|@here|<@[&!]?[0-9]")
_SEND_MESSAGES = discord.Permissions(send_messages=True).value

Member = simcord.MemberActor
User = simcord.UserHandle
Channel = simcord.ChannelHandle
Message = simcord.ResponseMessage | discord.Message


@dataclass(slots=True, kw_only=True)
class World:
    """A server with an admin (Manage Server), a plain member, and a channel for each purpose."""

    env: simcord.Env
    services: Services
    clock: ManualClock
    guild: simcord.GuildHandle
    admin: Member
    member: Member
    nlp: Channel
    quantum: Channel
    forgotten: dict[int, set[int]] = field(default_factory=dict)

    @property
    def bot(self) -> HotpapersBot:
        bot = self.env.bot
        assert isinstance(bot, HotpapersBot)
        return bot

    async def restart(self) -> None:
        """The bot of another process, on the same archive and the same Discord."""
        await self.env.restart_bot(HotpapersBot(self.services, run_jobs=False, pacer=unhurried()))

    def newcomer(self, name: str, **permissions: bool) -> Member:
        """One more member, who has a role with these permissions."""
        roles = []
        if permissions:
            granted = discord.Permissions(**permissions)
            roles = [self.guild.create_role(f"{name}'s", permissions=granted)]
        return self.guild.add_member(self.env.create_user(name), roles=roles)

    def close_channel(self, name: str, **denied: bool) -> Channel:
        """A channel in which the bot lacks these permissions."""
        me = self.guild.me
        assert me is not None
        overwrite = discord.PermissionOverwrite(**dict.fromkeys(denied, False))
        return self.guild.create_text_channel(name, overwrites={me: overwrite})

    def messages_to(self, who: Member) -> list[discord.Message]:
        """The direct messages that the bot sent to a member."""
        own = self.bot.user
        messages = who.user.dm_channel.history()
        gone = self.forgotten.get(who.id, set())
        return [
            m
            for m in messages
            if own and m.author.id == own.id and m.id not in gone and not m.flags.ephemeral
        ]

    def forget_messages(self, who: Member) -> None:
        """``messages_to`` begins anew."""
        self.forgotten[who.id] = {message.id for message in who.user.dm_channel.history()}

    def close_messages(self) -> None:
        """From now on nobody takes direct messages; channels of servers are not used meanwhile."""
        self.env.inject_error(
            "POST", "/channels/*/messages", status=403, code=50007,
            message="Cannot send messages to this user", times=None,
        )  # fmt: skip

    async def deliver(self) -> None:
        """What the bot does every few seconds: plan what is due, send what is planned."""
        with self.env._bot_scope():
            await self.bot.deliveries.tick()
        await self.env.settle()

    async def read(self, attachment: discord.Attachment) -> bytes:
        """The content of a file."""
        with self.env._bot_scope():
            return await attachment.read()

    def lock(self, channel: Channel) -> None:
        """From now on the bot may not send messages there."""
        me = self.guild.me
        assert me is not None
        denied = Overwrite(target_id=me.id, type=OverwriteType.MEMBER, allow=0, deny=_SEND_MESSAGES)
        self.env.backend.edit_channel(channel.id, {}, overwrites=[denied])

    def mute(self, channel: Channel) -> None:
        """From now on members may not send messages there."""
        everybody = self.guild.default_role.id
        denied = Overwrite(everybody, type=OverwriteType.ROLE, allow=0, deny=_SEND_MESSAGES)
        self.env.backend.edit_channel(channel.id, {}, overwrites=[denied])

    def make_owner(self, who: Member) -> None:
        """The member is who runs the bot, as Discord's developer portal has it."""
        self.bot.owner_id = who.id

    def demote(self, who: Member) -> None:
        """The member loses every role."""
        self.env.backend.edit_member(self.guild.id, who.id, {"role_ids": []})

    def show_to_everyone(self, command: str) -> None:
        """As a server's owner can in its settings, over the command's own default."""
        known = self.env.backend.find_command(command, self.guild.id)
        assert known is not None
        self.guild.set_command_permissions(int(known["id"]), {self.guild.default_role: True})

    async def invite(self, *, forbidden: str = "") -> Channel:
        """Another server takes the bot in; returns its channel for system messages."""
        backend = self.env.backend
        listening, backend.subscribers = backend.subscribers, []
        guild = self.env.create_guild("New Here")
        me = backend.bot_user.id
        denied = discord.Permissions(**{forbidden: True}).value if forbidden else 0
        made = backend.create_channel(
            guild.id,
            "welcome",
            overwrites=[Overwrite(me, type=OverwriteType.MEMBER, allow=0, deny=denied)],
        )
        backend.get_guild(guild.id).system_channel_id = made.id
        backend.subscribers = listening
        payload = dict(serializers.guild_create_payload(backend, backend.get_guild(guild.id)))
        del payload["unavailable"]  # by its absence discord.py tells a new server from a known one
        backend.emit("GUILD_CREATE", payload)
        await self.env.settle()
        return guild.channels["welcome"]

    async def remove_bot(self) -> None:
        """The server removes the bot."""
        self.env.backend.remove_guild(self.guild.id)
        await self.env.settle()

    def other_server(self) -> tuple[Member, Channel]:
        """Another server with this bot, its admin and its channel."""
        guild = self.env.create_guild("Elsewhere")
        role = guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
        admin = guild.add_member(self.env.create_user("stranger"), roles=[role])
        return admin, guild.create_text_channel("general")

    async def show_rules_publicly(self) -> discord.Message:
        """The list of digests on a message that everybody sees."""
        return await self.say(self.nlp, await service.rule_list(self.services, self.guild.id))

    async def posted_to(self, channel: Channel) -> discord.TextChannel:
        """The channel as the bot sees it, and from now on keeps it, as those of its digests."""
        guild = channel.guild and self.bot.get_guild(channel.guild.id)
        assert guild
        with self.env._bot_scope():
            found = await self.bot.guild_cache.channel(guild, channel.id)
        assert isinstance(found, discord.TextChannel)
        return found

    async def say(self, channel: Channel, view: discord.ui.LayoutView) -> discord.Message:
        """The bot itself posts a message."""
        where = await self.posted_to(channel)
        with self.env._bot_scope():
            return await where.send(view=view)

    async def open_thread(self, channel: Channel, name: str) -> Channel:
        """A public thread in the channel."""
        where = await self.posted_to(channel)
        with self.env._bot_scope():
            await where.create_thread(name=name, type=discord.ChannelType.public_thread)
        await self.env.settle()
        return channel.threads[-1]

    def posted(self, channel: Channel, viewer: Member) -> list[Seen]:
        """What ``viewer`` sees in the channel, oldest first."""
        return [seen(message) for message in channel.history(viewer=viewer)]

    @property
    def errors(self) -> list[BaseException]:
        """What the bot raised since the start. Once looked at they do not fail the test."""
        return self.env.errors


def unhurried() -> Pacer:
    """SimCord's clock stands still while the bot delivers, so nothing may wait for a turn."""
    return Pacer(per_second=math.inf)


@asynccontextmanager
async def world(archive: Path) -> AsyncIterator[World]:
    """The bot with this archive, logged in, its jobs not running. It asks no network."""
    clock = ManualClock(archive_world.NOW)
    config = Config(Settings(http=HttpSection(tries=1)), Secrets(), archive)
    async with services(config, clock) as found:
        bot = HotpapersBot(found, run_jobs=False, pacer=unhurried())
        async with _running(bot) as env:
            guild = env.create_guild("Reading Room")
            managers = guild.create_role(
                "Managers", permissions=discord.Permissions(manage_guild=True)
            )
            yield World(
                env=env,
                services=found,
                clock=clock,
                guild=guild,
                admin=guild.add_member(env.create_user("ada"), roles=[managers]),
                member=guild.add_member(env.create_user("björn")),
                nlp=guild.create_text_channel("nlp"),
                quantum=guild.create_text_channel("quantum"),
            )


@asynccontextmanager
async def _running(bot: HotpapersBot) -> AsyncIterator[simcord.Env]:
    """As ``simcord.run``, which cannot be left from another task as pytest's fixtures are."""
    env = simcord.Env(bot, shard_count=1)
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
    if unseen := env.errors_since(env._errors_acknowledged):
        raise ExceptionGroup("the bot raised", [e for e in unseen if isinstance(e, Exception)])


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one action: the private or public messages, in order, or a form."""

    messages: tuple[simcord.ResponseMessage, ...]
    form: dict[str, Any] | None
    result: simcord.InteractionResult

    @property
    def message(self) -> simcord.ResponseMessage:
        return self.messages[-1]

    @property
    def seen(self) -> Seen:
        """The last message, in which no limit of Discord's is broken and nobody is pinged."""
        found = seen(self.message)
        assert found.problems == []
        assert not _PINGS.search(found.words)
        return found

    @property
    def words(self) -> str:
        return "\n".join(seen(message).words for message in self.messages)

    @property
    def buttons(self) -> dict[str, str]:
        return self.seen.buttons

    @property
    def fields(self) -> dict[str, str]:
        """Label -> text of the fields of a form."""
        assert self.form is not None
        rows = self.form["components"]
        return {row["label"]: row["component"].get("value", "") for row in rows}

    @property
    def private(self) -> bool:
        return all(message.ephemeral for message in self.messages)


def seen(message: Message) -> Seen:
    if isinstance(message, simcord.ResponseMessage):
        return Seen({"components": message.components, "flags": 1 << 15})
    components = [component.to_dict() for component in message.components]
    return Seen({"components": components, "flags": 1 << 15})


def _answer(result: simcord.InteractionResult) -> Answer:
    first = [result.response] if result.response else []
    return Answer((*first, *result.followups), result.modal, result)


async def ask(who: Member, where: Channel, command: str, /, **options: object) -> Answer:
    """Send a slash command, such as ``ask(member, nlp, "hot", date="last tue")``."""
    return _answer(await who.slash(where, command, **options))


async def choose(world: World, menu: str, text: str) -> Answer:
    """Choose from the menu of a message that somebody else has just written."""
    message = await world.admin.send(world.nlp, text)
    return _answer(await world.member.context_menu(world.nlp, menu, message))


async def ask_alone(who: User, command: str, /, **options: object) -> Answer:
    """The same in the direct messages with the bot."""
    return _answer(await who.slash(command, **options))


async def press(who: Member | User, what: Answer | Message, label: str) -> Answer:
    """Press the button with that label; the first, if several have it."""
    message = what.message if isinstance(what, Answer) else what
    custom_id = seen(message).buttons[label]
    return _answer(await who.click(message, custom_id=custom_id))


def rename(form: Answer, custom_id: str) -> None:
    """The form is sent as one that says this of itself."""
    modal = form.result._interaction.modal
    assert modal is not None
    modal["custom_id"] = custom_id


async def fill_in(who: Member, form: Answer, values: Mapping[str, str]) -> Answer:
    """Send the form that a button opened. ``values`` by label; the rest stays as it was."""
    assert form.form is not None
    fields = {row["label"]: row["component"] for row in form.form["components"]}
    filled = {f["custom_id"]: f.get("value", "") for f in fields.values()}
    filled |= {fields[label]["custom_id"]: text for label, text in values.items()}
    return _answer(await who.submit_modal(form.result, filled))


async def complete(
    who: Member, where: Channel, command: str, option: str, typed: str, /, **others: object
) -> list[tuple[str, str]]:
    """(name, value) of the choices that are offered while ``typed`` stands in the option."""
    found = await who.autocomplete(where, command, option, typed, **others)
    return [(choice["name"], choice["value"]) for choice in found]
