"""The least of each server: its name, the bot's own roles, the channels that get something.

discord.py keeps 33 kB of a server of ordinary size (25 channels, 15 roles), of which the bot needs
3 to 5. It has no option for less, so what it reads is cut beforehand: its parsers stand in a
public table by the events' names (discord.py 2.7.1, state.py, ``ConnectionState.parsers``).
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import discord
from discord.state import ConnectionState

from bot.app.gateway_tuning import MIN_SERVERS, freeze_gc
from bot.config import logs

logger = logging.getLogger(__name__)

Payload = Mapping[str, Any]
Parser = Callable[[Any], None]

# A member waits for the answer to a command, which has three seconds.
FETCH_SECONDS = 2.0
_GUILD_KEYS = (
    "id", "name", "unavailable", "owner_id", "member_count", "preferred_locale",
    "system_channel_id",
)  # fmt: skip
# What the bot never asks of a server.
_UNREAD_EVENTS = (
    "CHANNEL_CREATE", "CHANNEL_PINS_UPDATE", "GUILD_SCHEDULED_EVENT_CREATE",
    "GUILD_SCHEDULED_EVENT_UPDATE", "GUILD_SCHEDULED_EVENT_DELETE", "STAGE_INSTANCE_CREATE",
    "STAGE_INSTANCE_UPDATE", "STAGE_INSTANCE_DELETE",
)  # fmt: skip


def reduced_guild(guild: Payload, own_id: int, posted_to: Iterable[int]) -> dict[str, Any]:
    """A GUILD_CREATE's data with what the bot needs of it. Pure.

    Kept are the channels and threads of ``posted_to``, a kept thread's channel and a kept channel's
    threads; the channel for system messages too, where anything is posted or the bot is new.
    """
    own = next((one for one in guild["members"] if one["user"]["id"] == str(own_id)), None)
    wanted = {str(channel_id) for channel_id in posted_to}
    threads = guild.get("threads", [])
    wanted |= {one["parent_id"] for one in threads if one["id"] in wanted}
    channels = [one for one in guild["channels"] if one["id"] in wanted]
    # ``unavailable`` is missing for a server that the bot has just been added to.
    if channels or "unavailable" not in guild:
        system = guild.get("system_channel_id")
        channels += [
            one for one in guild["channels"] if one["id"] == system and one not in channels
        ]
    kept = {one["id"] for one in channels}
    return {
        **{key: guild[key] for key in _GUILD_KEYS if key in guild},
        "roles": own_roles(guild["roles"], guild["id"], own),
        "members": [] if own is None else [own],
        "channels": channels,
        "threads": [one for one in threads if one["parent_id"] in kept],
    }


def own_roles(roles: Iterable[Payload], guild_id: str, own: Payload | None) -> list[Payload]:
    """Those that the bot's permissions come from: everyone's, whose id is the server's, and its
    own."""
    wanted = {guild_id, *(own["roles"] if own is not None else ())}
    return [role for role in roles if role["id"] in wanted]


class GuildCache:
    """What a bot's library keeps of servers, and what it is to keep.

    A channel that something is posted to from now on has to be asked for by ``channel``, once.
    """

    def __init__(self, client: discord.Client, state: ConnectionState[Any]) -> None:
        self._client = client
        self._state = state
        self._posted_to: set[int] = set()
        self._arrived = 0
        self._asking: set[asyncio.Task[None]] = set()
        self._parsers: dict[str, Parser] = dict(state.parsers)
        for event in _UNREAD_EVENTS:
            state.parsers.pop(event, None)
        state.parsers |= {
            "READY": self._ready,
            "GUILD_CREATE": self._guild_create,
            "GUILD_DELETE": self._guild_delete,
            "GUILD_UPDATE": self._guild_update,
            "GUILD_ROLE_CREATE": self._role_create,
            "GUILD_MEMBER_UPDATE": self._member_update,
            "THREAD_CREATE": partial(self._thread, "THREAD_CREATE"),
            "THREAD_UPDATE": partial(self._thread, "THREAD_UPDATE"),
            "THREAD_LIST_SYNC": self._threads,
        }

    def keep(self, channel_ids: Iterable[int]) -> None:
        """Keep these channels and threads of the servers that arrive from now on."""
        self._posted_to.update(channel_ids)

    async def channel(
        self, guild: discord.Guild, channel_id: int
    ) -> discord.abc.GuildChannel | discord.Thread | None:
        """A channel or thread of ``guild``, which is kept from now on; None when there is none.

        Raises discord.HTTPException, aiohttp.ClientError or OSError when Discord does not tell.
        """
        self._posted_to.add(channel_id)
        known = guild.get_channel_or_thread(channel_id)
        if known is None:
            async with asyncio.timeout(FETCH_SECONDS):
                await self._fetch_channel(guild, channel_id)
        return guild.get_channel_or_thread(channel_id)

    async def _fetch_channel(self, guild: discord.Guild, channel_id: int) -> None:
        payload: Any
        try:
            payload = await self._client.http.get_channel(channel_id)
        except (discord.NotFound, discord.Forbidden):
            # Of a channel that the bot may not view only the server's list tells.
            listed: list[Any] = await self._client.http.get_all_guild_channels(guild.id)
            payload = next((one for one in listed if one["id"] == str(channel_id)), {})
        if payload.get("guild_id") != str(guild.id):
            return
        if "thread_metadata" not in payload:
            self._parsers["CHANNEL_CREATE"](payload)
            return
        if guild.get_channel(int(payload["parent_id"])) is None:
            await self._fetch_channel(guild, int(payload["parent_id"]))
        self._parsers["THREAD_CREATE"](payload)

    def _ready(self, data: Payload) -> None:
        """A new session: each server comes anew."""
        for one in data["guilds"]:
            self._release(int(one["id"]))
        self._parsers["READY"](data)

    def _guild_create(self, data: Payload) -> None:
        if data.get("unavailable") is not True:
            data = reduced_guild(data, self._own_id, self._posted_to)
        self._parsers["GUILD_CREATE"](data)
        self._arrived += 1
        if self._arrived % MIN_SERVERS == 0:
            freeze_gc(self._arrived)

    def _guild_delete(self, data: Payload) -> None:
        if not data.get("unavailable"):
            self._release(int(data["id"]))
        self._parsers["GUILD_DELETE"](data)

    def _release(self, guild_id: int) -> None:
        """A server's parts hold each other. Nobody looks for garbage among what is frozen, and if
        somebody did, each storm of sessions would cost as much memory again until then."""
        guild = self._client.get_guild(guild_id)
        if guild is not None:
            for table in (guild._channels, guild._threads, guild._members, guild._roles):
                table.clear()

    def _guild_update(self, data: Payload) -> None:
        guild = self._client.get_guild(int(data["id"]))
        own = None if guild is None else guild.me
        roles = {"roles": [str(role.id) for role in own.roles]} if own is not None else None
        kept = {key: data[key] for key in _GUILD_KEYS if key in data}
        self._parsers["GUILD_UPDATE"](
            {**kept, "roles": own_roles(data["roles"], data["id"], roles)}
        )

    def _role_create(self, data: Payload) -> None:
        """A new role is nobody's yet; the bot's own come with its own change."""

    def _member_update(self, data: Payload) -> None:
        self._parsers["GUILD_MEMBER_UPDATE"](data)
        guild = self._client.get_guild(int(data["guild_id"]))
        if guild is None or data["user"]["id"] != str(self._own_id):
            return
        new = {int(role_id) for role_id in data["roles"]} - {role.id for role in guild.roles}
        if new:
            task = asyncio.create_task(self._fetch_roles(guild.id, new))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _fetch_roles(self, guild_id: int, new: set[int]) -> None:
        try:
            roles = await self._client.http.get_roles(guild_id)
        except (discord.DiscordException, OSError) as error:  # known again at the next connection
            logs.event(logger, logging.WARNING, "server.roles_unknown", guild=guild_id, error=error)
            return
        for role in roles:
            if int(role["id"]) in new:
                self._parsers["GUILD_ROLE_CREATE"]({"guild_id": str(guild_id), "role": role})

    def _thread(self, event: str, data: Payload) -> None:
        guild = self._client.get_guild(int(data["guild_id"]))
        if guild is not None and guild.get_channel(int(data["parent_id"])) is not None:
            self._parsers[event](data)

    def _threads(self, data: Payload) -> None:
        guild = self._client.get_guild(int(data["guild_id"]))
        if guild is None:
            return
        kept = {str(channel.id) for channel in guild.channels}
        threads = [one for one in data.get("threads", ()) if one["parent_id"] in kept]
        self._parsers["THREAD_LIST_SYNC"]({**data, "threads": threads, "members": []})

    @property
    def _own_id(self) -> int:
        user = self._client.user
        return 0 if user is None else user.id
