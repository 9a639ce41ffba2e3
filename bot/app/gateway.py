"""The connection to Discord's gateway: where it leads, and events that the library cannot read.

discord.py (2.7.1, read in its gateway.py, shard.py and client.py) has an option for neither and
makes its connections by the name of their class. So this is put on the objects that it has made,
its HTTP client and each new connection, as it does itself (gateway.py, ``from_client``:
``ws.send = ws.debug_send``).
"""

import asyncio
import logging
import time
from collections import Counter
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.http import HTTPClient
from discord.state import ConnectionState
from yarl import URL

from bot.app.gateway_tuning import replace_methods
from bot.config import logs

logger = logging.getLogger(__name__)

# Discord's own gateway names the machine that holds a session, for resuming it.
_DISCORDS = ".discord.gg"
# A server with all that Discord allows is about 10 MB.
MAX_CHARACTERS = 32 * 1024 * 1024
# A kind of event that stays unreadable is told of once in so many seconds.
QUIET = 3600.0
# Before a session is taken up again on a new connection.
PAUSE = 5.0
# These tell of a whole server; what was read of it before the fault is in place already.
_WHOLE_SERVER = ("GUILD_CREATE", "GUILD_UPDATE")
_OF_SERVERS = (*_WHOLE_SERVER, "GUILD_DELETE")
# How a connection ends, for the library to judge.
_ENDS = (ReconnectWebSocket, discord.ConnectionClosed, aiohttp.ClientError, OSError)


