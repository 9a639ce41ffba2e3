"""discord.py's connection to the gateway, and what Discord does to it."""

import asyncio

import discord
import pytest

from tests.discordd import LoopbackDiscord
from tests.discordd.conftest import Place
from tests.discordd.pointing import pointed_at, running
from tests.discordd.sample_bot import SampleBot


async def test_the_bot_asks_for_guilds_and_nothing_else(place: Place, bot: SampleBot) -> None:
    assert [one["intents"] for one in place.server.gateway.identifies] == [1]
    guild = bot.get_guild(place.guild.id)
    assert guild is not None
    assert guild.me.guild_permissions.send_messages


async def test_after_opcode_7_missed_events_are_replayed(place: Place, bot: SampleBot) -> None:
    place.server.gateway.reconnect()
    await place.server.wait_until(lambda: not place.server.gateway.live)
    late = place.server.add_channel(place.guild, "made meanwhile")
    await place.server.wait_until(lambda: place.server.gateway.resumes)
    await place.server.wait_until(lambda: bot.get_channel(late.id))
    assert len(place.server.gateway.identifies) == 1
    answer = await place.alice.slash(place.channel, "hot", date="2021-03-30")
    assert answer.text


async def test_a_closed_connection_is_resumed(place: Place, bot: SampleBot) -> None:
    await place.server.gateway.close(4000)
    await place.server.wait_until(lambda: place.server.gateway.resumes)
    assert len(place.server.gateway.identifies) == 1


async def test_privileged_intents_close_the_connection(place: Place) -> None:
    client = discord.AutoShardedClient(intents=discord.Intents(guilds=True, members=True))
    with pointed_at(place.server), pytest.raises(discord.PrivilegedIntentsRequired):
        await client.start(place.server.settings.token)
    await client.close()


async def test_shards_have_their_own_guilds() -> None:
    async with LoopbackDiscord() as server:
        server.settings.shards = 2
        guilds = [server.add_guild(f"guild {number}") for number in range(6)]
        client = SampleBot()
        async with running(server, client):
            assert client.shard_count == 2
            assert {one["shard"][0] for one in server.gateway.identifies} == {0, 1}
            assert len(client.guilds) == 6
            shards = {one.id: one.shard_id for one in client.guilds}
            assert {shards[one.id] for one in guilds} == {0, 1}
            for guild in guilds:
                person = server.add_member(guild, "somebody")
                channel = server.add_channel(guild, "papers")
                assert (await person.slash(channel, "hot", date="2021-03-30")).text


async def test_a_failed_handshake_is_tried_again(place: Place) -> None:
    place.server.faults.add("status", "GET", "/gateway", status=503)
    client = SampleBot()
    # The library waits five seconds before it tries again; shown by the fault alone.
    with pointed_at(place.server):
        task = asyncio.create_task(client.start(place.server.settings.token))
        await place.server.wait_until(lambda: place.server.faults.ordered[0].hits)
        assert not task.done()
        task.cancel()
        await asyncio.wait({task})
        await client.close()


async def test_unanswered_heartbeats_can_be_ordered() -> None:
    async with LoopbackDiscord() as server:
        server.settings.heartbeat_seconds = 0.05
        server.settings.heartbeats_answered = False
        client = SampleBot()
        client._connection.heartbeat_timeout = 0.2
        async with running(server, client):
            await server.wait_until(lambda: server.gateway.resumes, 20)
