"""The bot's connection to the gateway, the library as it is: where it goes, what it outlives."""

import itertools
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from discord.backoff import ExponentialBackoff
from yarl import URL

from bot.app import gateway
from bot.app.client import HotpapersBot
from bot.app.gateway import Unreadable, address
from bot.clock import SystemClock
from bot.config import Config, Secrets, Settings
from bot.container import Services, services
from bot.delivery import DiscordTransport
from tests import factories
from tests.discordd import Actor, Channel, Guild, LoopbackDiscord
from tests.discordd.pointing import running
from tests.discordd.sessions import Connection, Session
from tests.discordd.wire import Obj

DISCORD = URL("wss://gateway.discord.gg/?v=10")
SECRET = "nobody-may-read-this"

Distortion = Callable[[Obj], object]


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
        bot.guild_cache.keep([self.hit_channel.id, 5])
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
    monkeypatch.setattr(gateway, "PAUSE", 0.0)
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
    ) -> aiohttp.ClientResponse:
        tried.add(URL(url).authority)
        answer: aiohttp.ClientResponse = await ask(self, method, url, **options)
        return answer

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


@pytest.mark.usefixtures("nowhere_else")
async def test_a_gateway_that_closes_before_its_first_word_is_asked_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First it cannot be reached, so that the library has no session left to resume."""
    serve, tries = place.server.gateway.serve, itertools.count()

    async def bad_days(request: web.Request) -> web.StreamResponse:
        match next(tries):
            case 0:
                return web.Response(status=503)
            case 1:
                socket = web.WebSocketResponse()
                await socket.prepare(request)
                await socket.close(code=4000)
                return socket
        return await serve(request)

    async with place.bot():
        monkeypatch.setattr(place.server.gateway, "serve", bad_days)
        place.server.gateway.invalidate()
        await place.server.wait_until(lambda: len(place.server.gateway.identifies) == 2)
        await place.others_go_on()


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


# What is sent instead of a server's GUILD_CREATE, and of READY.
SERVERS: dict[str, Distortion] = {
    "a channel is null": lambda data: data | {"channels": [*data["channels"], None]},
    "a channel without its kind": lambda data: data | {"channels": [{"id": "5"}]},
    "a role is null": lambda data: data | {"roles": [*data["roles"], None]},
    "members are null": lambda data: data | {"members": None},
    "without an id": lambda data: {key: data[key] for key in data if key != "id"},
    "nothing": lambda data: None,
    "text": lambda data: SECRET,
}
READIES: dict[str, Distortion] = {
    "no user": lambda data: data | {"user": None},
    "no session": lambda data: {key: data[key] for key in data if key != "session_id"},
    "no address": lambda data: data | {"resume_gateway_url": None},
    "a server is null": lambda data: data | {"guilds": [*data["guilds"], None]},
    "servers are a number": lambda data: data | {"guilds": 5},
    "no shard": lambda data: data | {"shard": None},
}


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """The fields of each line about what was left out."""
    found = [one for one in caplog.records if one.getMessage() == "gateway.unreadable"]
    return [one.__dict__["fields"] for one in found]


@pytest.mark.parametrize("what", SERVERS)
async def test_a_server_that_cannot_be_read_takes_no_other_with_it(
    place: Place, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    """Neither at the start nor later; and digests go on in it."""

    def distort(event: str, data: Obj) -> object:
        is_hit = event == "GUILD_CREATE" and data["id"] == str(place.hit.id)
        return SERVERS[what](data) if is_hit else data

    place.server.gateway.distort = distort
    async with place.bot() as bot:
        await place.others_go_on()
        place.server.set_unavailable(place.hit)
        place.server.set_unavailable(place.hit, unavailable=False)
        await place.others_go_on()
        guild = bot.get_guild(place.hit.id)
        assert guild is not None
        wanted = factories.rule(guild_id=place.hit.id, channel_id=place.hit_channel.id)
        assert DiscordTransport(bot).problem(wanted) is None
        assert len(place.server.gateway.identifies) == 1
        assert bot.connection().unreadable == {"GUILD_CREATE": 2}
        place.server.gateway.reconnect()
        await place.server.wait_until(lambda: place.server.gateway.resumes)
        await place.others_go_on()
    (line,) = lines(caplog)
    known = place.hit.id if what not in ("without an id", "nothing", "text") else None
    assert (line["type"], line["shard"], line["guild"]) == ("GUILD_CREATE", 0, known)
    assert SECRET not in str(line)


async def test_a_server_that_says_nothing_of_the_bot_stops_no_digest(place: Place) -> None:
    place.server.gateway.distort = lambda event, data: (
        data | {"members": [], "roles": []} if event == "GUILD_CREATE" else data
    )
    async with place.bot() as bot:
        wanted = factories.rule(guild_id=place.hit.id, channel_id=place.hit_channel.id)
        postbox = DiscordTransport(bot)
        assert bot.get_channel(place.hit_channel.id) is not None
        assert postbox.problem(wanted) is None
        assert postbox.desk(place.hit.id) is None


@pytest.mark.parametrize("what", READIES)
async def test_a_beginning_that_cannot_be_read_is_one_all_the_same(
    place: Place, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    place.server.gateway.distort = lambda event, data: (
        READIES[what](data) if event == "READY" else data
    )
    async with place.bot() as bot:
        await place.others_go_on()
        assert {guild.name for guild in bot.guilds} == {"hit", "well"}
        place.server.gateway.reconnect()
        await place.server.wait_until(lambda: place.server.gateway.closed)
        await place.server.wait_until(lambda: place.server.gateway.live)
        await place.others_go_on()
    assert {line["type"] for line in lines(caplog)} == {"READY"}


async def test_an_event_that_cannot_be_read_is_named_and_left_out(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    hit = {"guild_id": str(place.hit.id)}
    events: list[tuple[str, Any, int | None]] = [
        ("INTERACTION_CREATE", {"id": "5", "type": 2, "token": SECRET} | hit, place.hit.id),
        ("INTERACTION_CREATE", None, None),
        ("CHANNEL_UPDATE", {"type": 0} | hit, place.hit.id),
        ("CHANNEL_DELETE", [], None),
        ("GUILD_UPDATE", {"id": str(place.hit.id), "roles": [None]}, place.hit.id),
        ("GUILD_DELETE", {"unavailable": True, "id": SECRET}, None),
        ("GUILD_ROLE_UPDATE", {"role": None} | hit, place.hit.id),
        ("THREAD_CREATE", {"thread_metadata": SECRET} | hit, place.hit.id),
        ("RESUMED", None, None),
    ]
    async with place.bot():
        for event, data, _ in events:
            place.server.gateway.dispatch(event, data, guild_id=place.hit.id)
        await place.others_go_on()
        assert len(place.server.gateway.identifies) == 1
    named = [(event, 0, guild) for event, _, guild in events]
    assert [(one["type"], one["shard"], one["guild"]) for one in lines(caplog)] == named
    assert SECRET not in str(lines(caplog)) + caplog.text


async def test_what_is_none_of_the_gateways_messages_is_left_out(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    async with place.bot() as bot:
        for frame in (b"{", b"[]", b'"x"', b"null", b"", b"\xff", b'{"op":0,"t":[]}'):
            place.connection.send(frame)
        await place.others_go_on()
        assert len(place.server.gateway.identifies) == 1
        assert place.server.gateway.resumes == 0
        assert bot.connection().unreadable == {"unknown": 7}


async def test_an_event_that_is_too_large_is_not_even_looked_at(
    place: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place.bot() as bot:
        monkeypatch.setattr(gateway, "MAX_CHARACTERS", 50_000)
        late = place.server.add_channel(place.hit, "c" * 60_000)
        await place.others_go_on()
        assert bot.get_channel(late.id) is None
    assert [line["exception"] for line in lines(caplog)] == ["ValueError"]


async def test_a_stream_that_cannot_be_unpacked_goes_on_over_a_new_connection(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    async with place.bot():
        await place.connection.socket.send_bytes(b"not packed\x00\x00\xff\xff")
        await place.server.wait_until(lambda: place.server.gateway.resumes)
        await place.others_go_on()
        assert len(place.server.gateway.identifies) == 1
    assert [line["type"] for line in lines(caplog)] == ["unknown"]


@pytest.mark.parametrize("first", [b"{", b'{"op":10,"d":null}'])
async def test_a_first_word_that_cannot_be_read_is_waited_for_again(
    place: Place, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    send, spoilt = Connection.send_op, list[int]()

    def send_op(self: Connection, op: int, data: object = None) -> None:
        if op == 10 and not spoilt:
            spoilt.append(op)
            self.send(first)
        else:
            send(self, op, data)

    async with place.bot():
        monkeypatch.setattr(Connection, "send_op", send_op)
        place.server.gateway.invalidate()
        await place.server.wait_until(lambda: len(place.server.gateway.identifies) == 2)
        await place.others_go_on()
    assert spoilt


def test_a_kind_of_event_is_told_of_once_an_hour(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter((0.0, 0.0, 1.0, 1.0, 2.0, 2.0, gateway.QUIET, gateway.QUIET))
    monkeypatch.setattr(gateway, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    unreadable = Unreadable()
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            unreadable.note("GUILD_CREATE", KeyError(SECRET), shard=3, guild=7)
            unreadable.note("GUILD_CREATE", TypeError(SECRET), shard=3, guild=7)
    assert [(one["exception"], one["times"]) for one in lines(caplog)] == [
        ("KeyError", 1),
        ("TypeError", 1),
        ("KeyError", 3),
        ("TypeError", 3),
    ]
    assert unreadable.by_type == {"GUILD_CREATE": 8}
    assert SECRET not in str(lines(caplog))