def keep_to_api(http: HTTPClient) -> None:
    """From now on every connection to the gateway goes where ``GET /gateway/bot`` says.

    The library goes elsewhere by itself: to its DEFAULT_GATEWAY after an invalid session
    (gateway.py, ``received_message``, op 9), after any failed connection (shard.py, ``reconnect``)
    and when it is told how many shards there are (``launch_shards``); to READY's
    ``resume_gateway_url`` when it resumes. All of it passes ``ws_connect``. Requests, webhooks and
    answers to interactions go to ``Route.BASE``; the bot reads nothing of Discord's CDN.
    """
    ask, connect = http.get_bot_gateway, http.ws_connect
    given = ""

    async def get_bot_gateway() -> tuple[int, str, Any]:
        nonlocal given
        answer = await ask()
        given = answer[1]
        return answer

    async def ws_connect(url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        if not given:
            await get_bot_gateway()
        return await connect(str(address(URL(url), URL(given))), compress=compress)

    replace_methods(http, get_bot_gateway=get_bot_gateway, ws_connect=ws_connect)


def address(wanted: URL, given: URL) -> URL:
    """Where to connect when the library wants ``wanted`` and the API gave ``given``. Pure.

    Another machine than the given one is Discord's to name, and only among its own.
    """
    both = (wanted, given)
    if all(url.scheme == "wss" and (url.host or "").endswith(_DISCORDS) for url in both):
        return wanted
    return given.with_query(wanted.query)


class Unreadable:
    """Counts what was left out, and logs it by name, without anything that stood in it."""

    def __init__(self) -> None:
        self.by_type: Counter[str] = Counter()
        self._unsaid: Counter[tuple[str, str]] = Counter()
        self._said: dict[tuple[str, str], float] = {}

    def note(self, event: str, error: Exception, *, shard: int | None, guild: int | None) -> None:
        """The first of a kind (event and exception) is logged at once, then one an hour."""
        exception = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
        kind, now = (event, exception), time.monotonic()
        self.by_type[event] += 1
        self._unsaid[kind] += 1
        if kind in self._said and now - self._said[kind] < QUIET:
            return
        self._said[kind] = now
        logs.event(
            logger, logging.WARNING, "gateway.unreadable", type=event, shard=shard, guild=guild,
            exception=exception, at=logs.place(error), times=self._unsaid.pop(kind),
        )  # fmt: skip


def leave_out_unreadable(state: ConnectionState[Any], unreadable: Unreadable) -> None:
    """From now on an event that cannot be read does not end the connection that it came by.

    The library lets such an error end the client with all its shards (shard.py, ``worker``).
    """
    know = state._update_references

    def _update_references(ws: DiscordWebSocket) -> None:
        know(ws)
        _Reader(ws, unreadable)

    # Called with each new connection before anything is read from it (gateway.py, ``from_client``).
    replace_methods(state, _update_references=_update_references)


class _Reader:
    """Reads one connection. The library has noted an event's number before it reads the rest."""

    def __init__(self, ws: DiscordWebSocket, unreadable: Unreadable) -> None:
        self._ws = ws
        self._unreadable = unreadable
        self._poll, self._read = ws.poll_event, ws.received_message
        self._text: str | None = None
        replace_methods(
            ws,
            poll_event=self.poll_event,
            received_message=self.received_message,
            log_receive=self.log_receive,
        )

    async def poll_event(self) -> None:
        """Raises aiohttp.ServerDisconnectedError when the connection ends before it has begun.

        The library would raise ReconnectWebSocket, which ends the client where it comes while a
        shard without a session connects anew (shard.py, ``reconnect``).
        """
        has_begun = self._ws._keep_alive is not None or self._ws.session_id is not None
        try:
            await self._poll()
        except ReconnectWebSocket:
            if has_begun:
                raise
            raise aiohttp.ServerDisconnectedError from None

    async def received_message(self, message: object, /) -> None:
        try:
            await self._read(message)
        except _ENDS:
            raise
        except Exception as error:  # an edge: one event must not take all servers with it
            await self._leave_out(error)
        finally:
            self._text = None

    def log_receive(self, text: str, /) -> None:
        """The library shows each message here, unpacked and before it reads it."""
        self._text = text if len(text) <= MAX_CHARACTERS else ""
        if not self._text:
            raise ValueError("no event is so large, or empty")

    async def _leave_out(self, error: Exception) -> None:
        ws, frame = self._ws, _parsed(self._text)
        said, event = frame.get("d"), frame.get("t")
        data = said if isinstance(said, dict) else {}
        known = event if isinstance(event, str) and event in ws._discord_parsers else "unknown"
        guild = _id(data.get("guild_id")) or (_id(data.get("id")) if known in _OF_SERVERS else None)
        self._unreadable.note(known, error, shard=ws.shard_id, guild=guild)
        if frame.get("op") == ws.DISPATCH:
            if known == "READY":
                self._begin(data)
            elif known in _WHOLE_SERVER and guild is not None:
                self._forget(guild)
            return
        is_unpacked = self._text is not None or isinstance(error, UnicodeError)
        if frame or not is_unpacked or ws.session_id is None:
            await self._end()

    def _begin(self, data: dict[str, Any]) -> None:
        """With the least that READY says. Until every shard has begun, no digest is sent."""
        state, listed = self._ws._connection, data.get("guilds")
        shown = listed if isinstance(listed, list) else []
        servers = [_id(one.get("id")) for one in shown if isinstance(one, dict)]
        user: Any = state.user  # known since the login
        state.parsers["READY"](
            {
                "user": {
                    "id": str(user.id),
                    "username": user.name,
                    "discriminator": user.discriminator,
                    "avatar": None,
                },
                "guilds": [{"id": str(one), "unavailable": True} for one in servers if one],
                "shard": [self._ws.shard_id, self._ws.shard_count],
            }
        )

    def _forget(self, guild: int) -> None:
        """Half of a server is worse than none: a role that is missing looks like a refusal.

        The bot stays in it, and Discord's answers tell what it may do.
        """
        stub: Any = {"id": str(guild), "unavailable": False}
        self._ws._connection._add_guild_from_data(stub)

    async def _end(self) -> None:
        """Nothing more can be read here. A session goes on over a new connection.

        Without one the library waits longer and longer before it begins anew: Discord allows a
        thousand beginnings a day.
        """
        await self._ws.close()
        if self._ws.session_id is None:
            raise aiohttp.ClientPayloadError
        await asyncio.sleep(PAUSE)
        raise ReconnectWebSocket(self._ws.shard_id)


def _parsed(text: str | None) -> dict[str, Any]:
    """Empty when it is none of the gateway's messages."""
    try:
        found = discord.utils._from_json(text or "")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _id(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 20 else None
