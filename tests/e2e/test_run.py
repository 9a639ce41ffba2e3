"""The whole program against loopback services: it logs in, harvests, posts, answers, and ends."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.server import serving
from bot.models import DeliveryState
from bot.store import Archive
from tests.delivery.fake import rows
from tests.discordd import Actor, Channel, Guild, LoopbackDiscord
from tests.discordd.messages import Message
from tests.e2e.bot_process import Program, stopped
from tests.factories import rule

pytestmark = pytest.mark.rehearsal

# A second after the digest of Tuesday 30 March 2021 is due.
NOW = datetime(2021, 3, 31, 7, 0, 1, tzinfo=UTC)
SEND = r"/channels/\d+/messages"
START_SECONDS = 30.0


@dataclass
class Place:
    program: Program
    server: LoopbackDiscord
    guild: Guild
    channel: Channel
    alice: Actor

    @property
    def posted(self) -> list[Message]:
        return self.server.messages(self.channel)

    async def states(self) -> list[DeliveryState]:
        async with await Archive.open(self.program.archive) as archive:
            return [row.state for row in await archive.read(rows, 1)]

    async def until_sealed(self) -> None:
        """Every row of the slot is sent: the log says so last of all."""
        count = len(await self.states())
        await self.server.wait_until(
            lambda: self.program.said.count("delivery.sent") >= count > 0, START_SECONDS
        )


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with LoopbackDiscord() as server, serving() as services:
        guild = server.add_guild("Reading group")
        channel, admins = server.add_channel(guild, "papers"), server.add_channel(guild, "admins")
        program = Program(tmp_path, server)
        program.configure(services, admins=admins.id)
        created = NOW - timedelta(days=1)
        wanted = rule(guild_id=guild.id, channel_id=channel.id, created_at=created, top=5)
        await program.prepare(wanted)
        assert await program.command(NOW, "harvest", "--date", "2021-03-30") == 0
        yield Place(program, server, guild, channel, server.add_member(guild, "alice"))
        assert server.violations == server.illegal_answers == []


async def test_a_first_evening_and_a_restart(place: Place) -> None:
    async with place.program.running(NOW) as process:
        await place.server.wait_ready(START_SECONDS)
        await place.server.wait_messages(place.channel, seconds=START_SECONDS)
        await place.until_sealed()
        first = [message.id for message in place.posted]
        assert "ViViT" in place.posted[0].text
        answer = await place.alice.slash(place.channel, "hot", date="2021-03-30")
        assert "ViViT" in answer.text
        assert await stopped(process) == 0
    registered = len(place.server.requests("PUT"))
    async with place.program.running(NOW + timedelta(minutes=5)) as process:
        await place.server.wait_ready(START_SECONDS, commands=False)
        await place.server.wait_until(lambda: place.program.said.count("bot.ready") == 2, 20)
        answer = await place.alice.slash(place.channel, "hot", date="2021-03-30")
        assert "ViViT" in answer.text
        assert await stopped(process) == 0
    assert [message.id for message in place.posted] == first
    assert set(await place.states()) == {DeliveryState.SENT}
    assert len(place.server.requests("PUT")) == registered
    assert "Traceback" not in place.program.said


async def test_killed_between_the_post_and_its_answer(place: Place) -> None:
    place.server.faults.add("delay", "POST", SEND, after=True, seconds=60)
    async with place.program.running(NOW) as process:
        await place.server.wait_messages(place.channel, seconds=START_SECONDS)
        process.kill()
        await process.wait()
    assert DeliveryState.RESERVED in await place.states()
    place.server.faults.clear()
    # Longer than Discord remembers a nonce: only looking in the channel can tell.
    place.server.clock.advance(3600)
    async with place.program.running(NOW + timedelta(hours=1)) as process:
        await place.server.wait_until(lambda: "delivery.found" in place.program.said, 30)
        assert await stopped(process) == 0
    assert set(await place.states()) == {DeliveryState.SENT}
    assert len(place.posted) == len(await place.states())


async def test_told_to_stop_while_discord_does_not_answer(place: Place) -> None:
    place.server.faults.add("delay", "POST", SEND, after=True, seconds=60)
    async with place.program.running(NOW) as process:
        await place.server.wait_messages(place.channel, seconds=START_SECONDS)
        assert await stopped(process, 10) == 0
    assert DeliveryState.RESERVED in await place.states()
