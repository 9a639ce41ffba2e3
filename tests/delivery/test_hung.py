"""Channels that never answer: all others get theirs meanwhile, and nothing is posted twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

import discord
import pytest
from discord.http import Route

from bot.clock import ManualClock
from bot.config import Settings
from bot.delivery import Deliveries, DiscordTransport
from bot.delivery.pacing import ANSWER_SECONDS, REQUESTS_PER_SECOND, UNANSWERED, Pacer
from bot.delivery.workers import LINE, Job, Workers
from bot.models import Delivery, DeliveryState
from bot.store import Archive, delivery_reports, ledger, rules
from tests.delivery.fake import A_WHILE, SLOT, TEN, FakePostbox, World, close_day
from tests.discordd import Channel, LoopbackDiscord
from tests.discordd.faults import Fault
from tests.discordd.pointing import running
from tests.factories import DAY, rule
from tests.polling import until

PAPER = "2103.15001"
HUNG = HEALTHY = LINE + 6
NEVER = 600.0  # seconds
SOON = 20.0  # seconds that nothing here takes, unless it waits for what never comes
SENT, UNKNOWN, RESERVED = DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.RESERVED


@dataclass
class Place:
    """A server with many channels, each with a digest that is due; the first do not answer."""

    server: LoopbackDiscord
    channels: list[Channel]
    client: discord.Client
    archive: Archive
    clock: ManualClock
    deliveries: Deliveries

    def begin(
        self, *, seconds: float = NEVER, unanswered: int = UNANSWERED, per_second: float = 1e6
    ) -> None:
        postbox = DiscordTransport(self.client, seconds=seconds, unanswered=unanswered)
        self.deliveries = Deliveries(
            self.archive, Settings(), self.clock, postbox, Pacer(per_second), patience=0.2
        )

    def hang(self, method: str = "POST", *, after: bool = False) -> Fault:
        ids = "|".join(str(one.id) for one in self.channels[:HUNG])
        return self.server.faults.add(
            "delay", method, f"/channels/({ids})/messages", times=None, seconds=NEVER, after=after
        )

    async def tick(self) -> None:
        self.clock.advance(timedelta(seconds=15))
        async with asyncio.timeout(SOON):
            await self.deliveries.tick()

    async def tally(self) -> dict[DeliveryState, int]:
        return await self.archive.read(delivery_reports.tally)

    def posted(self, channels: Iterable[Channel]) -> set[int]:
        """How many messages stand in each."""
        return {len(self.server.messages(one)) for one in channels}

    async def until(self, reached: Callable[[], bool]) -> None:
        await self.server.wait_until(reached, SOON)

    async def until_there_are(self, count: int, state: DeliveryState) -> None:
        await self.until_tally(lambda tally: tally.get(state) == count)

    async def until_tally(self, reached: Callable[[dict[DeliveryState, int]], bool]) -> None:
        async def is_reached() -> bool:
            return reached(await self.tally())

        await until(is_reached, SOON, every=0.02)

    async def one_more(self) -> Channel:
        """A channel of another server whose digest is due as well."""
        guild = self.server.add_guild("Another")
        late = self.server.add_channel(guild, "papers")
        await self.until(lambda: bool(self.client.get_channel(late.id)))
        await self.archive.write(rules.save, rule(guild_id=guild.id, channel_id=late.id))
        return late


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with LoopbackDiscord() as server:
        guild = server.add_guild("Reading group")
        channels = [server.add_channel(guild, f"papers-{n}") for n in range(HUNG + HEALTHY)]
        client = discord.AutoShardedClient(
            intents=discord.Intents(guilds=True),
            max_ratelimit_timeout=60,
            guild_ready_timeout=0.05,
        )
        async with (
            await Archive.open(tmp_path / "archive.db") as archive,
            running(server, client),
        ):
            await close_day(archive, Settings(), DAY, PAPER)
            for one in channels:
                await archive.write(rules.save, rule(guild_id=guild.id, channel_id=one.id))
            clock = ManualClock(SLOT)
            deliveries = Deliveries(archive, Settings(), clock, DiscordTransport(client))
            found = Place(server, channels, client, archive, clock, deliveries)
            found.begin()
            yield found
            await found.deliveries.end(0)


async def test_all_others_get_theirs_while_they_do_not_answer(place: Place) -> None:
    hanging = place.hang()
    await place.tick()
    await place.until_there_are(HEALTHY, SENT)
    assert place.posted(place.channels[HUNG:]) == {1}
    await place.until(lambda: hanging.hits == HUNG)
    assert await place.tally() == {SENT: HEALTHY, RESERVED: HUNG}  # none is given up yet


async def test_what_is_due_later_does_not_wait_for_them_either(place: Place) -> None:
    hanging = place.hang()
    await place.tick()
    late = await place.one_more()
    await place.tick()
    await place.until(lambda: place.posted([late]) == {1})
    await place.until(lambda: hanging.hits == HUNG)
    await place.until_there_are(HUNG, RESERVED)


async def test_nor_does_anybody_wait_for_looks_that_are_not_answered(place: Place) -> None:
    place.hang(after=True)
    place.begin(seconds=0.3)
    await place.tick()
    # On a slow machine a healthy one may take longer as well.
    await place.until_tally(lambda tally: tally.keys() == {SENT, UNKNOWN})
    await place.deliveries.end(0)
    place.begin()  # after a restart: nobody knows yet which channels do not answer
    looking = place.hang("GET")
    late = await place.one_more()
    await place.tick()
    await place.until(lambda: looking.hits == HUNG and place.posted([late]) == {1})
    await place.deliveries.end(0)
    place.server.faults.clear()
    place.begin(seconds=SOON)
    for _ in range(3):
        await place.tick()
    await place.until_there_are(HUNG + HEALTHY + 1, SENT)
    assert place.posted([*place.channels, late]) == {1}


@pytest.mark.rehearsal  # how many wait depends on how fast the machine answers
async def test_more_than_may_wait_for_answers_keep_nobody_else_waiting(place: Place) -> None:
    hanging = place.hang(after=True)
    place.begin(unanswered=10, per_second=100)  # as in life, an answer comes within a few turns
    for _ in range(4):  # on a slow machine a healthy one may have had to make room, and comes again
        await place.tick()
    await place.until(lambda: place.posted(place.channels[HUNG:]) == {1})
    assert hanging.hits >= HUNG
    await place.deliveries.end(0)
    place.server.faults.clear()
    place.begin(seconds=SOON)
    for _ in range(4):
        await place.tick()
    await place.until_there_are(HUNG + HEALTHY, SENT)
    assert place.posted(place.channels) == {1}


class CountingPacer(Pacer):
    turns = 0

    async def turn(self) -> None:
        await super().turn()
        self.turns += 1


async def test_one_that_hung_comes_last_the_next_time(world: World) -> None:
    pacer = CountingPacer(per_second=1e6)
    turns_before_looks: list[int] = []

    class Noting(FakePostbox):
        async def find(self, channel_id: int, delivery: Delivery) -> int | None:
            turns_before_looks.append(pacer.turns - 1)  # the look had one itself
            return await super().find(channel_id, delivery)

    world.postbox = Noting()
    world.deliveries = Deliveries(world.archive, world.settings, world.clock, world.postbox, pacer)
    await world.due()
    world.postbox.fail(TimeoutError(), posted=True)
    await world.tick()
    pacer.turns = 0
    for channel in range(3, 3 + 2 * LINE):
        await world.add(rule(channel_id=channel, guild_id=channel))
    await world.tick(after=A_WHILE)
    assert turns_before_looks[0] > LINE  # all others had begun, and at most LINE stood in line
    assert len(world.postbox.sent) == 1 + 2 * LINE
    assert await world.states() == [SENT]


class TestOneChannel:
    async def test_gets_its_next_slot_after_the_one_before(self, world: World) -> None:
        """Discord's limit of a channel lets no two through sooner."""
        await world.due(*TEN)
        await world.add(rule())
        await world.tick()
        sent = world.postbox.in_channel(2)
        rows = [*await world.rows(1), *await world.rows(2)]
        assert [one.message_id for one in sent] == [row.message_id for row in rows]

    async def test_that_does_not_answer_is_asked_for_one_slot_only(self, world: World) -> None:
        await world.due()
        await world.add(rule())
        world.postbox.fail(TimeoutError())
        await world.tick()
        assert world.postbox.attempts.count(2) == 1
        await world.ticks(4)
        assert [await world.states(1), await world.states(2)] == [[SENT], [SENT]]

    async def test_of_one_notice_does_not_keep_the_others(self, world: World) -> None:
        for channel in (7, 8):
            await world.archive.write(
                ledger.notice, channel, '[{"type": 10, "content": "x"}]', now=SLOT
            )
        world.clock.move_to(SLOT)
        world.postbox.fail(TimeoutError())
        await world.tick()
        assert world.postbox.attempts == [7, 8]
        assert len(world.postbox.in_channel(8)) == 1


