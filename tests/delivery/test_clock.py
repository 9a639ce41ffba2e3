"""A clock that is wrong for a while: nothing is silent for it, nothing comes twice, and nothing
ends for a reason that is false once the clock is right."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bot.clock import ManualClock
from bot.delivery import notices
from bot.demo.server import serving
from bot.models import CatchUp, DeliveryState
from bot.store import meta
from tests.delivery.errors import refused, unreachable
from tests.delivery.fake import FIVE, LACKS, SLOT, TEN, FakePostbox, InOneThread, World, rows
from tests.discordd import LoopbackDiscord
from tests.e2e.bot_process import Program, stopped
from tests.factories import DAY, NOW, rule

SENT, DONE = DeliveryState.SENT, DeliveryState.DONE
TUESDAY, WEDNESDAY, THURSDAY = DAY, date(2021, 3, 31), date(2021, 4, 1)
MINUTE, HOUR, ONE_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with await InOneThread.open(tmp_path / "archive.db") as archive:
        yield World(archive, ManualClock(NOW), FakePostbox())


async def astray(world: World, by: timedelta, *, restarted: bool = False) -> None:
    """The clock is ``by`` ahead for a minute, then it is put right."""
    right = world.clock.now()
    await world.tick(right + by)
    await world.tick(after=MINUTE)
    if restarted:
        world.restart()
    await world.tick(right + 2 * MINUTE)


class TestAhead:
    @pytest.mark.parametrize(
        ("by", "restarted"), [(26 * HOUR, False), (10 * ONE_DAY, False), (10 * ONE_DAY, True)]
    )
    @pytest.mark.parametrize("policy", list(CatchUp))
    async def test_what_was_due_is_posted_once(
        self, world: World, policy: CatchUp, by: timedelta, restarted: bool
    ) -> None:
        await world.add(rule(catch_up=policy))
        await world.tick(SLOT - HOUR)
        await world.close_day(TUESDAY, *FIVE)
        world.restart()
        world.clock.move_to(SLOT + MINUTE)
        await astray(world, by, restarted=restarted)
        assert await world.endings() == [(SENT, "")]
        await world.close_day(WEDNESDAY, "2103.16001")
        await world.tick(SLOT + ONE_DAY)
        first, second = world.postbox.in_channel(2)
        assert ("2103.15001" in first.text, "2103.16001" in second.text) == (True, True)

    async def test_so_it_is_when_the_program_was_killed_as_it_had_planned(
        self, world: World
    ) -> None:
        await world.add(rule())
        await world.tick(SLOT - HOUR)
        await world.close_day(TUESDAY, *FIVE)
        known = await world.archive.read(notices.alive_at)
        assert known is not None
        await world.tick(SLOT + 10 * ONE_DAY)
        await world.archive.write(meta.put, notices.ALIVE, known.isoformat(), now=known)
        world.restart()
        await world.tick(SLOT + MINUTE)
        assert await world.endings() == [(SENT, "")]

    @pytest.mark.parametrize("restarted", [False, True])
    async def test_what_comes_due_later_is_not_silent(self, world: World, restarted: bool) -> None:
        await world.add(rule())
        await world.tick(SLOT - HOUR)
        await astray(world, 365 * ONE_DAY, restarted=restarted)
        await world.close_day(TUESDAY, "2103.15001")
        await world.close_day(WEDNESDAY, "2103.16001")
        await world.tick(SLOT)
        await world.tick(SLOT + ONE_DAY)
        for paper in ("2103.15001", "2103.16001"):
            assert world.postbox.text_in(2).count(f"abs/{paper}") > 0
        assert len(world.postbox.in_channel(2)) == 2

    async def test_a_digest_that_waits_for_discord_is_not_given_up(self, world: World) -> None:
        await world.due()
        world.postbox.outages.add(1)
        await world.tick()
        await astray(world, 2 * ONE_DAY)
        world.postbox.outages.clear()
        await world.tick(after=MINUTE)
        assert await world.endings() == [(SENT, "")]

    async def test_nor_is_the_rest_of_one_that_was_begun(self, world: World) -> None:
        await world.due(*TEN, thread=True)
        world.postbox.thread_faults.extend([refused(503), refused(503)])
        await world.tick()
        world.postbox.outages.add(1)
        await astray(world, 2 * ONE_DAY)
        world.postbox.outages.clear()
        await world.ticks(4)
        assert set(await world.states()) == {SENT}
        assert len(world.postbox.digests) == len(await world.rows()) > 1

    @pytest.mark.parametrize("posted", [False, True])
    async def test_nor_is_one_of_which_nobody_knows_whether_it_was_posted(
        self, world: World, posted: bool
    ) -> None:
        await world.due()
        world.postbox.fail(aiohttp.ServerDisconnectedError(), posted=posted)
        await world.tick()
        world.postbox.look_faults.extend([refused(503)] * 2)
        await astray(world, 2 * ONE_DAY)
        await world.ticks(4)
        assert await world.endings() == [(SENT, "")]
        assert len(world.postbox.digests) == 1

    async def test_nor_is_one_whose_channel_is_to_be_mended(self, world: World) -> None:
        await world.due()
        world.postbox.problems[2] = LACKS
        await astray(world, 2 * ONE_DAY)
        world.postbox.problems.clear()
        await world.tick(after=MINUTE)
        assert await world.endings() == [(SENT, "")]

    async def test_a_digest_planned_meanwhile_waits_no_longer_than_others(
        self, world: World
    ) -> None:
        await world.due()
        world.postbox.fail(*[unreachable()] * 6)  # some for what the admins are told
        await astray(world, 12 * HOUR)
        world.postbox.problems[2] = LACKS
        await world.ticks(25, HOUR)
        (state, reason), *_ = await world.endings()
        assert state is DeliveryState.FAILED
        assert "24 hours" in reason

    async def test_of_two_that_were_due_the_older_is_not_called_too_old(self, world: World) -> None:
        """The younger was posted meanwhile, so the older one's papers come with the next."""
        await world.add(rule(catch_up=CatchUp.EACH))
        await world.tick(SLOT - HOUR)
        await world.close_day(TUESDAY, "2103.15001")
        await world.close_day(WEDNESDAY, "2103.16001")
        world.clock.move_to(SLOT + ONE_DAY + MINUTE)
        await astray(world, 6 * ONE_DAY + HOUR)
        assert await world.endings() == [(DONE, "merged into a later digest"), (SENT, "")]
        await world.close_day(THURSDAY, "2104.00001")
        await world.tick(SLOT + 2 * ONE_DAY)
        last = world.postbox.in_channel(2)[-1]
        assert ("2103.15001" in last.text, "2104.00001" in last.text) == (True, True)


