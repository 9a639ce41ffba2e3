"""The seam to Discord: sends messages, looks whether one is there, knows the channels."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp
import discord
from discord.http import Route

from bot.cards import MAX_MARKER, MIN_MARKER, body_of, marker_of
from bot.delivery.discord_errors import Unclear
from bot.delivery.pacing import UNANSWERED, Pacer
from bot.delivery.permissions import missing_permissions, own_permissions, system_channel_of
from bot.models import Delivery, Rule
from bot.problems import Code, Problem

# discord.py sets no time limit on a request; after this long the outcome counts as unknown.
SEND_SECONDS = 60.0
# An unknown message is looked for among the newest ones, in pages as long as Discord gives.
# Enough for hours in a channel where everybody talks: what cannot be looked for is not sent.
PAGE, PAGES = 100, 50
# Ids carry Discord's time; by so much ours may differ from it.
CLOCKS_DIFFER = timedelta(hours=1)
# A thread without new messages leaves the channel's list after a day; it can still be read.
THREAD_ARCHIVED_AFTER = 1440  # minutes

_THREAD_EXISTS = 160004

_Handler = Callable[[aiohttp.ClientRequest], Awaitable[aiohttp.ClientResponse]]


class MessageTransport(Protocol):
    """Where messages go. Errors are discord.py's and aiohttp's, or Unclear;
    ``discord_errors.judge`` reads them."""

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
        """Send a message; returns its id."""
        ...

    async def find(self, channel_id: int, delivery: Delivery) -> int | None:
        """The id of the message of this delivery; None when it certainly is not there."""
        ...

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> None:
        """Open the thread of a message, whose id will be the message's. Harmless if it is open."""
        ...

    def is_ready(self) -> bool:
        """Whether channels are known, so that one that is missing is really missing."""
        ...

    def is_out(self, rule: Rule) -> bool:
        """Whether Discord has an outage for the rule's server."""
        ...

    def problem(self, rule: Rule) -> Problem | None:
        """Why the rule's channel cannot take a digest. Asks nobody."""
        ...

    def desk(self, guild_id: int) -> int | None:
        """The channel in which a server's admins can be told something; None without any."""
        ...


