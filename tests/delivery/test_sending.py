"""Rows -> messages: every way in which a send can go wrong, against a hand-written Postbox."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import discord
import pytest

from bot.delivery.agenda import DEADLINE
from bot.delivery.answers import Unclear
from bot.delivery.fates import ATTEMPTS
from bot.models import DeliveryState, Rule
from bot.store import ledger, rules
from tests.delivery.errors import refused, unreachable
from tests.delivery.fake import World
from tests.make import DAY, rule

SLOT = datetime(2021, 3, 31, 7, tzinfo=UTC)  # 09:00 in Berlin
FIVE = tuple(f"2103.1500{n}" for n in range(5))
TEN = tuple(f"2103.15{n:03}" for n in range(10))
A_WHILE = timedelta(seconds=15)
SENT, PLANNED, UNKNOWN, FAILED, DONE, RESERVED = (
    DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.UNKNOWN, DeliveryState.FAILED,
    DeliveryState.DONE, DeliveryState.RESERVED,
)  # fmt: skip
BROKEN = aiohttp.ServerDisconnectedError()


async def due(world: World, *ids: str, **changes: object) -> Rule:
    """A rule whose digest is due now."""
    await world.close_day(DAY, *(ids or FIVE))
    world.clock.move_to(SLOT)
    return await world.add(rule(**changes))


async def ticks(world: World, count: int, every: timedelta = A_WHILE) -> None:
    for _ in range(count):
        await world.tick(after=every)


def why_halted(world: World) -> str:
    return world.deliveries.halted[1] if world.deliveries.halted else ""


class TestA:
    async def test_digest_is_posted_once_however_often_it_is_looked_at(self, world: World) -> None:
        await due(world)
        await ticks(world, 4)
        assert len(world.postbox.sent) == 1
        assert await world.states() == [SENT]

    async def test_and_not_again_after_a_restart(self, world: World) -> None:
        await due(world)
        await world.tick()
        world.restart()
        await ticks(world, 2)
        assert len(world.postbox.sent) == 1

    async def test_parts_go_in_order(self, world: World) -> None:
        await due(world, *TEN)
        await world.tick()
        shown = [[name for name in TEN if name in one.text] for one in world.postbox.in_channel(2)]
        assert len(shown) > 1
        assert [name for part in shown for name in part] == list(TEN)

    async def test_the_ledger_keeps_what_was_posted(self, world: World) -> None:
        await due(world)
        await world.tick()
        (row,), (sent,) = await world.rows(), world.postbox.sent
        assert row.message_id == sent.message_id
        for paper in FIVE:
            assert paper in row.payload
        assert sent.body["nonce"] == row.nonce
        assert sent.body["allowed_mentions"] == {"parse": []}

    async def test_nothing_is_sent_before_channels_are_known(self, world: World) -> None:
        await due(world)
        world.postbox.ready = False
        await world.tick()
        assert (world.postbox.attempts, await world.rows()) == ([], [])


class TestNobodyKnows:
    """Answers after which the message may stand in the channel."""

    LOST = (
        BROKEN,
        TimeoutError(),
        refused(502, page=True),
        refused(503),
        Unclear("an earlier try: answered 502"),
    )

    @pytest.mark.parametrize("error", LOST, ids=repr)
    async def test_what_was_posted_is_found_and_not_sent_again(
        self, world: World, error: Exception
    ) -> None:
        await due(world)
        world.postbox.fail(error, posted=True)
        await world.tick()
        assert await world.states() == [UNKNOWN]
        await ticks(world, 2)
        assert await world.states() == [SENT]
        assert (len(world.postbox.sent), len(world.postbox.looks)) == (1, 1)

    @pytest.mark.parametrize("error", LOST, ids=repr)
    async def test_what_was_not_posted_is_sent_after_looking(
        self, world: World, error: Exception
    ) -> None:
        await due(world)
        world.postbox.fail(error)
        await ticks(world, 4)
        assert await world.states() == [SENT]
        assert (len(world.postbox.sent), len(world.postbox.looks)) == (1, 1)

    async def test_a_program_that_ended_while_sending_looks_first(self, world: World) -> None:
        await due(world)
        world.postbox.fail(KilledError(), posted=True)
        with pytest.raises(BaseExceptionGroup):
            await world.tick()
        assert await world.states() == [RESERVED]
        world.restart()
        await ticks(world, 2)
        assert await world.states() == [SENT]
        assert (len(world.postbox.attempts), len(world.postbox.looks)) == (1, 1)

    async def test_while_nobody_can_look_nothing_is_sent(self, world: World) -> None:
        await due(world)
        world.postbox.fail(BROKEN, posted=True)
        world.postbox.look_faults.extend([refused(503)] * 3 + [Unclear("no history")])
        await ticks(world, 40)
        assert await world.states() == [SENT]
        assert (len(world.postbox.attempts), len(world.postbox.looks)) == (1, 5)

    async def test_a_message_nobody_could_look_for_fails_as_maybe_posted(
        self, world: World
    ) -> None:
        await due(world)
        world.postbox.fail(BROKEN)
        world.postbox.look_faults.extend([Unclear("no history")] * 100)
        await ticks(world, 26, timedelta(hours=1))
        (row, *_) = await world.rows()
        assert row.state is FAILED
        assert row.reason.startswith(ledger.MAYBE_POSTED)
        assert "no history" in row.reason
        assert len(world.postbox.looks) <= 30

    async def test_later_parts_wait_for_an_unknown_one(self, world: World) -> None:
        await due(world, *TEN)
        world.postbox.fail(BROKEN)
        await world.tick()
        assert (await world.states())[:2] == [UNKNOWN, PLANNED]
        assert len(world.postbox.attempts) == 1


class TestCertainlyNotSent:
    @pytest.mark.parametrize(
        "error", [unreachable(), discord.RateLimited(5.0), refused(429)], ids=repr
    )
    async def test_it_is_tried_again_without_looking(self, world: World, error: Exception) -> None:
        await due(world)
        world.postbox.fail(error)
        await world.tick()
        assert await world.states() == [PLANNED]
        await ticks(world, 1)
        assert await world.states() == [SENT]
        assert world.postbox.looks == []

    async def test_the_wait_that_discord_asks_for_is_kept(self, world: World) -> None:
        await due(world)
        world.postbox.fail(discord.RateLimited(300.0))
        await ticks(world, 4, timedelta(seconds=60))
        assert len(world.postbox.attempts) == 1
        await ticks(world, 2, timedelta(seconds=60))
        assert await world.states() == [SENT]

    async def test_tries_are_spaced_and_end_with_the_last_reason(self, world: World) -> None:
        await due(world)
        world.postbox.fail(*[unreachable()] * 100)
        await ticks(world, 60)
        few = world.postbox.attempts.count(2)
        await ticks(world, 8, timedelta(minutes=59))
        (row, *_) = await world.rows()
        assert (row.state, world.postbox.attempts.count(2)) == (FAILED, ATTEMPTS)
        assert few < ATTEMPTS
        assert f"{ATTEMPTS} tries" in row.reason
        assert "could not be reached" in row.reason

    @pytest.mark.parametrize("posted", [False, True])
    async def test_a_quiet_slot_keeps_its_own_reason(self, world: World, posted: bool) -> None:
        await world.close_day(DAY, likes=5)
        world.clock.move_to(SLOT)
        await world.add(rule())
        world.postbox.fail(BROKEN if posted else unreachable(), posted=posted)
        await world.tick()
        assert (await world.rows())[0].reason.startswith(("The connection", "Discord could not"))
        await ticks(world, 2)
        (row,) = await world.rows()
        assert (row.state, row.reason) == (SENT, "nothing above the bar")


class TestBadDays:
    async def test_one_refused_part_is_left_out_and_the_others_go(self, world: World) -> None:
        await due(world, *TEN)
        world.postbox.fail(refused(400, 50035, text="Invalid Form Body"))
        await world.tick()
        states = await world.states()
        assert states[0] is FAILED
        assert set(states[1:]) == {SENT}
        assert "Invalid Form Body" in (await world.rows())[0].reason

    async def test_a_bad_token_stops_everything_for_an_hour(self, world: World) -> None:
        await due(world)
        for channel in range(3, 60):
            await world.add(rule(channel_id=channel))
        world.postbox.fail(*[refused(401)] * 1000)
        await ticks(world, 20)
        assert len(world.postbox.attempts) <= 24
        assert "token" in why_halted(world)
        world.postbox.faults.clear()
        await world.tick(after=timedelta(hours=1))
        assert why_halted(world) == ""
        assert len(world.postbox.digests) == 58

    async def test_a_page_of_cloudflare_stops_everything_too(self, world: World) -> None:
        await due(world)
        world.postbox.fail(refused(429, page=True, via=False))
        await ticks(world, 200)
        assert len(world.postbox.attempts) == 1
        await ticks(world, 41)
        assert await world.states() == [SENT]

    async def test_a_fault_of_our_own_does_not_keep_the_others_waiting(self, world: World) -> None:
        await due(world)
        await world.add(rule(channel_id=3, guild_id=2))
        world.postbox.fail(AttributeError("a fault of ours"))
        await world.tick()
        assert len(world.postbox.sent) == 1
        await ticks(world, 4)
        assert [await world.states(1), await world.states(2)] == [[SENT], [SENT]]

    async def test_servers_take_turns(self, world: World) -> None:
        await world.close_day(DAY, *FIVE)
        for channel in (11, 12, 13):
            await world.add(rule(guild_id=1, channel_id=channel))
        await world.add(rule(guild_id=2, channel_id=21))
        world.clock.move_to(SLOT)
        await world.tick()
        assert world.postbox.attempts.index(21) < 2

    async def test_a_server_in_an_outage_is_left_alone(self, world: World) -> None:
        await due(world)
        world.postbox.outages.add(1)
        await ticks(world, 5)
        assert (world.postbox.attempts, await world.states()) == ([], [PLANNED])
        assert (await world.rule()).parked == ""
        world.postbox.outages.clear()
        await ticks(world, 1)
        assert await world.states() == [SENT]

    async def test_a_stop_begins_no_further_message(self, world: World) -> None:
        await due(world)
        world.deliveries.stop()
        await world.tick()
        assert (world.postbox.attempts, await world.states()) == ([], [PLANNED])


class TestParking:
    LACKS = "The bot lacks Send Messages in this channel."

    async def test_a_permission_that_vanished_parks_the_rule_and_asks_nothing(
        self, world: World
    ) -> None:
        await due(world)
        world.postbox.problems[2] = self.LACKS
        await ticks(world, 5)
        assert (await world.rule()).parked == self.LACKS
        assert world.postbox.in_channel(2) == []
        assert 2 not in world.postbox.attempts

    async def test_it_resumes_by_itself_and_the_slot_is_delivered(self, world: World) -> None:
        await due(world)
        world.postbox.problems[2] = self.LACKS
        await world.tick()
        world.postbox.problems.clear()
        await world.tick(after=timedelta(hours=20))
        assert (await world.rule()).parked == ""
        assert await world.states() == [SENT]

    async def test_the_server_is_told_once_where_it_can_be_told(self, world: World) -> None:
        world.postbox.desks = {1: 98}
        await due(world)
        await world.add(rule(channel_id=3, guild_id=1))
        await world.add(rule(channel_id=4, guild_id=2))
        world.postbox.problems = dict.fromkeys((2, 3, 4), self.LACKS)
        await ticks(world, 5)
        (told,) = world.postbox.in_channel(98)
        assert "Digest 1 in <#2>" in told.text
        assert "Digest 2 in <#3>" in told.text
        assert self.LACKS in told.text
        assert "It goes on by itself once that is mended." in told.text
        world.postbox.problems.clear()
        await ticks(world, 2)
        assert len(world.postbox.in_channel(98)) == 1

    async def test_a_rule_that_answers_park_every_hour_is_told_of_once(self, world: World) -> None:
        world.postbox.desks = {1: 98}
        await due(world)
        for attempts in (1, 2):
            world.postbox.fail(refused(403, 50013))
            await ticks(world, 2, timedelta(minutes=50))  # it resumes, and is refused again
            assert world.postbox.attempts.count(2) == attempts
        assert len(world.postbox.in_channel(98)) == 1

    async def test_nothing_is_told_of_a_paused_digest(self, world: World) -> None:
        world.postbox.desks = {1: 98}
        await world.add(rule(channel_id=2, guild_id=1, paused=True))
        world.postbox.problems[2] = self.LACKS
        await ticks(world, 2)
        assert world.postbox.in_channel(98) == []

    @pytest.mark.parametrize(
        "error", [refused(404, 10003), refused(403, 50001), refused(403, 50013)], ids=repr
    )
    async def test_an_answer_parks_too_and_what_was_planned_waits(
        self, world: World, error: Exception
    ) -> None:
        await due(world, *TEN)
        await world.add(rule(channel_id=3, guild_id=2))
        world.postbox.fail(error)
        await ticks(world, 20)
        assert (await world.rule(1)).parked != ""
        assert set(await world.states(1)) == {PLANNED}
        assert set(await world.states(2)) == {SENT}
        assert world.postbox.attempts.count(2) == 1

    async def test_an_answers_park_is_tried_again_after_an_hour(self, world: World) -> None:
        await due(world)
        world.postbox.fail(refused(403, 50013), refused(403, 50013))
        await ticks(world, 2, timedelta(minutes=50))
        assert world.postbox.attempts.count(2) == 1
        await ticks(world, 2, timedelta(minutes=50))
        assert world.postbox.attempts.count(2) == 2
        await ticks(world, 1, timedelta(minutes=50))
        assert (await world.rule()).parked == ""
        assert await world.states() == [SENT]

    async def test_after_a_day_the_slot_fails_for_the_parks_reason(self, world: World) -> None:
        await due(world)
        await world.tick()
        second = rule(channel_id=3, guild_id=2)
        await world.add(second)
        world.postbox.fail(refused(404, 10003))
        await world.tick()
        world.postbox.problems[3] = "The channel no longer exists."
        await ticks(world, 26, timedelta(hours=1))
        row = (await world.rows(2))[0]
        assert row.state is FAILED
        assert "no longer exists" in row.reason
        assert (await world.rule(2)).deleted is False

    async def test_days_of_a_slot_that_was_never_posted_join_the_next(self, world: World) -> None:
        await due(world)
        world.postbox.problems[2] = self.LACKS
        await ticks(world, 25, timedelta(hours=1))
        world.postbox.problems.clear()
        following = DAY + timedelta(days=1)
        await world.close_day(following, "2103.16001")
        await world.tick(SLOT + timedelta(hours=26))
        states = await world.states()
        assert states[-1] is SENT
        for paper in (*FIVE, "2103.16001"):
            assert paper in world.postbox.text_in(2)

    async def test_a_removed_bot_keeps_the_rules_data(self, world: World) -> None:
        await due(world)
        await world.tick()
        world.postbox.problems[2] = "The bot is not in this server any more."
        await ticks(world, 30, timedelta(hours=24))
        assert [r.rule_id for r in await world.archive.read(rules.undeleted)] == [1]
        assert (await world.states())[0] is SENT
        world.postbox.problems.clear()
        await ticks(world, 2)
        assert (await world.rule()).parked == ""


class TestEdits:
    async def test_a_deleted_rule_posts_nothing_more(self, world: World) -> None:
        saved = await due(world)
        world.postbox.fail(unreachable())
        await world.tick()
        await world.archive.write(rules.save, _but(saved, deleted=True))
        await ticks(world, 2)
        (row,) = await world.rows()
        assert (row.state, len(world.postbox.sent)) == (DONE, 0)
        assert "deleted" in row.reason

    async def test_a_paused_rule_posts_nothing_more(self, world: World) -> None:
        saved = await due(world)
        world.postbox.fail(unreachable())
        await world.tick()
        await world.archive.write(rules.save, _but(saved, paused=True))
        await ticks(world, 2)
        (row,) = await world.rows()
        assert (row.state, len(world.postbox.sent)) == (DONE, 0)

    async def test_but_what_may_have_been_posted_is_looked_for(self, world: World) -> None:
        saved = await due(world)
        world.postbox.fail(BROKEN, posted=True)
        await world.tick()
        await world.archive.write(rules.save, _but(saved, deleted=True))
        await ticks(world, 2)
        assert await world.states() == [SENT]

    async def test_a_rule_that_moved_takes_its_planned_digest_along(self, world: World) -> None:
        saved = await due(world)
        world.postbox.problems[2] = "The channel no longer exists."
        await world.tick()
        await world.archive.write(rules.save, _but(saved, channel_id=5))
        await ticks(world, 2)
        assert await world.states() == [SENT]
        assert len(world.postbox.in_channel(5)) == 1

    async def test_what_an_answer_said_of_a_channel_does_not_follow_the_rule_to_another(
        self, world: World
    ) -> None:
        await due(world)
        world.postbox.fail(refused(404, 10003))
        await world.tick()
        parked = await world.rule()
        assert parked.parked != ""
        await world.archive.write(rules.save, _but(parked, channel_id=5))
        await ticks(world, 2)
        assert await world.states() == [SENT]
        assert len(world.postbox.in_channel(5)) == 1


class TestThreads:
    async def test_the_first_part_opens_the_thread_and_the_others_go_into_it(
        self, world: World
    ) -> None:
        await due(world, *TEN, thread=True)
        await world.tick()
        (starter,) = world.postbox.in_channel(2)
        assert list(world.postbox.threads) == [starter.message_id]
        assert "30 March 2021" in world.postbox.threads[starter.message_id]
        rest = world.postbox.in_channel(starter.message_id)
        assert len(rest) == len(await world.rows()) - 1 > 0

    async def test_a_digest_of_one_part_has_a_thread_too(self, world: World) -> None:
        await due(world, thread=True)
        await world.tick()
        assert len(world.postbox.threads) == 1

    async def test_a_line_that_says_why_there_is_nothing_has_none(self, world: World) -> None:
        await due(world, thread=True, bar=1000.0)
        await world.tick()
        assert (len(world.postbox.sent), world.postbox.threads) == (1, {})

    async def test_a_thread_that_is_open_already_does_no_harm(self, world: World) -> None:
        await due(world, *TEN, thread=True)
        world.postbox.fail(BROKEN, posted=True)
        await world.tick()
        world.postbox.threads[world.postbox.sent[0].message_id] = "opened before the crash"
        await ticks(world, 3)
        assert set(await world.states()) == {SENT}
        assert len(world.postbox.in_channel(2)) == 1

    async def test_an_unknown_part_is_looked_for_in_the_thread(self, world: World) -> None:
        await due(world, *TEN, thread=True)
        await self._begin(world)
        world.postbox.fail(BROKEN, posted=True)
        await world.tick(after=A_WHILE)
        assert (await world.states())[:2] == [SENT, UNKNOWN]
        await ticks(world, 4)
        assert set(await world.states()) == {SENT}
        assert len(world.postbox.sent) == len(await world.rows())

    async def test_an_unknown_part_is_looked_for_in_the_thread_that_the_rule_had(
        self, world: World
    ) -> None:
        saved = await due(world, *TEN, thread=True)
        await self._begin(world)
        world.postbox.fail(BROKEN, posted=True)
        await world.tick(after=A_WHILE)
        await world.archive.write(rules.save, _but(saved, thread=False))
        await ticks(world, 4)
        assert set(await world.states()) == {SENT}
        assert len(world.postbox.sent) == len(await world.rows())

    async def _begin(self, world: World) -> None:
        """The first part is posted, and its thread cannot be opened yet."""
        world.postbox.thread_faults.extend([refused(503), refused(503)])
        await world.tick()
        assert (await world.states())[:2] == [SENT, PLANNED]

    async def test_where_no_thread_can_be_had_the_parts_stand_in_the_channel(
        self, world: World
    ) -> None:
        await due(world, *TEN, thread=True)
        world.postbox.thread_faults.extend([refused(400, 160006)] * 9)
        await ticks(world, 3)
        assert set(await world.states()) == {SENT}
        assert len(world.postbox.in_channel(2)) == len(await world.rows())

    async def test_a_thread_that_was_locked_meanwhile_does_not_park_the_rule(
        self, world: World
    ) -> None:
        await due(world, *TEN, thread=True)
        await self._begin(world)
        world.postbox.fail(refused(400, 160005))
        await ticks(world, 3)
        assert (await world.states())[:2] == [SENT, FAILED]
        assert (await world.rule()).parked == ""


class TestDeadline:
    async def test_a_slot_planned_before_a_long_outage_joins_the_next(self, world: World) -> None:
        await due(world)
        world.postbox.outages.add(1)
        await world.tick()
        world.restart()
        world.postbox.outages.clear()
        following = DAY + timedelta(days=1)
        await world.close_day(following, "2103.16001")
        await world.tick(SLOT + DEADLINE + timedelta(hours=1))
        states = await world.states()
        assert (states[0], set(states[1:])) == (FAILED, {SENT})
        for paper in (*FIVE, "2103.16001"):
            assert paper in world.postbox.text_in(2)


class KilledError(BaseException):
    """The process ends here."""


def _but(saved: Rule, **changes: object) -> Rule:
    return replace(saved, **changes)  # type: ignore[arg-type]  # checked at run time by use
