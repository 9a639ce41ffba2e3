"""The seam to Discord: sends messages, looks whether one is there, knows the channels."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import discord
from discord.http import Route

from bot.cards import LEAST_MARKER, MOST_MARKER, marker_of
from bot.models import Delivery, Rule

# discord.py sets no time limit on a request; after this long the outcome counts as unknown.
SEND_SECONDS = 60.0
# How far back an unknown message is looked for. It was sent moments before, in one channel.
LOOK_BACK = 50

_COMPONENTS_V2 = 1 << 15


class Postbox(Protocol):
    """Where messages go. Errors are discord.py's and aiohttp's; ``answers.judge`` reads them."""

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
        """Send a message; returns its id."""
        ...

    async def find(self, channel_id: int, delivery: Delivery) -> int | None:
        """The id of the message of this delivery, if it stands in the channel."""
        ...

    def is_ready(self) -> bool:
        """Whether channels are known, so that one that is missing is really missing."""
        ...

    def problem(self, rule: Rule) -> str | None:
        """Why the rule's channel cannot take a digest, in one sentence. Asks nobody."""
        ...


class DiscordPostbox:
    """Sends bodies as they stand in the ledger, through the library's rate limits and retries.

    Raw bodies, because what is sent after a restart must be what was planned before it.
    """

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)
        async with asyncio.timeout(SEND_SECONDS):
            answer: dict[str, Any] = await self._client.http.request(route, json=dict(body))
        return int(answer["id"])

    async def find(self, channel_id: int, delivery: Delivery) -> int | None:
        since = delivery.reserved_at or delivery.slot_at
        async with asyncio.timeout(SEND_SECONDS):
            messages: list[Any] = list(
                await self._client.http.logs_from(
                    channel_id, LOOK_BACK, after=_snowflake_before(since)
                )
            )
        own = 0 if self._client.user is None else self._client.user.id
        for message in messages:
            if int(message["author"]["id"]) == own and _is_of(message, delivery):
                return int(message["id"])
        return None

    def is_ready(self) -> bool:
        return self._client.is_ready()

    def problem(self, rule: Rule) -> str | None:
        guild = self._client.get_guild(rule.guild_id)
        if guild is None:
            return "The bot is not in this server any more."
        if guild.unavailable:
            return None  # an outage of Discord's; the send will tell
        channel = guild.get_channel_or_thread(rule.channel_id)
        if channel is None:
            return "The channel no longer exists, or the bot may not see it."
        missing = missing_permissions(channel.permissions_for(guild.me), channel, rule)
        return f"The bot lacks {' and '.join(missing)} in this channel." if missing else None


def missing_permissions(has: discord.Permissions, channel: object, rule: Rule) -> list[str]:
    """What a digest needs and the bot does not have, by Discord's own names."""
    return [name for name, granted in needed_permissions(has, channel, rule).items() if not granted]


def needed_permissions(has: discord.Permissions, channel: object, rule: Rule) -> dict[str, bool]:
    """What a digest needs, by Discord's own names, and whether the bot has it."""
    in_thread = isinstance(channel, discord.Thread)
    needs = {
        "View Channel": has.view_channel,
        "Send Messages in Threads" if in_thread else "Send Messages": (
            has.send_messages_in_threads if in_thread else has.send_messages
        ),
        "Read Message History": has.read_message_history,
    }
    if rule.thread:
        needs["Create Public Threads"] = has.create_public_threads
        needs["Send Messages in Threads"] = has.send_messages_in_threads
    return needs


def marker(delivery: Delivery) -> int:
    """The first component's ``id``, by which the message is known again in the channel."""
    return int(delivery.nonce[-8:], 16) % (MOST_MARKER - LEAST_MARKER) + LEAST_MARKER


def body(delivery: Delivery) -> dict[str, object]:
    """The request body of a delivery. It pings nobody, and Discord takes its nonce once."""
    components = json.loads(delivery.payload)
    components[0]["id"] = marker(delivery)
    return {
        "flags": _COMPONENTS_V2,
        "components": components,
        "allowed_mentions": {"parse": []},
        "nonce": delivery.nonce,
        "enforce_nonce": True,
    }


def _is_of(message: Mapping[str, Any], delivery: Delivery) -> bool:
    return message.get("nonce") == delivery.nonce or (
        marker_of(message.get("components", [])) == marker(delivery)
    )


def _snowflake_before(at: datetime) -> int:
    """An id that is older than anything sent since ``at``, with a minute for clocks that differ."""
    return discord.utils.time_snowflake(at) - (60_000 << 22)
