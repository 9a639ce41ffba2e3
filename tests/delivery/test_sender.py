"""Rows -> messages: every way in which a send can go wrong, against a hand-written Postbox."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import aiohttp
import discord
import pytest

from bot.delivery.discord_errors import Unclear
from bot.delivery.due import DEADLINE
from bot.delivery.retry_policy import ATTEMPTS
from bot.messages.problems import render
from bot.models import DeliveryState
from bot.problems import Code, Problem
from bot.store import delivery_reports
from tests.delivery.errors import refused, unreachable
from tests.delivery.fake import A_WHILE, FIVE, SLOT, TEN, World, why
from tests.factories import DAY, edit, rule

SENT, PLANNED, UNKNOWN, FAILED, RESERVED = (
    DeliveryState.SENT, DeliveryState.PLANNED, DeliveryState.UNKNOWN, DeliveryState.FAILED,
    DeliveryState.RESERVED,
)  # fmt: skip
AWAKE = timedelta(minutes=9)  # after longer than ten minutes it had been asleep
BROKEN = aiohttp.ServerDisconnectedError()


def why_halted(world: World) -> str:
    return render(world.deliveries.halted[1]) if world.deliveries.halted else ""


class TestA:
    async def test_digest_is_posted_once_however_often_it_is_looked_at(self, world: World) -> None:
        await world.due()
        await world.ticks(4)
        assert len(world.postbox.sent) == 1
        assert await world.states() == [SENT]

    async def test_and_not_again_after_a_restart(self, world: World) -> None:
        await world.due()
        await world.tick()
        world.restart()
        await world.ticks(2)
        assert len(world.postbox.sent) == 1

    async def test_parts_go_in_order(self, world: World) -> None:
        await world.due(*TEN)
        await world.tick()
        shown = [[name for name in TEN if name in one.text] for one in world.postbox.in_channel(2)]
        assert len(shown) > 1
        assert [name for part in shown for name in part] == list(TEN)

    async def test_the_ledger_keeps_what_was_posted(self, world: World) -> None:
        await world.due()
        await world.tick()
        (row,), (sent,) = await world.rows(), world.postbox.sent
        assert row.message_id == sent.message_id
        for paper in FIVE:
            assert paper in row.payload
        assert sent.body["nonce"] == row.nonce
        assert sent.body["allowed_mentions"] == {"parse": []}

    async def test_nothing_is_sent_before_channels_are_known(self, world: World) -> None:
        await world.due()
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
        await world.due()
        world.postbox.fail(error, posted=True)
        await world.tick()
        assert await world.states() == [UNKNOWN]
        await world.ticks(2)
        assert await world.states() == [SENT]
        assert (len(world.postbox.sent), len(world.postbox.looks)) == (1, 1)

    @pytest.mark.parametrize("error", LOST, ids=repr)
    async def test_what_was_not_posted_is_sent_after_looking(
        self, world: World, error: Exception
    ) -> None:
        await world.due()
        world.postbox.fail(error)
        await world.ticks(4)
        assert await world.states() == [SENT]
        assert (len(world.postbox.sent), len(world.postbox.looks)) == (1, 1)

    async def test_a_program_that_ended_while_sending_looks_first(self, world: World) -> None:
        await world.due()
        world.postbox.fail(KilledError(), posted=True)
        with pytest.raises(KilledError):
            await world.tick()
        assert await world.states() == [RESERVED]
        world.restart()
        await world.ticks(2)
        assert await world.states() == [SENT]
        assert (len(world.postbox.attempts), len(world.postbox.looks)) == (1, 1)

    async def test_while_nobody_can_look_nothing_is_sent(self, world: World) -> None:
        await world.due()
        world.postbox.fail(BROKEN, posted=True)
        world.postbox.look_faults.extend([refused(503)] * 3 + [Unclear("no history")])
        await world.ticks(40)
        assert await world.states() == [SENT]
        assert (len(world.postbox.attempts), len(world.postbox.looks)) == (1, 5)

    async def test_a_message_nobody_could_look_for_fails_as_maybe_posted(
        self, world: World
    ) -> None:
        await world.due()
        world.postbox.fail(BROKEN)
        world.postbox.look_faults.extend([Unclear("no history")] * 100)
        await world.ticks(26, timedelta(hours=1))
        (row, *_) = await world.rows()
        assert row.state is FAILED
        assert row.may_stand
        assert "no history" in why(row)
        assert world.postbox.looks.count(2) <= 30

    async def test_later_parts_wait_for_an_unknown_one(self, world: World) -> None:
        await world.due(*TEN)
        world.postbox.fail(BROKEN)
        await world.tick()
        assert (await world.states())[:2] == [UNKNOWN, PLANNED]
        assert len(world.postbox.attempts) == 1


class TestCertainlyNotSent:
    @pytest.mark.parametrize(
        "error", [unreachable(), discord.RateLimited(5.0), refused(429)], ids=repr
    )
    async def test_it_is_tried_again_without_looking(self, world: World, error: Exception) -> None:
        await world.due()
        world.postbox.fail(error)
        await world.tick()
        assert await world.states() == [PLANNED]
        await world.ticks(1)
        assert await world.states() == [SENT]
        assert world.postbox.looks == []

    async def test_the_wait_that_discord_asks_for_is_kept(self, world: World) -> None:
        await world.due()
        world.postbox.fail(discord.RateLimited(300.0))
        await world.ticks(4, timedelta(seconds=60))
        assert len(world.postbox.attempts) == 1
        await world.ticks(2, timedelta(seconds=60))
        assert await world.states() == [SENT]

    async def test_tries_are_spaced_and_end_with_the_last_reason(self, world: World) -> None:
        await world.due()
        world.postbox.fail(*[unreachable()] * 100)
        await world.ticks(80)
        few = world.postbox.attempts.count(2)
        await world.ticks(29, timedelta(minutes=50))
        (row, *_) = await world.rows()
        assert row.state is FAILED
        assert few < 10
        assert world.postbox.attempts.count(2) <= ATTEMPTS
        assert "could not be reached" in why(row)

    async def test_hours_without_the_network_only_make_a_digest_late(self, world: World) -> None:
        await world.due()
        world.postbox.fail(*[unreachable()] * 100)
        await world.ticks(6 * 12, timedelta(minutes=5))
        world.postbox.faults.clear()
        await world.ticks(2, timedelta(minutes=45))
        assert await world.states() == [SENT]

    @pytest.mark.parametrize("posted", [False, True])
    async def test_a_quiet_slot_keeps_its_own_reason(self, world: World, posted: bool) -> None:
        await world.close_day(DAY, likes=5)
        world.clock.move_to(SLOT)
        await world.add(rule())
        world.postbox.fail(BROKEN if posted else unreachable(), posted=posted)
        await world.tick()
        assert why((await world.rows())[0]).startswith(("The connection", "Discord could not"))
        await world.ticks(2)
        (row,) = await world.rows()
        assert (row.state, row.reason) == (SENT, Problem(Code.NOTHING_ABOVE_BAR))


class TestQueue:
    """Of one channel: two digests of three messages each are due in the same minute."""

    async def two(self, world: World) -> None:
        await world.add(rule(top=12))
        await world.add(rule(top=12))
        await world.close_day(DAY, *[f"2103.15{n:03}" for n in range(12)])

    async def order(self, world: World) -> list[tuple[int, int]]:
        """The rule and part of each message in the channel."""
        parts = {row.nonce: (row.rule_id, row.part) for n in (1, 2) for row in await world.rows(n)}
        return [parts[one.body["nonce"]] for one in world.postbox.in_channel(2)]

    @pytest.mark.parametrize("good", [0, 1, 2])
    @pytest.mark.parametrize(
        ("error", "posted"),
        [(unreachable(), False), *((e, p) for e in (refused(503), BROKEN) for p in (False, True))],
        ids=["unreachable", "fault", "fault posted", "broken", "broken posted"],
    )
    async def test_no_message_comes_between_those_of_a_digest(
        self, world: World, good: int, error: Exception, posted: bool
    ) -> None:
        await self.two(world)
        world.postbox.fail(*[None] * good, posted=True)
        world.postbox.fail(error, posted=posted)
        await world.tick(SLOT)
        await world.ticks(4, timedelta(minutes=1))
        order = await self.order(world)
        assert sorted(order) == [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]
        rules = [rule_id for rule_id, _ in order]
        assert rules in ([1, 1, 1, 2, 2, 2], [2, 2, 2, 1, 1, 1])

    async def test_a_digest_that_cannot_be_finished_keeps_others_waiting_for_an_hour(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await self.two(world)
        world.postbox.fail(None, posted=True)
        world.postbox.fail(unreachable())
        await world.tick(SLOT)
        (_, stuck, _) = await world.rows()
        send = world.postbox.send

        async def send_all_others(channel_id: int, body: Mapping[str, object]) -> int:
            if body["nonce"] == stuck.nonce:
                raise unreachable()
            return await send(channel_id, body)

        monkeypatch.setattr(world.postbox, "send", send_all_others)
        await world.ticks(50, timedelta(minutes=1))
        assert await self.order(world) == [(1, 0)]
        await world.ticks(2, timedelta(minutes=30))
        assert await self.order(world) == [(1, 0), (2, 0), (2, 1), (2, 2)]


class TestBadDays:
    async def test_a_refused_digest_is_told_of_until_one_is_delivered(self, world: World) -> None:
        await world.due()
        for days in (0, 1):
            await world.close_day(DAY + timedelta(days=days), f"2103.1700{days}")
            world.postbox.fail(*[refused(400, 50035, text="Invalid Form Body")] * 5)
            await world.tick(SLOT + timedelta(days=days))
            world.postbox.faults.clear()
        told = await world.archive.read(delivery_reports.failures, [1, 2])
        assert [(key, failure.since, failure.reason.code) for key, failure in told.items()] == [
            (1, SLOT, Code.MESSAGE_REFUSED)
        ]
        await world.close_day(DAY + timedelta(days=2), "2103.17002")
        await world.tick(SLOT + timedelta(days=2))
        assert await world.archive.read(delivery_reports.failures, [1, 2]) == {}

    async def test_a_digest_of_which_a_part_is_refused_is_told_of(self, world: World) -> None:
        await world.due(*TEN)
        world.postbox.fail(refused(400, 50035))
        await world.tick()
        assert await world.states() == [FAILED, SENT]
        assert list(await world.archive.read(delivery_reports.failures, [1])) == [1]

    async def test_one_refused_part_is_left_out_and_the_others_go(self, world: World) -> None:
        await world.due(*TEN)
        world.postbox.fail(refused(400, 50035, text="Invalid Form Body"))
        await world.tick()
        states = await world.states()
        assert states[0] is FAILED
        assert set(states[1:]) == {SENT}
        assert "Invalid Form Body" in why((await world.rows())[0])

    async def test_a_bad_token_stops_everything_for_an_hour(self, world: World) -> None:
        await world.due()
        for channel in range(3, 60):
            await world.add(rule(channel_id=channel))
        world.postbox.fail(*[refused(401)] * 1000)
        await world.ticks(20)
        assert len(world.postbox.attempts) <= 24
        assert "token" in why_halted(world)
        world.postbox.faults.clear()
        await world.tick(after=timedelta(hours=1))
        assert why_halted(world) == ""
        assert len(world.postbox.digests) == 58

    async def test_a_page_of_cloudflare_stops_everything_too(self, world: World) -> None:
        await world.due()
        world.postbox.fail(refused(429, page=True, via=False))
        await world.ticks(200)
        assert len(world.postbox.attempts) == 1
        await world.ticks(41)
        assert await world.states() == [SENT]

    async def test_a_fault_of_our_own_does_not_keep_the_others_waiting(self, world: World) -> None:
        await world.due()
        await world.add(rule(channel_id=3, guild_id=2))
        world.postbox.fail(AttributeError("a fault of ours"))
        await world.tick()
        assert len(world.postbox.sent) == 1
        await world.ticks(4)
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
        await world.due()
        world.postbox.outages.add(1)
        await world.ticks(5)
        assert (world.postbox.attempts, await world.states()) == ([], [PLANNED])
        assert (await world.rule()).suspended is None
        world.postbox.outages.clear()
        await world.ticks(1)
        assert await world.states() == [SENT]

    async def test_an_outage_of_a_day_is_the_reason_of_what_it_cost(self, world: World) -> None:
        await world.due()
        world.postbox.outages.add(1)
        await world.ticks(7 * 24, AWAKE)
        assert await world.endings() == [
            (FAILED, "Given up after 24 hours. Discord has an outage for this server.")
        ]

    async def test_so_is_a_token_that_is_refused_for_a_day(self, world: World) -> None:
        await world.due()
        others = [await world.add(rule(channel_id=channel)) for channel in range(3, 30)]
        world.postbox.fail(*[refused(401)] * 1000)
        await world.ticks(7 * 24, AWAKE)
        for rule_id in (1, *(other.rule_id for other in others)):
            ((state, reason),) = await world.endings(rule_id)
            assert state is FAILED
            assert "refuses the bot's token" in reason

    async def test_a_stop_begins_no_further_message(self, world: World) -> None:
        await world.due()
        world.deliveries.stop()
        await world.tick()
        assert (world.postbox.attempts, await world.states()) == ([], [PLANNED])


class TestThreads:
    async def test_the_first_part_opens_the_thread_and_the_others_go_into_it(
        self, world: World
    ) -> None:
        await world.due(*TEN, thread=True)
        await world.tick()
        (starter,) = world.postbox.in_channel(2)
        assert list(world.postbox.threads) == [starter.message_id]
        assert "30 March 2021" in world.postbox.threads[starter.message_id]
        rest = world.postbox.in_channel(starter.message_id)
        assert len(rest) == len(await world.rows()) - 1 > 0

    async def test_a_digest_of_one_part_has_a_thread_too(self, world: World) -> None:
        await world.due(thread=True)
        await world.tick()
        assert len(world.postbox.threads) == 1

    async def test_a_line_that_says_why_there_is_nothing_has_none(self, world: World) -> None:
        await world.due(thread=True, bar=1000.0)
        await world.tick()
        assert (len(world.postbox.sent), world.postbox.threads) == (1, {})

    async def test_a_thread_that_is_open_already_does_no_harm(self, world: World) -> None:
        await world.due(*TEN, thread=True)
        world.postbox.fail(BROKEN, posted=True)
        await world.tick()
        world.postbox.threads[world.postbox.sent[0].message_id] = "opened before the crash"
        await world.ticks(3)
        assert set(await world.states()) == {SENT}
        assert len(world.postbox.in_channel(2)) == 1

    async def test_an_unknown_part_is_looked_for_in_the_thread(self, world: World) -> None:
        await world.due(*TEN, thread=True)
        await self._begin(world)
        world.postbox.fail(BROKEN, posted=True)
        await world.tick(after=A_WHILE)
        assert (await world.states())[:2] == [SENT, UNKNOWN]
        await world.ticks(4)
        assert set(await world.states()) == {SENT}
        assert len(world.postbox.sent) == len(await world.rows())

    async def test_an_unknown_part_is_looked_for_in_the_thread_that_the_rule_had(
        self, world: World
    ) -> None:
        saved = await world.due(*TEN, thread=True)
        await self._begin(world)
        world.postbox.fail(BROKEN, posted=True)
        await world.tick(after=A_WHILE)
        await world.archive.write(edit, replace(saved, thread=False))
        await world.ticks(4)
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
        await world.due(*TEN, thread=True)
        world.postbox.thread_faults.extend([refused(400, 160006)] * 9)
        await world.ticks(3)
        assert set(await world.states()) == {SENT}
        assert len(world.postbox.in_channel(2)) == len(await world.rows())

    async def test_a_thread_that_was_locked_meanwhile_does_not_park_the_rule(
        self, world: World
    ) -> None:
        await world.due(*TEN, thread=True)
        await self._begin(world)
        world.postbox.fail(refused(400, 160005))
        await world.ticks(3)
        assert (await world.states())[:2] == [SENT, FAILED]
        assert (await world.rule()).suspended is None


class TestDeadline:
    async def test_a_message_that_was_never_tried_says_why(self, world: World) -> None:
        await world.due(*TEN)
        world.postbox.outages.add(1)
        await world.tick()
        world.postbox.outages.clear()
        await world.tick(after=timedelta(hours=25))
        assert [why(row) for row in await world.rows()] == [
            "Given up after 24 hours. The bot was not connected to Discord.",
            "Given up after 24 hours. A part before it could not be posted.",
        ]

    async def test_a_slot_planned_before_a_long_outage_joins_the_next(self, world: World) -> None:
        await world.due()
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

    async def test_the_rest_of_a_digest_is_posted_however_long_the_program_was_away(
        self, world: World
    ) -> None:
        """It was killed as it sent the second message, of which nothing stands in the channel."""
        await world.due(*TEN)
        world.postbox.faults.extend([(None, True), (KilledError(), False)])
        with pytest.raises(KilledError):
            await world.tick()
        world.restart()
        await world.tick(SLOT + DEADLINE + timedelta(hours=6))
        await world.ticks(3)
        assert await world.states() == [SENT, SENT]
        assert len(world.postbox.in_channel(2)) == 2


class KilledError(BaseException):
    """The process ends here."""
