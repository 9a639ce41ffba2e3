"""A rule is erased, moved, paused or edited while its digest is being made or sent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlite_utils import Database

from bot.delivery import Deliveries, Pacer, workers
from bot.delivery.content import Content, ContentBuilder
from bot.delivery.due import Step
from bot.models import DeliveryState, Follow, Rule
from bot.store import follows, rules
from tests.delivery.fake import FIVE, SLOT, FakePostbox, World
from tests.factories import DAY, NOW, rule
from tests.naming import named

MEMBER, DM = 771199553311, 882288446622
SENT, DONE = DeliveryState.SENT, DeliveryState.DONE

Change = Callable[[], Awaitable[None]]


@dataclass
class BusyPostbox(FakePostbox):
    """Something is done while the first message is being sent."""

    meanwhile: list[Change] = field(default_factory=list)

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
        while self.meanwhile:
            await self.meanwhile.pop()()
        return await super().send(channel_id, body)


class SlowPacer(Pacer):
    """Something is done while the second message waits for its turn."""

    def __init__(self, meanwhile: Change) -> None:
        super().__init__(per_second=1e6)
        self._turns = 0
        self._meanwhile = meanwhile

    async def turn(self) -> None:
        await super().turn()
        self._turns += 1
        if self._turns == 2:
            await self._meanwhile()


async def follower(world: World) -> Rule:
    own = rule(guild_id=0, channel_id=DM, created_by=MEMBER)
    wanted = Follow(member_id=MEMBER, query="cat:cs.CV", created_at=NOW)
    await world.archive.write(follows.add, wanted)
    return await world.add(own)


async def erased(world: World) -> None:
    await world.archive.write(follows.erase, MEMBER)


class TestWhileSending:
    """Two channels, one after the other; the second one's rule changes while the first gets its
    digest, or at the last moment."""

    @pytest.fixture(params=["the first is sent", "it waits for its turn"])
    def when(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
        monkeypatch.setattr(workers, "LINE", 1)
        return str(request.param)

    async def two(self, world: World, second: Rule) -> Rule:
        await world.due(channel_id=2)
        return await world.add(second)

    async def send(self, world: World, when: str, change: Change) -> None:
        if when == "the first is sent":
            world.postbox = BusyPostbox(meanwhile=[change])
            world.restart()
        else:
            world.deliveries = Deliveries(
                world.archive, world.settings, world.clock, world.postbox, SlowPacer(change)
            )
        await world.tick()
        assert len(world.postbox.in_channel(2)) == 1

    async def test_an_erased_member_gets_nothing(self, world: World, when: str) -> None:
        await world.due(channel_id=2)
        await follower(world)
        await self.send(world, when, lambda: erased(world))
        await world.ticks(3)
        assert world.postbox.in_channel(DM) == []
        assert await world.archive.read(named, MEMBER, DM) == set()

    @pytest.mark.parametrize("changes", [{"deleted": True}, {"paused": True}], ids=str)
    async def test_a_removed_or_paused_digest_is_not_posted(
        self, world: World, when: str, changes: dict[str, bool]
    ) -> None:
        second = await self.two(world, rule(guild_id=3, channel_id=4))

        async def change() -> None:
            await world.archive.write(rules.change, second, **changes)

        await self.send(world, when, change)
        await world.ticks(3)
        assert world.postbox.in_channel(4) == []
        ((state, reason),) = await world.endings(2)
        assert state is DONE
        assert ("deleted" if "deleted" in changes else "paused") in reason

    async def test_a_moved_digest_is_posted_where_it_is_now(self, world: World, when: str) -> None:
        second = await self.two(world, rule(guild_id=3, channel_id=4))

        async def move() -> None:
            await world.archive.write(rules.change, second, channel_id=5)

        await self.send(world, when, move)
        assert world.postbox.in_channel(4) == []
        await world.ticks(3)
        assert (world.postbox.in_channel(4), len(world.postbox.in_channel(5))) == ([], 1)
        assert await world.states(2) == [SENT]


class TestWhilePlanning:
    async def during(self, world: World, monkeypatch: pytest.MonkeyPatch, change: Change) -> None:
        """Something is done while the first content is made."""
        serve, done = ContentBuilder.build, False

        async def serving(
            kitchen: ContentBuilder, one: Rule, step: Step, had: frozenset[str] | None = None
        ) -> Content:
            nonlocal done
            content = await serve(kitchen, one, step, had)
            if not done:
                done = True
                await change()
            return content

        monkeypatch.setattr(ContentBuilder, "build", serving)
        await world.tick()

    async def test_what_is_made_for_an_erased_member_is_not_written(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await world.close_day(DAY, *FIVE)
        world.clock.move_to(SLOT)
        await follower(world)
        await self.during(world, monkeypatch, lambda: erased(world))
        await world.ticks(3)
        assert world.postbox.sent == []
        assert await world.archive.read(named, MEMBER, DM) == set()
        for table in ("deliveries", "posted", "posted_days", "contents"):
            assert await world.archive.read(_count, table) == 0

    async def test_what_is_made_before_an_edit_is_made_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        saved = await world.due()

        async def ask_for_less() -> None:
            await world.archive.write(rules.change, saved, top=1)

        await self.during(world, monkeypatch, ask_for_less)
        assert await world.rows() == []
        await world.tick(after=timedelta(seconds=15))
        assert await world.states() == [SENT]
        text = world.postbox.text_in(2)
        assert (FIVE[0] in text, FIVE[1] in text) == (True, False)


def _count(db: Database, table: str) -> int:
    return int(db.table(table).count)