def test_a_request_that_makes_room_has_had_the_time_of_the_slowest_answer() -> None:
    assert UNANSWERED / REQUESTS_PER_SECOND >= ANSWER_SECONDS


class TestThePostbox:
    async def test_ends_the_oldest_when_too_many_wait_and_no_other(self) -> None:
        client = Silent()
        postbox = DiscordTransport(cast(discord.Client, client), unanswered=2)
        sends = [asyncio.create_task(postbox.send(n, {})) for n in range(3)]
        with pytest.raises(TimeoutError):
            await sends[0]
        client.answers.set()
        assert await asyncio.gather(*sends[1:]) == [1, 1]


class Silent:
    """As much of a client as ``send`` needs; it answers when told."""

    def __init__(self) -> None:
        self.http = self
        self.answers = asyncio.Event()

    async def request(self, route: Route, **more: object) -> dict[str, str]:
        await self.answers.wait()
        return {"id": "1"}


class TestWorkers:
    async def test_so_many_are_about_to_ask_and_no_more(self) -> None:
        """A halt finds few that are to be held back."""
        begun: list[int] = []
        door = asyncio.Event()

        async def act(number: int) -> None:
            begun.append(number)
            await door.wait()

        workers = Workers(Pacer(per_second=1e6), patience=0.05)
        doing = asyncio.create_task(workers.do(_jobs(2 * LINE, act), lambda: True))
        await asyncio.sleep(0.05)
        assert len(begun) == LINE
        door.set()
        await doing
        assert begun == list(range(2 * LINE))

    async def test_who_waits_for_an_answer_holds_up_nobody(self) -> None:
        begun: list[int] = []

        async def act(number: int) -> None:
            await workers.turn()
            begun.append(number)
            await asyncio.sleep(NEVER)

        workers = Workers(Pacer(per_second=1e6), patience=0.05)
        async with asyncio.timeout(SOON):
            await workers.do(_jobs(5 * LINE, act), lambda: True)
        assert begun == list(range(5 * LINE))
        assert len(workers.under_way) == 5 * LINE
        await workers.end(0)
        assert workers.under_way == []


def _jobs(count: int, act: Callable[[int], Awaitable[None]]) -> list[Job]:
    def job(number: int) -> Job:
        return Job(number, (), lambda: act(number))

    return [job(number) for number in range(count)]
