"""The bot's connection to the gateway, the library as it is: where it goes."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from discord.backoff import ExponentialBackoff
from yarl import URL

from bot.app.client import HotpapersBot
from bot.app.gateway import address
from bot.app.services import Services, services
from bot.clock import SystemClock
from bot.config import Config, Secrets, Settings
from tests.discordd import Actor, Channel, Guild, LoopbackDiscord
from tests.discordd.pointing import running
from tests.discordd.sessions import Connection, Session
from tests.discordd.wire import Obj

DISCORD = URL("wss://gateway.discord.gg/?v=10")


class Bot(HotpapersBot):
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Does without the five seconds between IDENTIFYs."""


@dataclass
class Place:
    """A server that things happen to, and another one with a member."""

    server: LoopbackDiscord
    services: Services
    hit: Guild
    hit_channel: Channel
    papers: Channel
    alice: Actor

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[HotpapersBot]:
        bot = Bot(self.services, run_jobs=False)
        bot._connection.guild_ready_timeout = 0.05
        async with running(self.server, bot):
            yield bot

    @property
    def connection(self) -> Connection:
        (session,) = self.server.gateway.live
        assert session.connection is not None
        return session.connection

    async def others_go_on(self) -> None:
        assert "/hot" in (await self.alice.slash(self.papers, "help")).text


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _: 0.0)
    config = Config(Settings(), Secrets(), tmp_path / "a.db")
    async with LoopbackDiscord() as server, services(config, SystemClock()) as found:
        hit, well = server.add_guild("hit"), server.add_guild("well")
        place = Place(
            server, found, hit, server.add_channel(hit, "hit papers"),
            server.add_channel(well, "papers"), server.add_member(well, "alice"),
        )  # fmt: skip
        yield place
        assert server.violations == server.illegal_answers == []


@pytest.fixture
def nowhere_else(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Of all requests and connections of the process, those to other addresses fail the test."""
    tried: set[str] = set()
    ask: Callable[..., Any] = aiohttp.ClientSession._request

    async def noted(
        self: aiohttp.ClientSession, method: str, url: str | URL, **options: object
    ) -> Any:  # noqa: ANN401  # aiohttp's own
        tried.add(URL(url).authority)
        return await ask(self, method, url, **options)

    monkeypatch.setattr(aiohttp.ClientSession, "_request", noted)
    yield
    assert tried == {URL(place.server.api_url).authority}


async def invalid(place: Place) -> None:
    place.server.gateway.invalidate()


async def invalid_for_now(place: Place) -> None:
    place.server.gateway.invalidate(resumable=True)


def closed(code: int, *, forgotten: bool = False) -> Callable[[Place], Any]:
    async def close(place: Place) -> None:
        connection = place.connection
        if forgotten:
            place.server.gateway.forget()
        await connection.close(code)

    return close


@pytest.mark.usefixtures("nowhere_else")
@pytest.mark.parametrize(
    ("breaks", "identifies", "resumes"),
    [
        (invalid, 2, 0),
        (invalid_for_now, 1, 1),
        (closed(4000), 1, 1),
        (closed(1000), 1, 1),
        (closed(4009, forgotten=True), 2, 0),
        (closed(4007, forgotten=True), 2, 0),
    ],
    ids=["op 9", "op 9, resumable", "4000", "1000", "4009", "4007"],
)
async def test_after_each_break_it_comes_back_to_the_same_gateway(
    place: Place, breaks: Callable[[Place], Any], identifies: int, resumes: int
) -> None:
    async with place.bot():
        gateway = place.server.gateway
        await breaks(place)
        await place.server.wait_until(
            lambda: (len(gateway.identifies), gateway.resumes) == (identifies, resumes)
        )
        await place.others_go_on()


@pytest.mark.usefixtures("nowhere_else")
async def test_a_session_is_resumed_where_the_api_says_whatever_ready_does(place: Place) -> None:
    def elsewhere(event: str, data: Obj) -> Obj:
        known = {"resume_gateway_url": "wss://gateway-us-east1-b.discord.gg"}
        return data | known if event == "READY" else data

    place.server.gateway.distort = elsewhere
    async with place.bot():
        place.server.gateway.reconnect()
        await place.server.wait_until(lambda: place.server.gateway.resumes)
        await place.others_go_on()


@pytest.mark.usefixtures("nowhere_else")
async def test_a_connection_that_is_lost_before_ready_is_made_anew(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, lost = place.server.gateway.start_session, list[Obj]()

    async def start_session(connection: Connection, wanted: Obj) -> Session:
        if not lost:
            lost.append(wanted)
            await connection.close(4000)
            return Session("lost", 0, 1, 1)
        return await start(connection, wanted)

    monkeypatch.setattr(place.server.gateway, "start_session", start_session)
    async with place.bot():
        await place.others_go_on()
    assert lost


@pytest.mark.parametrize(
    ("wanted", "given", "connected"),
    [
        (DISCORD, "wss://gateway.discord.gg", DISCORD),
        (
            "wss://gateway-us-east1-b.discord.gg/?v=10",
            "wss://gateway.discord.gg",
            "wss://gateway-us-east1-b.discord.gg/?v=10",
        ),
        (DISCORD, "ws://127.0.0.1:81/gateway", "ws://127.0.0.1:81/gateway?v=10"),
        ("ws://127.0.0.1:82/?v=10", "ws://127.0.0.1:81", "ws://127.0.0.1:81/?v=10"),
        ("ws://x.discord.gg/?v=10", "wss://gateway.discord.gg", DISCORD),
        ("wss://notdiscord.gg/?v=10", "wss://gateway.discord.gg", DISCORD),
    ],
)
def test_only_discord_names_another_machine_and_only_of_its_own(
    wanted: str | URL, given: str, connected: str | URL
) -> None:
    assert address(URL(wanted), URL(given)) == URL(connected)
