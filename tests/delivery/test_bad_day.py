"""In the middle of a fan-out a permission is taken away, a channel deleted, a thread locked, a
server lost to an outage, and a member closes their direct messages. All others get theirs.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord

from bot.clock import ManualClock
from bot.config import Settings
from bot.delivery import Deliveries, DiscordTransport
from bot.delivery.pacing import Pacer
from bot.delivery.retry_policy import ATTEMPTS
from bot.models import DeliveryState, Follow, Rule
from bot.store import Archive, follows, rules
from tests.delivery.fake import close_day, rows, why
from tests.discordd import Actor, Guild, LoopbackDiscord, Perm
from tests.discordd.pointing import running
from tests.factories import DAY, NOW, rule

SLOT = datetime(2021, 3, 31, 7, tzinfo=UTC)
PAPER = "2103.15001"
IN_A_GUILD, MEMBERS = 9, 3
TURN_OF_EVENTS = 10  # requests go well before it


class Turning(Pacer):
    """Something happens when so many requests have been made."""

    def __init__(self, happens: Callable[[], None]) -> None:
        super().__init__(per_second=1e6)
        self._left, self._happens = TURN_OF_EVENTS, happens

    async def turn(self) -> None:
        await super().turn()
        self._left -= 1
        if self._left == 0:
            self._happens()


class Place:
    """Two servers and three members, each with a digest that is due."""

    def __init__(self, server: LoopbackDiscord) -> None:
        self.server = server
        self.one, self.two = server.add_guild("one"), server.add_guild("two")
        self.channels = {
            guild.id: [server.add_channel(guild, f"papers-{n}") for n in range(IN_A_GUILD)]
            for guild in (self.one, self.two)
        }
        self.members = [server.add_member(self.one, f"member-{n}") for n in range(MEMBERS)]
        self.thread = 0

    @property
    def victims(self) -> dict[int, str]:
        """The last places of the first server and the last member, with what becomes of them."""
        denied, deleted = self.channels[self.one.id][-2:]
        return {
            denied.id: "The bot may not send messages in this channel.",
            deleted.id: "The channel no longer exists.",
            self.thread: "The thread is archived.",
            self.server.dm(self.members[-1]).id: "direct messages are closed",
        }

    def happens(self) -> None:
        denied, deleted = self.channels[self.one.id][-2:]
        self.server.deny(denied, Perm.SEND_MESSAGES)
        self.server.delete_channel(deleted)
        self.server.set_thread(self.thread, archived=True, locked=True)
        self.server.set_unavailable(self.two)
        self.server.close_dms(self.members[-1])

    async def ask(self, archive: Archive, client: discord.Client) -> list[Rule]:
        """A rule for every place; those that will be in trouble come last."""
        kind = discord.ChannelType.public_thread
        parent = client.get_channel(self.channels[self.one.id][0].id)
        assert isinstance(parent, discord.TextChannel)
        self.thread = (await parent.create_thread(name="digests", type=kind)).id
        wanted = [_of(guild, one.id) for guild in (self.two, self.one)
                  for one in self.channels[guild.id]]  # fmt: skip
        wanted += [_of(self.one, self.thread), *map(self._personal, self.members)]
        for person in self.members:
            follow = Follow(member_id=person.id, query="cs.CV", created_at=NOW)
            await archive.write(follows.add, follow)
        return [replace(one, rule_id=await archive.write(rules.save, one)) for one in wanted]

    def _personal(self, person: Actor) -> Rule:
        return rule(guild_id=0, channel_id=self.server.dm(person).id, created_by=person.id)


def _of(guild: Guild, channel_id: int) -> Rule:
    return rule(guild_id=guild.id, channel_id=channel_id)


async def test_all_others_get_theirs_and_each_of_these_its_reason(tmp_path: Path) -> None:
    async with LoopbackDiscord() as server:
        place, client = Place(server), _client()
        async with await Archive.open(tmp_path / "a.db") as archive, running(server, client):
            asked = await place.ask(archive, client)
            await close_day(archive, Settings(), DAY, PAPER)
            clock = ManualClock(SLOT)
            deliveries = Deliveries(
                archive, Settings(), clock, DiscordTransport(client), Turning(place.happens)
            )
            await deliveries.tick()
            sent = await _sent(archive, asked)
            assert TURN_OF_EVENTS / 2 < sum(sent.values()) < len(asked) - len(place.victims)
            await _until_the_client_knows(server, client, place)
            for minutes in (1, 10, 10):
                clock.advance(timedelta(minutes=minutes))
                await deliveries.tick()
            server.set_unavailable(place.two, unavailable=False)
            await server.wait_until(lambda: not _is_out(client, place.two))
            for _ in range(30):
                clock.advance(timedelta(minutes=50))
                await deliveries.tick()
            await _judge(archive, server, place, asked)


async def _judge(
    archive: Archive, server: LoopbackDiscord, place: Place, asked: list[Rule]
) -> None:
    for one in asked:
        (row,) = await archive.read(rows, one.rule_id)
        reason = place.victims.get(one.channel_id)
        if reason is None:
            assert (row.state, row.reason) == (DeliveryState.SENT, None), one
            assert len(server.messages(one.channel_id)) == 1
        else:
            assert row.state is DeliveryState.FAILED
            assert reason in why(row)
            kept = await archive.read(rules.get, one.rule_id)
            assert kept is not None
            assert not kept.deleted
    sends = server.requests("POST", "/channels/{channel_id}/messages")
    tries = Counter(request.path for request in sends)
    assert max(tries.values()) <= ATTEMPTS
    refused = [request for request in sends if request.status in (401, 403, 404, 429)]
    assert len(refused) <= 2 * len(place.victims)
    assert server.violations == []


async def _sent(archive: Archive, asked: list[Rule]) -> dict[int, int]:
    return {
        one.rule_id: sum(
            row.state is DeliveryState.SENT for row in await archive.read(rows, one.rule_id)
        )
        for one in asked
    }


async def _until_the_client_knows(
    server: LoopbackDiscord, client: discord.Client, place: Place
) -> None:
    deleted = place.channels[place.one.id][-1].id
    await server.wait_until(
        lambda: client.get_channel(deleted) is None and _is_out(client, place.two)
    )


def _is_out(client: discord.Client, guild: Guild) -> bool:
    found = client.get_guild(guild.id)
    return found is None or found.unavailable


def _client() -> discord.AutoShardedClient:
    return discord.AutoShardedClient(
        intents=discord.Intents(guilds=True),
        max_ratelimit_timeout=60,
        guild_ready_timeout=0.05,
    )
