"""What the bot keeps of a server, with the library as it is: little, and enough for its digests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import discord
import pytest

from bot.app.client import HotpapersBot
from bot.clock import SystemClock
from bot.config import Config, Secrets, Settings
from bot.container import Services, services
from bot.delivery import DiscordTransport
from bot.models import Rule
from bot.store import rules
from tests.discordd import Channel, Guild, LoopbackDiscord, payloads
from tests.discordd.permissions import Perm
from tests.discordd.pointing import running
from tests.factories import rule


@dataclass
class Place:
    """A server of many channels and roles; ``papers`` gets a digest."""

    server: LoopbackDiscord
    services: Services
    guild: Guild
    papers: Channel
    digest: Rule

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[HotpapersBot]:
        bot = HotpapersBot(self.services, run_jobs=False)
        bot._connection.guild_ready_timeout = 0.05
        async with running(self.server, bot):
            yield bot

    def known(self, bot: HotpapersBot) -> discord.Guild:
        guild = bot.get_guild(self.guild.id)
        assert guild is not None
        return guild


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    config = Config(Settings(), Secrets(), tmp_path / "a.db")
    async with LoopbackDiscord() as server, services(config, SystemClock()) as made:
        guild = server.add_guild("Reading group")
        for number in range(20):
            server.add_channel(guild, f"talk-{number}", topic="about anything")
            server.world.add_role(guild, f"role {number}")
        papers = server.add_channel(guild, "papers")
        digest = rule(guild_id=guild.id, channel_id=papers.id)
        await made.archive.write(rules.save, digest)
        yield Place(server, made, guild, papers, digest)
        assert server.violations == []


async def test_only_what_digests_need_is_kept(place: Place) -> None:
    async with place.bot() as bot:
        guild = place.known(bot)
        assert guild.name == "Reading group"
        assert [channel.id for channel in guild.channels] == [place.papers.id]
        assert {role.id for role in guild.roles} == {guild.id, place.guild.bot_role_id}
        assert bot.place(place.digest) == "#papers of Reading group"


async def test_nothing_comes_in_later_that_nobody_asked_for(place: Place) -> None:
    async with place.bot() as bot:
        guild = place.known(bot)
        talk = place.server.add_channel(place.guild, "one more")
        role = place.server.world.add_role(place.guild, "one more")
        for event in ("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE"):
            data = {"guild_id": str(guild.id), "role": {"id": str(role.id), "name": "x"}}
            place.server.hub.tell_guild(event, guild.id, data)
        place.server.deny(place.papers, Perm.SEND_MESSAGES)  # comes last
        await place.server.wait_until(lambda: DiscordTransport(bot).problem(place.digest))
        assert guild.get_channel(talk.id) is None
        assert guild.get_role(role.id) is None


async def test_a_channel_is_asked_for_when_somebody_wants_a_digest_there(place: Place) -> None:
    talk = place.server.add_channel(place.guild, "talk")
    place.server.deny(talk, Perm.SEND_MESSAGES)
    wanted = replace(place.digest, channel_id=talk.id)
    async with place.bot() as bot:
        guild, transport = place.known(bot), DiscordTransport(bot)
        assert transport.problem(wanted) is None  # only Discord's answer could tell
        found = await bot.guild_cache.channel(guild, talk.id)
        assert isinstance(found, discord.TextChannel)
        assert transport.problem(wanted) is not None
        place.server.allow(talk, Perm.SEND_MESSAGES)
        await place.server.wait_until(lambda: transport.problem(wanted) is None)
        asked = len(place.server.requests())
        assert await bot.guild_cache.channel(guild, talk.id) is found
        assert len(place.server.requests()) == asked
        # It is kept when the server comes anew.
        place.server.set_unavailable(place.guild)
        place.server.set_unavailable(place.guild, unavailable=False)
        await place.server.wait_until(lambda: not place.known(bot).unavailable)
        assert place.known(bot).get_channel(talk.id) is not None


async def test_a_channel_that_the_bot_may_not_view_is_known_as_such(place: Place) -> None:
    secret = place.server.add_channel(place.guild, "secret")
    place.server.deny(secret, Perm.VIEW_CHANNEL)
    async with place.bot() as bot:
        found = await bot.guild_cache.channel(place.known(bot), secret.id)
        assert found is not None
        assert not found.permissions_for(found.guild.me).view_channel


async def test_a_channel_of_another_server_is_none_of_this_one(place: Place) -> None:
    other = place.server.add_guild("Elsewhere")
    foreign = place.server.add_channel(other, "foreign")
    async with place.bot() as bot:
        assert await bot.guild_cache.channel(place.known(bot), foreign.id) is None
        assert await bot.guild_cache.channel(place.known(bot), 4) is None


async def test_a_thread_comes_with_its_channel(place: Place) -> None:
    """Its permissions are those of the channel."""
    talk = place.server.add_channel(place.guild, "talk")
    async with place.bot() as bot:
        channel = await bot.guild_cache.channel(place.known(bot), talk.id)
        assert isinstance(channel, discord.TextChannel)
        kind = discord.ChannelType.public_thread
        thread = await channel.create_thread(name="readings", type=kind)
    digest = rule(guild_id=place.guild.id, channel_id=thread.id)
    async with place.bot() as bot:
        assert place.known(bot).get_channel_or_thread(thread.id) is None
        found = await bot.guild_cache.channel(place.known(bot), thread.id)
        assert isinstance(found, discord.Thread)
        assert found.permissions_for(found.guild.me).send_messages_in_threads
    await place.services.archive.write(rules.save, digest)
    async with place.bot() as bot:
        assert bot.place(digest) == "#readings of Reading group"
        place.server.deny(talk, Perm.SEND_MESSAGES_IN_THREADS)
        await place.server.wait_until(lambda: DiscordTransport(bot).problem(digest))


async def test_a_role_that_the_bot_is_given_later_counts(place: Place) -> None:
    server, world = place.server, place.server.world
    server.set_role(place.guild.id, Perm.VIEW_CHANNEL | Perm.READ_MESSAGE_HISTORY)
    role = world.add_role(place.guild, "speakers", Perm.SEND_MESSAGES)
    async with place.bot() as bot:
        transport = DiscordTransport(bot)
        assert transport.problem(place.digest) is not None
        own = world.members[place.guild.id, world.bot.id]
        own = world.put_member(replace(own, role_ids=(*own.role_ids, role.id)))
        data = {**payloads.member(world, own), "guild_id": str(place.guild.id)}
        server.hub.tell_guild("GUILD_MEMBER_UPDATE", place.guild.id, data)
        await server.wait_until(lambda: transport.problem(place.digest) is None)


async def test_a_change_of_the_whole_server_takes_nothing_away(place: Place) -> None:
    async with place.bot() as bot:
        renamed = place.server.world.put_guild(replace(place.guild, name="Journal club"))
        data = payloads.guild(place.server.world, renamed)
        place.server.hub.tell_guild("GUILD_UPDATE", place.guild.id, data)
        await place.server.wait_until(lambda: place.known(bot).name == "Journal club")
        assert DiscordTransport(bot).problem(place.digest) is None
        assert len(place.known(bot).roles) == 2
        assert bot.place(place.digest) == "#papers of Journal club"
