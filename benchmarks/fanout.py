"""One digest to thousands of channels, against a plain loop over `channel.send`.

A loopback Discord in a process of its own, with its real limits (50 requests a second for the bot,
5 messages in 5 seconds for a channel) and 80 ms for each answer. `FANOUT_CHANNELS` (5000) makes
it shorter; the plain loop sends to a few channels only, as its pace stays the same.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import discord as library
from sqlite_utils import Database

from benchmarks.beside import Discord, discord
from benchmarks.row import Row
from bot.clock import ManualClock
from bot.config import Settings
from bot.delivery import Deliveries, DiscordTransport
from bot.models import DeliveryState
from bot.store import Archive, delivery_reports, rules
from tests.delivery.fake import close_day
from tests.discordd.pointing import running
from tests.factories import DAY, rule

CHANNELS = int(os.environ.get("FANOUT_CHANNELS") or 5000)
IN_A_GUILD = 5
PLAIN = 200
LIMIT = 50.0  # requests a second: Discord's, for one bot
GOAL = 0.95
SLOT = datetime(2021, 3, 31, 7, tzinfo=UTC)
PAPERS = tuple(f"2103.1500{n}" for n in range(5))


class Timed(DiscordTransport):
    """Notes when each message was taken."""

    def __init__(self, client: library.Client) -> None:
        super().__init__(client)
        self.taken: list[float] = []

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
        message_id = await super().send(channel_id, body)
        self.taken.append(time.monotonic())
        return message_id


def measure() -> list[Row]:
    options = ("--latency", "0.08", "--ratelimits", "--no-openapi")
    guilds = str(max(CHANNELS // IN_A_GUILD, 1))
    with discord(*options, "--guilds", "1") as server:
        plain = asyncio.run(_plain(server))
        plain_429s = _refused(server)
    with discord(*options) as server:
        plan = {"generate": {"guilds": int(guilds), "channels": IN_A_GUILD}}
        server.ask("POST", "/world", plan)
        ours, seconds, sent = asyncio.run(_ours(server))
        refused = _refused(server)
    ideal = CHANNELS / LIMIT
    return [
        Row(f"digest to {sent:,} channels, against a plain loop", ours, "requests/s",
            baseline=plain, goal=GOAL * LIMIT, met=ours >= GOAL * LIMIT),
        Row("the same, as a share of Discord's limit of 50 a second", 100 * ours / LIMIT, "%",
            baseline=100 * plain / LIMIT, goal=100 * GOAL, met=ours >= GOAL * LIMIT),
        Row("429s answered to us, against the plain loop's", refused, "answers",
            baseline=plain_429s, goal=0, met=refused == 0),
        Row("from due to the last digest, against the limit alone", seconds, "s",
            baseline=ideal, goal=1.15 * ideal, met=seconds <= 1.15 * ideal),
    ]  # fmt: skip


def _refused(server: Discord) -> int:
    return sum(server.ask("GET", "/state")["refused"].values())


def _client() -> library.AutoShardedClient:
    return library.AutoShardedClient(
        intents=library.Intents(guilds=True),
        member_cache_flags=library.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        max_ratelimit_timeout=60,
    )


async def _plain(server: Discord) -> float:
    """Requests a second of a loop that waits for each answer, channels taking turns."""
    server.ask("POST", "/world", {"generate": {"guilds": PLAIN // IN_A_GUILD, "channels": 5}})
    client = _client()
    async with running(server, client, server.token):
        channels = [one for guild in client.guilds for one in guild.text_channels][:PLAIN]
        started = time.monotonic()
        for channel in channels:
            await channel.send("Hot papers of the day")
        return len(channels) / (time.monotonic() - started)


async def _ours(server: Discord) -> tuple[float, float, int]:
    """Messages a second between the first and the last, seconds from due to the last, count."""
    client = _client()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            running(server, client, server.token),
            await Archive.open(Path(folder) / "archive.db") as archive,
        ):
            await close_day(archive, Settings(), DAY, *PAPERS)
            await archive.write(_add_rules, client)
            postbox = Timed(client)
            deliveries = Deliveries(archive, Settings(), ManualClock(SLOT), postbox)
            started = time.monotonic()
            await deliveries.tick()
            tally = await archive.read(delivery_reports.tally)
            if tally.get(DeliveryState.SENT) != len(postbox.taken):
                raise RuntimeError(f"the ledger says {tally}")
            taken = postbox.taken
            rate = (len(taken) - 1) / (taken[-1] - taken[0])
            return rate, taken[-1] - started, len(taken)


def _add_rules(db: Database, client: library.Client) -> None:
    for guild in client.guilds:
        for channel in guild.text_channels:
            rules.save(db, rule(guild_id=guild.id, channel_id=channel.id))
