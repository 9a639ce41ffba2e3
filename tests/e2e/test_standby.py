"""docs/running.md's standby: a machine dies, and a second bot goes on from Litestream's replica."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.delivery.notices import alive_at
from bot.demo.server import serving
from bot.models import DeliveryState
from bot.store import Archive, ledger
from tests.delivery.fake import rows
from tests.discordd import Channel, LoopbackDiscord
from tests.discordd.messages import Message
from tests.e2e import program
from tests.e2e.bot_process import CHECKOUT, Program, stopped
from tests.factories import rule
from tests.polling import until

pytestmark = pytest.mark.rehearsal

# A moment before the digest of Tuesday 30 March 2021 is due.
BEFORE = datetime(2021, 3, 31, 6, 59, 54, tzinfo=UTC)
SLOT = BEFORE + timedelta(seconds=6)
PARTS = 2
SEND = r"/channels/\d+/messages"
SECONDS = 30.0


@dataclass
class Machine:
    """A bot in a folder of its own, and the settings that its Litestream has."""

    program: Program
    replica: Path
    litestream: str = field(default_factory=lambda: program.tool("litestream"))

    async def runs(self, *arguments: object) -> asyncio.subprocess.Process:
        """A command of Litestream on this machine's archive. The caller ends it."""
        config = CHECKOUT / "deploy" / "litestream.yml"
        name, *rest = map(str, arguments)
        with (self.program.folder / "litestream.txt").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                self.litestream, name, "-config", str(config), *rest, stdout=log, stderr=log,
                env=program.environment(
                    HOTPAPERS_ARCHIVE=str(self.program.archive),
                    HOTPAPERS_REPLICA=str(self.replica),
                ),
            )  # fmt: skip

    async def restore(self, target: Path) -> int:
        process = await self.runs("restore", "-o", target, self.program.archive)
        async with asyncio.timeout(SECONDS):
            return await process.wait()

    @asynccontextmanager
    async def replicated(self) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await self.runs("replicate")
        try:
            yield process
        finally:
            await kill(process)

    async def until_replicated(self) -> None:
        """Until the replica has all that this archive's ledger has, and that the bot has run."""
        looks = (self.program.folder / f"look-{n}.db" for n in itertools.count())

        async def has_all() -> bool:
            look = next(looks)
            if await self.restore(look) != 0:
                return False
            parts, has_run = await told(look)
            return has_run and parts == (await told(self.program.archive))[0]

        await until(has_all, SECONDS, every=0.2)


async def told(archive: Path) -> tuple[list[tuple[int, DeliveryState]], bool]:
    """The parts of the slot with their states, and whether a bot has ever looked after them."""
    async with await Archive.open(archive) as opened:
        found = [(row.part, row.state) for row in await opened.read(rows, 1)]
        return found, await opened.read(alive_at) is not None


async def kill(process: asyncio.subprocess.Process) -> None:
    """As the power does: at once."""
    if process.returncode is None:
        process.kill()
    await process.wait()


@dataclass
class Place:
    server: LoopbackDiscord
    channel: Channel
    first: Machine
    second: Machine

    @property
    def posted(self) -> list[Message]:
        return self.server.messages(self.channel)

    async def take_over(self) -> None:
        """The standby starts from the replica, when Discord remembers no nonce any more."""
        assert await self.first.restore(self.second.program.archive) == 0
        self.server.clock.advance(3600)
        bot = self.second.program
        async with bot.running(SLOT + timedelta(hours=1)) as process:
            await self.server.wait_until(lambda: "bot.ready" in bot.said, SECONDS)
            await bot_has_ticked(bot)
            assert await stopped(process, 15) == 0
        assert "Traceback" not in bot.said
        parts, _ = await told(bot.archive)
        assert parts == [(part, DeliveryState.SENT) for part in range(PARTS)]


async def bot_has_ticked(bot: Program) -> None:
    """Until the bot has looked after its deliveries."""
    async with await Archive.open(bot.archive) as opened:

        async def has_looked() -> bool:
            seen = await opened.read(alive_at)
            started = seen is not None and seen >= SLOT + timedelta(hours=1)
            return started and not await opened.read(ledger.unfinished)

        await until(has_looked, SECONDS, every=0.1)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with LoopbackDiscord() as server, serving() as services:
        guild = server.add_guild("Reading group")
        channel = server.add_channel(guild, "papers")
        replica = tmp_path / "share"
        machines = []
        for name in ("first", "second"):
            (tmp_path / name).mkdir()
            bot = Program(tmp_path / name, server)
            bot.configure(services)
            machines.append(Machine(bot, replica))
        first, second = machines
        created = BEFORE - timedelta(hours=20)
        await first.program.prepare(
            rule(guild_id=guild.id, channel_id=channel.id, created_at=created, top=10, thread=False)
        )
        assert await first.program.command(BEFORE, "harvest", "--date", "2021-03-30") == 0
        yield Place(server, channel, first, second)
        assert server.violations == []


async def test_what_was_replicated_is_not_posted_again(place: Place) -> None:
    """Both die a moment after the digest; the ledger tells all."""
    first = place.first
    async with first.replicated() as litestream:
        async with first.program.running(SLOT + timedelta(seconds=1)) as bot:
            await place.server.wait_until(
                lambda: first.program.said.count("delivery.sent") == PARTS, SECONDS
            )
            await first.until_replicated()
            await kill(bot)
        await kill(litestream)
    posted = [message.id for message in place.posted]
    await place.take_over()
    assert [message.id for message in place.posted] == posted
    assert place.second.program.said.count("delivery.") == 0


@pytest.mark.parametrize("posted", [1, PARTS])
async def test_what_the_replica_lacks_is_found_in_the_channel(place: Place, posted: int) -> None:
    """The replica ends before the slot is written down, and the bot in the midst of posting it."""
    first = place.first
    async with first.program.running(BEFORE) as bot:
        async with first.replicated() as litestream:
            await first.until_replicated()
            await kill(litestream)
        if posted < PARTS:
            place.server.faults.add("delay", "POST", SEND, after=True, seconds=60)
        await place.server.wait_messages(place.channel, posted, seconds=60 + SECONDS)
        await kill(bot)
    place.server.faults.clear()
    before = [message.nonce for message in place.posted]
    await place.take_over()
    after = [message.nonce for message in place.posted]
    assert after[:posted] == before
    assert len(set(after)) == len(after) == PARTS
    assert place.second.program.said.count("delivery.found") == posted
