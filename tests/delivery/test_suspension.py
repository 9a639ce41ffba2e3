"""A rule that is suspended, deleted, paused or moved while its digest is due."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import aiohttp
import pytest

from bot.messages.problems import render
from bot.models import DeliveryState, Rhythm, Rule
from bot.problems import Code, Problem
from bot.store import ledger, rules
from tests.delivery.errors import refused, unreachable
from tests.delivery.fake import FIVE, GONE, LACKS, SLOT, TEN, FakePostbox, World, why
from tests.factories import DAY, NOW, edit, made, rule

SENT, PLANNED, FAILED, DONE = (
    DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.FAILED, DeliveryState.DONE,
)  # fmt: skip


class TestParking:
    async def test_a_permission_that_vanished_parks_the_rule_and_asks_nothing(
        self, world: World
    ) -> None:
        await world.due()
        world.postbox.problems[2] = LACKS
        await world.ticks(5)
        assert (await world.rule()).suspended == LACKS
        assert world.postbox.in_channel(2) == []
        assert 2 not in world.postbox.attempts

    async def test_it_resumes_by_itself_and_the_slot_is_delivered(self, world: World) -> None:
        await world.due()
        world.postbox.problems[2] = LACKS
        await world.tick()
        world.postbox.problems.clear()
        await world.tick(after=timedelta(hours=20))
        assert (await world.rule()).suspended is None
        assert await world.states() == [SENT]

    async def test_the_server_is_told_once_where_it_can_be_told(self, world: World) -> None:
        world.postbox.desks = {1: 98}
        await world.due()
        await world.add(rule(channel_id=3, guild_id=1))
        await world.add(rule(channel_id=4, guild_id=2))
        world.postbox.problems = dict.fromkeys((2, 3, 4), LACKS)
        await world.ticks(5)
        (told,) = world.postbox.in_channel(98)
        assert "Digest 1 in <#2>" in told.text
        assert "Digest 2 in <#3>" in told.text
        assert render(LACKS) in told.text
        assert "It goes on by itself once that is mended." in told.text
        world.postbox.problems.clear()
        await world.ticks(2)
        assert len(world.postbox.in_channel(98)) == 1

    async def test_a_rule_that_answers_park_every_hour_is_told_of_once(self, world: World) -> None:
        world.postbox.desks = {1: 98}
        await world.due()
        for attempts in (1, 2):
            world.postbox.fail(refused(403, 50013))
            await world.ticks(2, timedelta(minutes=50))  # it resumes, and is refused again
            assert world.postbox.attempts.count(2) == attempts
        assert len(world.postbox.in_channel(98)) == 1

    async def test_nothing_is_told_of_a_paused_digest(self, world: World) -> None:
        world.postbox.desks = {1: 98}
        await world.add(rule(channel_id=2, guild_id=1, paused=True))
        world.postbox.problems[2] = LACKS
        await world.ticks(2)
        assert world.postbox.in_channel(98) == []

    @pytest.mark.parametrize(
        "error", [refused(404, 10003), refused(403, 50001), refused(403, 50013)], ids=repr
    )
    async def test_an_answer_parks_too_and_what_was_planned_waits(
        self, world: World, error: Exception
    ) -> None:
        await world.due(*TEN)
        await world.add(rule(channel_id=3, guild_id=2))
        world.postbox.fail(error)
        await world.ticks(20)
        assert (await world.rule(1)).suspended is not None
        assert set(await world.states(1)) == {PLANNED}
        assert set(await world.states(2)) == {SENT}
        assert world.postbox.attempts.count(2) == 1

    async def test_an_answers_park_is_tried_again_after_an_hour(self, world: World) -> None:
        await world.due()
        world.postbox.fail(refused(403, 50013), refused(403, 50013))
        await world.ticks(2, timedelta(minutes=50))
        assert world.postbox.attempts.count(2) == 1
        await world.ticks(2, timedelta(minutes=50))
        assert world.postbox.attempts.count(2) == 2
        await world.ticks(1, timedelta(minutes=50))
        assert (await world.rule()).suspended is None
        assert await world.states() == [SENT]

    async def test_after_a_day_the_slot_fails_for_the_parks_reason(self, world: World) -> None:
        await world.due()
        await world.tick()
        second = rule(channel_id=3, guild_id=2)
        await world.add(second)
        world.postbox.fail(refused(404, 10003))
        await world.tick()
        world.postbox.problems[3] = GONE
        await world.ticks(26, timedelta(hours=1))
        row = (await world.rows(2))[0]
        assert row.state is FAILED
        assert "no longer exists" in why(row)
        assert (await world.rule(2)).deleted is False

    async def test_days_of_a_slot_that_was_never_posted_join_the_next(self, world: World) -> None:
        await world.due()
        world.postbox.problems[2] = LACKS
        await world.ticks(25, timedelta(hours=1))
        world.postbox.problems.clear()
        following = DAY + timedelta(days=1)
        await world.close_day(following, "2103.16001")
        await world.tick(SLOT + timedelta(hours=26))
        states = await world.states()
        assert states[-1] is SENT
        for paper in (*FIVE, "2103.16001"):
            assert paper in world.postbox.text_in(2)

    async def test_a_week_that_was_never_posted_joins_the_next(self, world: World) -> None:
        monday = SLOT + timedelta(days=5)
        await world.add(rule(rhythm=Rhythm.WEEKLY))
        for n in range(3):  # Tuesday to Thursday
            await world.close_day(DAY + timedelta(days=n), f"2103.1500{n}")
        world.postbox.problems[2] = LACKS
        await world.tick(monday)
        await world.tick(monday + timedelta(hours=25))
        assert await world.endings() == [(DONE, f"suspended for 24 hours ({render(LACKS)})")]
        world.postbox.problems.clear()
        for n in range(6, 10):
            await world.close_day(DAY + timedelta(days=n), f"2103.1600{n}")
        await world.tick(monday + timedelta(days=7, minutes=1))
        await world.ticks(25, timedelta(minutes=5))
        for paper in ("2103.15000", "2103.15002", "2103.16006"):
            assert paper in world.postbox.text_in(2)

    async def test_a_removed_bot_keeps_the_rules_data(self, world: World) -> None:
        await world.due()
        await world.tick()
        world.postbox.problems[2] = Problem(Code.NOT_IN_SERVER)
        await world.ticks(30, timedelta(hours=24))
        assert [r.rule_id for r in await world.archive.read(rules.undeleted)] == [1]
        assert (await world.states())[0] is SENT
        world.postbox.problems.clear()
        await world.ticks(2)
        assert (await world.rule()).suspended is None


class TestEdits:
    async def test_a_deleted_rule_posts_nothing_more(self, world: World) -> None:
        saved = await world.due()
        world.postbox.fail(unreachable())
        await world.tick()
        await world.archive.write(edit, replace(saved, deleted=True))
        await world.ticks(2)
        (row,) = await world.rows()
        assert (row.state, len(world.postbox.sent)) == (DONE, 0)
        assert "deleted" in why(row)

    async def test_a_paused_rule_posts_nothing_more(self, world: World) -> None:
        saved = await world.due()
        world.postbox.fail(unreachable())
        await world.tick()
        await world.archive.write(edit, replace(saved, paused=True))
        await world.ticks(2)
        (row,) = await world.rows()
        assert (row.state, len(world.postbox.sent)) == (DONE, 0)

    async def test_but_what_may_have_been_posted_is_looked_for(self, world: World) -> None:
        saved = await world.due()
        world.postbox.fail(aiohttp.ServerDisconnectedError(), posted=True)
        await world.tick()
        await world.archive.write(edit, replace(saved, deleted=True))
        await world.ticks(2)
        assert await world.states() == [SENT]

    async def test_a_rule_that_moved_takes_its_planned_digest_along(self, world: World) -> None:
        saved = await world.due()
        world.postbox.problems[2] = GONE
        await world.tick()
        await world.archive.write(edit, replace(saved, channel_id=5))
        await world.ticks(2)
        assert await world.states() == [SENT]
        assert len(world.postbox.in_channel(5)) == 1

    async def test_what_an_answer_said_of_a_channel_does_not_follow_the_rule_to_another(
        self, world: World
    ) -> None:
        await world.due()
        world.postbox.fail(refused(404, 10003))
        await world.tick()
        suspended = await world.rule()
        assert suspended.suspended is not None
        await world.archive.write(edit, replace(suspended, channel_id=5))
        await world.ticks(2)
        assert await world.states() == [SENT]
        assert len(world.postbox.in_channel(5)) == 1


@dataclass
class MovedMeanwhile(FakePostbox):
    """A person moves the digest away from the channel that refuses it, while it does so."""

    move: Callable[[], Awaitable[None]] | None = None

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
        if channel_id == 2 and self.move is not None:
            await self.move()
            raise refused(404, 10003)
        return await super().send(channel_id, body)


async def test_a_digest_that_is_moved_while_its_channel_refuses_it_is_not_suspended(
    world: World,
) -> None:
    saved = await world.due()

    async def move() -> None:
        await world.archive.write(edit, replace(saved, channel_id=5))

    world.postbox = MovedMeanwhile(desks={1: 98}, move=move)
    world.restart()
    await world.ticks(2)
    assert await world.states() == [SENT]
    assert len(world.postbox.in_channel(5)) == 1
    assert world.postbox.in_channel(98) == []


class TestBetweenTwoParts:
    """The first part stands in the channel, the others could not be sent yet."""

    async def begun(self, world: World, **changes: object) -> Rule:
        saved = await world.due(*TEN, **changes)
        world.postbox.fail(None, posted=True)
        world.postbox.fail(unreachable())
        await world.tick()
        assert await world.states() == [SENT, PLANNED]
        return saved

    async def change(self, world: World, saved: Rule, **changes: object) -> None:
        await world.archive.write(edit, made(partial(replace, saved), changes))
        await world.ticks(4)

    async def following(self, world: World) -> None:
        await world.close_day(DAY + timedelta(days=1), "2103.16001")
        await world.tick(SLOT + timedelta(days=1))

    @pytest.mark.parametrize("thread", [False, True])
    async def test_a_digest_that_is_moved_is_finished_where_it_began(
        self, world: World, thread: bool
    ) -> None:
        saved = await self.begun(world, thread=thread)
        await self.change(world, saved, channel_id=5)
        assert await world.states() == [SENT, SENT]
        first, second = world.postbox.digests
        assert first.channel_id == 2
        assert second.channel_id == (first.message_id if thread else 2)
        await self.following(world)
        assert "2103.16001" in world.postbox.text_in(5)

    @pytest.mark.parametrize("error", [refused(404, 10003), refused(403, 50013)], ids=repr)
    async def test_what_the_old_channel_refuses_does_not_park_a_digest_that_was_moved(
        self, world: World, error: Exception
    ) -> None:
        saved = await self.begun(world)
        world.postbox.fail(error)
        await self.change(world, saved, channel_id=5)
        assert await world.states() == [SENT, FAILED]
        assert (await world.rule()).suspended is None
        await self.following(world)
        assert "2103.16001" in world.postbox.text_in(5)

    @pytest.mark.parametrize(("posted", "channel"), [(True, 2), (False, 5)])
    async def test_where_it_began_is_found_out_first(
        self, world: World, posted: bool, channel: int
    ) -> None:
        saved = await world.due(*TEN)
        world.postbox.fail(aiohttp.ServerDisconnectedError(), posted=posted)
        await world.tick()
        await self.change(world, saved, channel_id=5)
        assert await world.states() == [SENT, SENT]
        assert [one.channel_id for one in world.postbox.digests] == [channel, channel]

    @pytest.mark.parametrize(("change", "cause"), [("paused", "paused"), ("deleted", "deleted")])
    async def test_a_digest_that_is_paused_or_deleted_ends_there(
        self, world: World, change: str, cause: str
    ) -> None:
        saved = await self.begun(world)
        await self.change(world, saved, **{change: True})
        assert await world.states() == [SENT, DONE]
        assert cause in why((await world.rows())[1])
        assert len(world.postbox.digests) == 1

    async def test_in_a_channel_that_is_deleted_the_rest_ends_after_a_day(
        self, world: World
    ) -> None:
        await self.begun(world)
        world.postbox.fail(*[refused(404, 10003)] * 100)
        await world.ticks(26, timedelta(hours=1))
        sent, rest = await world.rows()
        assert (sent.state, rest.state) == (SENT, FAILED)
        assert "no longer exists" in why(rest)
        assert len(world.postbox.digests) == 1

    async def test_two_notices_of_the_same_moment_go_where_each_belongs(self, world: World) -> None:
        for channel in (7, 8):
            await world.archive.write(ledger.notice, channel, '[{"type": 10}]', now=NOW)
        await world.tick()
        assert [one.channel_id for one in world.postbox.sent] == [7, 8]