class DiscordTransport:
    """Sends bodies as they stand in the ledger, through the library's rate limits and retries.

    Raw bodies, because what is sent after a restart must be what was planned before it. Whoever
    asks anything waits for a turn of ``pacer``; further pages of a look wait for theirs here.

    When ``unanswered`` requests wait for their answers already, one more ends the oldest, as if its
    ``seconds`` were over. So those that are never answered keep neither others nor memory.
    """

    def __init__(
        self,
        client: discord.Client,
        *,
        seconds: float = SEND_SECONDS,
        unanswered: int = UNANSWERED,
        pacer: Pacer | None = None,
    ) -> None:
        self._client = client
        self._seconds = seconds
        self._most = unanswered
        self._waiting: dict[asyncio.Timeout, None] = {}  # the oldest first
        self._pacer = pacer or Pacer()

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)
        async with self._clear() as tries:
            answer = await self._client.http.request(
                route, json=dict(body), middlewares=(tries.follow,)
            )
            return int(answer["id"])

    async def open_thread(self, channel_id: int, message_id: int, name: str) -> None:
        route = Route(
            "POST",
            "/channels/{channel_id}/messages/{message_id}/threads",
            channel_id=channel_id,
            message_id=message_id,
        )
        form = {"name": name, "auto_archive_duration": THREAD_ARCHIVED_AFTER}
        try:
            async with self._clear():
                answer = await self._client.http.request(route, json=form)
                if int(answer["id"]) != message_id:
                    raise ValueError(answer)
        except discord.HTTPException as error:
            if error.code != _THREAD_EXISTS:
                raise

    async def find(self, channel_id: int, delivery: Delivery) -> int | None:
        if not self._may_look(channel_id):
            raise Unclear(Problem(Code.HISTORY_NOT_READABLE))
        oldest = _first_id(delivery.reserved_at or delivery.slot_at)
        before: int | None = None
        for _ in range(PAGES):
            page = await self._page(channel_id, before, delivery)
            found = next((message_id for message_id, is_it in page.items() if is_it), None)
            if found is not None:
                return found
            before = min(page, default=0)
            if len(page) < PAGE or before < oldest:
                return None
            await self._pacer.turn()
        raise Unclear(Problem(Code.TOO_MANY_MESSAGES_SINCE))

    async def _page(
        self, channel_id: int, before: int | None, delivery: Delivery
    ) -> Mapping[int, bool]:
        """The newest messages by id, newest first, and whether each is this delivery's. A page of
        something in front is none."""
        async with self._clear():
            answer: object = await self._client.http.logs_from(channel_id, PAGE, before=before)
            if not isinstance(answer, list):
                raise TypeError(answer)
            return {
                int(message["id"]): self._is_own(message) and is_of(message, delivery)
                for message in answer
            }

    @asynccontextmanager
    async def _clear(self) -> AsyncIterator["_Tries"]:
        """Within a time, and with every doubt about the outcome said by the error."""
        tries = _Tries()
        try:
            async with asyncio.timeout(self._seconds) as limit, self._among_the_waiting(limit):
                yield tries
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            if tries.earlier_doubts:
                raise Unclear(tries.earlier_doubts[0]) from error
            raise
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise Unclear(Problem(Code.DISCORD_ANSWER_UNREADABLE)) from error

    @asynccontextmanager
    async def _among_the_waiting(self, limit: asyncio.Timeout) -> AsyncIterator[None]:
        self._waiting[limit] = None
        if len(self._waiting) > self._most:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            if not oldest.expired():
                oldest.reschedule(asyncio.get_running_loop().time())
        try:
            yield
        finally:
            self._waiting.pop(limit, None)

    def _may_look(self, channel_id: int) -> bool:
        """Without the permission Discord shows an empty channel (resources/message)."""
        channel = self._client.get_channel(channel_id)
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return True
        has = own_permissions(channel)
        return has is not None and has.read_message_history

    def _is_own(self, message: Mapping[str, Any]) -> bool:
        user = self._client.user
        return user is not None and int(message["author"]["id"]) == user.id

    def is_ready(self) -> bool:
        return self._client.is_ready()

    def is_out(self, rule: Rule) -> bool:
        guild = self._client.get_guild(rule.guild_id)
        return guild is not None and guild.unavailable

    def problem(self, rule: Rule) -> Problem | None:
        if rule.is_personal:
            return rule.suspended  # only the answer to a message tells; the member resumes it
        guild = self._client.get_guild(rule.guild_id)
        if guild is None:
            return Problem(Code.NOT_IN_SERVER)
        if guild.unavailable:
            return None  # it says nothing about the channel
        channel = guild.get_channel_or_thread(rule.channel_id)
        if channel is None:
            # A thread that is archived is not shown either, and wakes up when it is written to:
            # only the answer to a message can tell. A rule that it has suspended stays so.
            return rule.suspended
        has = own_permissions(channel)
        if has is None:
            return rule.suspended
        missing = missing_permissions(has, channel, rule)
        return Problem(Code.MISSING_PERMISSIONS, permissions=missing) if missing else None

    def desk(self, guild_id: int) -> int | None:
        guild = self._client.get_guild(guild_id)
        channel = system_channel_of(guild) if guild is not None and not guild.unavailable else None
        return channel.id if channel is not None else None


class _Tries:
    """What came of each request that the library made for one send.

    It tries some answers again by itself. An answer that is clear in itself says nothing about
    the tries before it: behind a 403 may stand a 502 whose message was posted.
    """

    def __init__(self) -> None:
        self._doubts: list[Problem | None] = []

    @property
    def earlier_doubts(self) -> list[Problem]:
        """Those before the last try: on that one the caller gets its error."""
        return [doubt for doubt in self._doubts[:-1] if doubt]

    async def follow(
        self, request: aiohttp.ClientRequest, handler: _Handler
    ) -> aiohttp.ClientResponse:
        self._doubts.append(Problem(Code.EARLIER_TRY_UNANSWERED))
        response = await handler(request)
        is_doubtful = response.status >= 500
        self._doubts[-1] = (
            Problem(Code.EARLIER_TRY_ANSWERED, status=response.status) if is_doubtful else None
        )
        return response


def marker(delivery: Delivery) -> int:
    """The first component's ``id``, by which the message is known again in the channel."""
    return int(delivery.nonce[-8:], 16) % (MAX_MARKER - MIN_MARKER) + MIN_MARKER


def body(delivery: Delivery) -> dict[str, object]:
    """The request body of a delivery."""
    components = json.loads(delivery.payload)
    return body_of(components, nonce=delivery.nonce, marker=marker(delivery))


def is_of(message: Mapping[str, Any], delivery: Delivery) -> bool:
    """Whether a message of ours is this delivery's. Discord shows a nonce for a while only."""
    return message.get("nonce") == delivery.nonce or (
        marker_of(message.get("components", [])) == marker(delivery)
    )


def _first_id(at: datetime) -> int:
    """An id that is older than anything sent since ``at``."""
    return discord.utils.time_snowflake(at - CLOCKS_DIFFER)
