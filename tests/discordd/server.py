"""`LoopbackDiscord`: the server on 127.0.0.1, and what a test does with it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from aiohttp import web

from tests.discordd import payloads, rest_channels, rest_guilds, rest_interactions
from tests.discordd.actors import Actor
from tests.discordd.changes import Probe
from tests.discordd.clock import ServerClock
from tests.discordd.faults import Faults
from tests.discordd.gateway import GUILDS, Gateway
from tests.discordd.hub import Hub, new_hub
from tests.discordd.messages import Message
from tests.discordd.permissions import Overwrite, Perm
from tests.discordd.ratelimits import RateLimits
from tests.discordd.requests import Call, Endpoint, Logged, Reply
from tests.discordd.serving import responder
from tests.discordd.settings import Settings
from tests.discordd.wire import Obj, not_found
from tests.discordd.world import Channel, ChannelRef, Guild, GuildRef, Kind, World

BASE = "/api/v10"
_BODY_BYTES = 30 * 1024 * 1024


class LoopbackDiscord:
    """REST v10 and the gateway, on a free port, in the running event loop.

    `world` may be filled before or after the start; the methods here also tell the app by the
    events that Discord would send. `hub` holds the rest.
    """

    def __init__(self, settings: Settings | None = None, clock: ServerClock | None = None) -> None:
        self.hub: Hub = new_hub(clock or ServerClock(), settings or Settings())
        self._runner: web.AppRunner | None = None
        self._address = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self, port: int = 0, extra: Iterable[web.RouteDef] = ()) -> None:
        """`extra` routes are the control API of a process of its own."""
        self._runner = web.AppRunner(self._app(extra), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        bound = self._runner.addresses[0][1]
        self._address = f"127.0.0.1:{bound}"
        self.hub.gateway.url = f"ws://{self._address}/gateway"

    async def stop(self) -> None:
        if self._runner:
            await self.hub.gateway.close(1001)
            await self._runner.cleanup()
            self._runner = None

    @property
    def api_url(self) -> str:
        """What goes into the bot's setting `[discord] api_url`."""
        return f"http://{self._address}{BASE}"

    @property
    def control_url(self) -> str:
        return f"http://{self._address}/_test"

    # What there is

    @property
    def world(self) -> World:
        return self.hub.world

    @property
    def settings(self) -> Settings:
        return self.hub.settings

    @property
    def clock(self) -> ServerClock:
        return self.hub.clock

    @property
    def gateway(self) -> Gateway:
        return self.hub.gateway

    @property
    def faults(self) -> Faults:
        return self.hub.faults

    @property
    def ratelimits(self) -> RateLimits:
        """`.enabled = True` turns them on; `.refused` counts by scope, `.invalid` the bad ones."""
        return self.hub.ratelimits

    @property
    def counts_429(self) -> int:
        return self.hub.ratelimits.refused.total()

    @property
    def violations(self) -> list[str]:
        return self.hub.violations

    @property
    def illegal_answers(self) -> list[str]:
        return self.hub.illegal_answers

    @property
    def log(self) -> list[Logged]:
        return self.hub.log

    @property
    def commands(self) -> Sequence[Obj]:
        """The global commands, as registered."""
        return self.hub.commands.listed(None)

    def requests(self, method: str = "*", route: str = "*") -> list[Logged]:
        """The log's entries of one method and one route template."""
        wanted = (one for one in self.log if method in {"*", one.method})
        return [one for one in wanted if route in {"*", one.route}]

    def write_log(self, path: Path) -> None:
        """One JSON object a line."""
        lines = (msgspec.json.encode(one) for one in self.log)
        path.write_bytes(b"".join(line + b"\n" for line in lines))

    def messages(self, channel: ChannelRef) -> list[Message]:
        """What stands in a channel for all to see, oldest first."""
        return self.hub.messages.listed(_id(channel))

    def all_messages(self) -> list[Message]:
        return self.hub.messages.everywhere()

    # Waiting

    async def wait_until(self, probe: Probe, seconds: float = 10.0) -> None:
        """Raises `TimeoutError`. Asked after every request, event and connection."""
        await self.hub.changes.until(probe, seconds)

    async def wait_ready(self, seconds: float = 20.0, *, commands: bool = True) -> None:
        """Until every shard is connected and, unless told otherwise, commands are registered."""
        hub = self.hub
        await self.wait_until(
            lambda: hub.gateway.ready and (hub.commands.scopes or not commands), seconds
        )

    async def wait_messages(
        self, channel: ChannelRef, count: int = 1, seconds: float = 10.0
    ) -> list[Message]:
        await self.wait_until(lambda: len(self.messages(channel)) >= count, seconds)
        return self.messages(channel)

    # Changing the world

    def add_guild(self, name: str, *, bot_permissions: Perm = Perm.NONE) -> Guild:
        guild = self.world.add_guild(name, bot_permissions=bot_permissions)
        self._tell_guild_create(guild)
        return guild

    def add_channel(
        self,
        guild: GuildRef,
        name: str,
        *,
        kind: Kind = Kind.TEXT,
        topic: str | None = None,
        requires_tag: bool = False,
    ) -> Channel:
        channel = self.world.add_channel(
            guild, name, kind=kind, topic=topic, requires_tag=requires_tag
        )
        self.hub.tell_channel("CREATE", channel)
        return channel

    def add_member(
        self,
        guild: GuildRef,
        name: str,
        *,
        permissions: Perm = Perm.NONE,
        locale: str = "en-US",
        accepts_dms: bool = True,
    ) -> Actor:
        """A person in the guild, with `permissions` beyond what @everyone has."""
        user = self.world.add_user(name, locale=locale, accepts_dms=accepts_dms)
        self.world.add_member(guild, user, permissions=permissions)
        return Actor(self.hub, user.id)

    def actor(self, user_id: int) -> Actor:
        return Actor(self.hub, user_id)

    def dm(self, person: Actor | int) -> Channel:
        """The private channel of the bot and a person."""
        return self.world.dm_with(person if isinstance(person, int) else person.id)

    def close_dms(self, person: Actor, *, closed: bool = True) -> None:
        user = self.world.users[person.id]
        self.world.put_user(replace(user, accepts_dms=not closed))

    def remove_member(self, guild: GuildRef, person: Actor) -> None:
        self.world.drop_member(guild, person.id)

    def overwrite(
        self,
        channel: ChannelRef,
        target: int | None = None,
        *,
        allow: Perm = Perm.NONE,
        deny: Perm = Perm.NONE,
    ) -> None:
        """Allows or denies in one channel: to a role or member by id, or to the bot itself."""
        here, who = self.world.channel(channel), target or self.world.bot.id
        is_member = who in self.world.users
        held = {one.target_id: one for one in here.overwrites}
        old = held.get(who, Overwrite(who, is_member))
        held[who] = old.changed(allow=allow, deny=deny)
        changed = self.world.put_channel(replace(here, overwrites=tuple(held.values())))
        self.hub.tell_channel("UPDATE", changed)

    def deny(self, channel: ChannelRef, permissions: Perm) -> None:
        """Takes something away from the bot in one channel."""
        self.overwrite(channel, deny=permissions)

    def allow(self, channel: ChannelRef, permissions: Perm) -> None:
        self.overwrite(channel, allow=permissions)

    def set_role(self, role_id: int, permissions: Perm) -> None:
        """@everyone's id is the guild's, that of the bot's role `guild.bot_role_id`."""
        role = self.world.put_role(replace(self.world.roles[role_id], permissions=permissions))
        data = {"guild_id": str(role.guild_id), "role": payloads.role(role)}
        self.hub.tell_guild("GUILD_ROLE_UPDATE", role.guild_id, data)

    def delete_channel(self, channel: ChannelRef) -> None:
        """Threads in it go too."""
        gone = self.world.drop_channel(channel)
        for one in gone:
            self.hub.messages.drop_channel(one.id)
        self.hub.tell_channel("DELETE", gone[0])

    def set_thread(
        self, thread: ChannelRef, *, archived: bool | None = None, locked: bool | None = None
    ) -> None:
        here = self.world.channel(thread)
        changed = replace(
            here,
            archived=here.archived if archived is None else archived,
            locked=here.locked if locked is None else locked,
        )
        self.hub.tell_channel("UPDATE", self.world.put_channel(changed))

    def remove_guild(self, guild: GuildRef) -> None:
        """Somebody removes the bot."""
        self.hub.leave(self.world.guild(guild))

    def set_unavailable(self, guild: GuildRef, *, unavailable: bool = True) -> None:
        """An outage at Discord's, or its end. Requests to the guild answer 503 meanwhile."""
        changed = self.world.put_guild(replace(self.world.guild(guild), unavailable=unavailable))
        if unavailable:
            self.hub.tell_guild_gone(changed, unavailable=True)
        else:
            self._tell_guild_create(changed)

    def _tell_guild_create(self, guild: Guild) -> None:
        if self.hub.gateway.sessions:
            data = payloads.guild_create(self.world, guild)
            self.hub.gateway.dispatch("GUILD_CREATE", data, guild_id=guild.id, intent=GUILDS)

    # The web application

    def _app(self, extra: Iterable[web.RouteDef]) -> web.Application:
        app = web.Application(client_max_size=_BODY_BYTES)
        endpoints = (
            *rest_guilds.ENDPOINTS,
            *rest_channels.ENDPOINTS,
            *rest_interactions.ENDPOINTS,
        )
        for endpoint in endpoints:
            respond = responder(self.hub, endpoint)
            app.router.add_route(endpoint.method, BASE + endpoint.route, respond)
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/gateway/", self._gateway)
        app.router.add_routes(extra)
        app.router.add_route("*", BASE + "/{rest:.*}", self._unknown)
        app.on_response_prepare.append(self._tell_date)
        return app

    async def _tell_date(self, _: web.Request, response: web.StreamResponse) -> None:
        now = datetime.now(UTC) + timedelta(seconds=self.settings.date_offset)
        response.headers["Date"] = format_datetime(now, usegmt=True)

    async def _gateway(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.take("GET", "/gateway")
        if fault and fault.kind == "status":
            return web.Response(status=fault.status)
        if fault and request.transport:
            request.transport.close()
            return web.Response()
        return await self.hub.gateway.serve(request)

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        """A route that is missing here must not pass for one that Discord has not got."""
        endpoint = Endpoint(request.method, request.path.removeprefix(BASE), _no_such_route)
        return await responder(self.hub, endpoint)(request)


def _no_such_route(hub: Hub, call: Call) -> Reply:
    hub.violations.append(f"{call.method} {call.path}: no such route in this server")
    raise not_found()


def _id(channel: ChannelRef) -> int:
    return channel if isinstance(channel, int) else channel.id
