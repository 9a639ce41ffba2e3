"""A server with one guild, and a bot on it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.discordd import Actor, Channel, Guild, LoopbackDiscord
from tests.discordd.pointing import running
from tests.discordd.sample_bot import SampleBot


@dataclass(frozen=True)
class Place:
    """The server, its guild, the channel in it, and a member without special permissions."""

    server: LoopbackDiscord
    guild: Guild
    channel: Channel
    alice: Actor


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with LoopbackDiscord() as server:
        guild = server.add_guild("Reading group")
        channel = server.add_channel(guild, "papers")
        yield Place(server, guild, channel, server.add_member(guild, "alice"))


@pytest.fixture
async def bot(place: Place) -> AsyncIterator[SampleBot]:
    client = SampleBot()
    async with running(place.server, client):
        yield client


@pytest.fixture
async def server_alone() -> AsyncIterator[LoopbackDiscord]:
    async with LoopbackDiscord() as server:
        yield server
