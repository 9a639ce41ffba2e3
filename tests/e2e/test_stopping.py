"""Told to end, the bot is gone within ten seconds, whoever of Discord is away at that moment."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.demo.server import serving
from bot.models import DeliveryState
from bot.store import Archive, delivery_reports
from tests import processes
from tests.discordd import LoopbackDiscord
from tests.e2e import program
from tests.e2e.bot_process import CHECKOUT, Program, stopped
from tests.factories import rule
from tests.polling import until

pytestmark = pytest.mark.rehearsal

NOW = datetime(2021, 3, 31, 7, 0, 1, tzinfo=UTC)
START_SECONDS = 30.0
TEN = 10.0  # what is promised


@dataclass
class Relay:
    """Stands before the gateway. ``mode`` is what becomes of connections:

    - "open": they reach it;
    - "refuses": they are closed at once;
    - "silent": they are accepted, and nothing is ever said on them.
    """

    target: int
    mode: str = "open"
    port: int = 0
    asked: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _flows: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked += 1
        self._open.add(writer)
        if self.mode == "refuses":
            writer.close()
        if self.mode != "open":
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.target)
        self._open.add(back)
        with suppress(OSError):
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            await self._flows.wait()
            writer.write(data)
        writer.close()

    def flow(self) -> None:
        self._flows.set()

    def freeze(self) -> None:
        """What is connected stays so, and says nothing more."""
        self._flows.clear()

    def cut(self, mode: str) -> None:
        """Every connection breaks; the next ones find the gateway so."""
        self.mode, self.asked = mode, 0
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()


@asynccontextmanager
async def relaying(target: int) -> AsyncIterator[Relay]:
    relay = Relay(target)
    relay.flow()
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        relay.flow()
        relay.cut("refuses")
        server.close()


@dataclass
class Place:
    program: Program
    server: LoopbackDiscord
    relay: Relay

    async def until_ready(self) -> None:
        await until(lambda: "bot.ready" in self.program.said, START_SECONDS)

    def said_its_end(self) -> bool:
        """In order, and not cut short."""
        return self.program.said.rstrip().endswith("bot.stopped")


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with (
        LoopbackDiscord() as server,
        serving() as services,
        relaying(int(server.api_url.split(":")[2].split("/")[0])) as relay,
    ):
        server.gateway.url = f"ws://127.0.0.1:{relay.port}/gateway"
        channel = server.add_channel(server.add_guild("Reading group"), "papers")
        bot = Program(tmp_path, server)
        bot.configure(services)
        made = NOW - timedelta(days=1)
        await bot.prepare(rule(guild_id=channel.guild_id, channel_id=channel.id, created_at=made))
        yield Place(bot, server, relay)


@pytest.mark.parametrize("mode", ["refuses", "silent"])
async def test_while_the_gateway_is_away(place: Place, mode: str) -> None:
    async with place.program.running(NOW) as process:
        await place.until_ready()
        place.relay.cut(mode)
        await until(lambda: place.relay.asked, START_SECONDS)
        assert await stopped(process, TEN) == 0
    assert place.said_its_end()


@pytest.mark.parametrize("mode", ["refuses", "silent"])
async def test_while_the_gateway_has_been_away_from_the_start(place: Place, mode: str) -> None:
    place.relay.mode = mode
    async with place.program.running(NOW) as process:
        await until(lambda: place.relay.asked, START_SECONDS)
        assert await stopped(process, TEN) == 0
    assert place.said_its_end()


@pytest.mark.parametrize("kind", ["status", "delay"])
async def test_while_the_gateway_answers_otherwise_or_late(place: Place, kind: str) -> None:
    async with place.program.running(NOW) as process:
        await place.until_ready()
        away = place.server.faults.add("status", "GET", "/gateway", times=None, status=503)
        away.kind, away.seconds = "delay" if kind == "delay" else "status", 60.0
        place.relay.cut("open")
        await until(lambda: away.hits, START_SECONDS)
        assert await stopped(process, TEN) == 0
    assert place.said_its_end()


async def test_while_the_gateway_says_nothing_more_and_a_message_is_under_way(
    place: Place,
) -> None:
    """Both are waited for one after the other."""
    place.server.faults.add("delay", "POST", r"/channels/\d+/messages", after=True, seconds=60)
    assert await place.program.command(NOW, "harvest", "--date", "2021-03-30") == 0
    async with place.program.running(NOW) as process:
        await place.until_ready()
        await until(lambda: place.server.faults.ordered[0].hits, START_SECONDS)
        place.relay.freeze()
        assert await stopped(process, TEN) == 0
    assert place.said_its_end()
    async with await Archive.open(place.program.archive) as archive:
        tally = await archive.read(delivery_reports.tally)
    assert tally[DeliveryState.RESERVED] == 1


async def test_while_discord_cannot_be_reached_at_all(place: Place) -> None:
    with nowhere() as port:
        config = place.program.folder / "config.toml"
        text = config.read_text().replace(place.server.api_url, f"http://127.0.0.1:{port}/api/v10")
        config.write_text(text)
        async with place.program.running(NOW) as process:
            await until(lambda: "bot.starting" in place.program.said, START_SECONDS)
            assert await stopped(process, TEN) == 0
    assert place.said_its_end()


def test_while_a_thread_cannot_be_interrupted(tmp_path: Path) -> None:
    """As the one that asks for a name while the network is away."""
    held_up = """
import asyncio, time
from bot.cli import run
from bot.cli.context import Context

async def never_ends(config, clock, told_to_end, *, take_over):
    told_to_end()
    await asyncio.to_thread(time.sleep, 600)

run.END_SECONDS, run._run = 0.2, never_ends
run.run_bot.main([], obj=Context(None))
"""
    env = program.environment(PYTHONPATH=str(CHECKOUT), HOTPAPERS_DISCORD_TOKEN="any")
    done = processes.run([sys.executable, "-c", held_up], cwd=tmp_path, env=env)
    assert (done.returncode, "bot.cut_short" in done.stderr) == (0, True), done.stderr


@contextmanager
def nowhere() -> Iterator[int]:
    """A port at which connections neither come about nor are refused: its queue is full."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        try:
            for one in waiting:
                one.setblocking(False)
                with suppress(BlockingIOError):
                    one.connect(("127.0.0.1", port))
            yield port
        finally:
            for one in waiting:
                one.close()