@pytest.mark.rehearsal
async def test_the_program_itself_on_a_machine_whose_clock_was_ahead(tmp_path: Path) -> None:
    async with LoopbackDiscord() as server, serving() as services:
        guild = server.add_guild("Reading group")
        channel = server.add_channel(guild, "papers")
        program = Program(tmp_path, server)
        program.configure(services)
        made = SLOT - ONE_DAY + HOUR
        await program.prepare(rule(guild_id=guild.id, channel_id=channel.id, created_at=made))
        assert await program.command(SLOT - HOUR, "harvest", "--date", TUESDAY.isoformat()) == 0
        for at, sight in (
            (SLOT - HOUR / 2, "bot.ready"),
            (SLOT + 10 * ONE_DAY, 'ending="too old"'),
            (SLOT + MINUTE, "part=1 "),  # the second of its two messages
        ):
            before = len(program.said)
            async with program.running(at) as process:
                await server.wait_until(partial(_says, program, before, sight), 60)
                await stopped(process)
        assert "delivery.set_back" in program.said
        assert len(server.messages(channel)) > 0
        async with await InOneThread.open(program.archive) as archive:
            found = await archive.read(rows, 1)
        assert {(row.slot_at, row.state) for row in found} == {(SLOT, SENT)}


def _says(program: Program, before: int, sight: str) -> bool:
    return sight in program.said[before:]


class TestBehind:
    @pytest.mark.parametrize("by", [HOUR, ONE_DAY, 10 * ONE_DAY], ids=str)
    @pytest.mark.parametrize("policy", list(CatchUp))
    async def test_nothing_is_posted_twice(
        self, world: World, policy: CatchUp, by: timedelta
    ) -> None:
        await world.add(rule(catch_up=policy))
        for n, day in enumerate((TUESDAY, WEDNESDAY, THURSDAY)):
            await world.close_day(day)
            await world.tick(SLOT + n * ONE_DAY)
        posted = list(world.postbox.in_channel(2))
        assert len(posted) == 3
        world.clock.advance(-by)
        await world.ticks(1)
        for n in range(3):
            await world.tick(SLOT + n * ONE_DAY)
        assert world.postbox.in_channel(2) == posted
        assert await world.states() == [SENT] * 3

    async def test_what_was_missed_and_made_up_for_is_not_posted_again(self, world: World) -> None:
        await world.add(rule())
        await world.tick(SLOT - HOUR)
        for day in (TUESDAY, WEDNESDAY):
            await world.close_day(day)
        await world.tick(SLOT + ONE_DAY)
        posted = list(world.postbox.in_channel(2))
        await world.tick(SLOT - HOUR)
        await world.tick(SLOT)
        await world.tick(SLOT + ONE_DAY)
        assert world.postbox.in_channel(2) == posted
        assert await world.endings() == [
            (DONE, "nothing new since the last digest"), (SENT, ""),
        ]  # fmt: skip

    async def test_what_somebody_deleted_is_not_posted_again(self, world: World) -> None:
        await world.due()
        world.postbox.fail(refused(404, 10008))
        await world.tick()
        await world.tick(SLOT - HOUR)
        await world.tick(SLOT)
        assert await world.endings() == [(DONE, "It was posted, and somebody deleted it.")]
        assert world.postbox.digests == []
