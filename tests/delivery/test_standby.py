"""An archive that is older than the channel: a backup or a replica, restored and started."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.delivery.discord_errors import Unclear
from bot.delivery.transport import CLOCKS_DIFFER
from bot.models import Delivery, DeliveryState
from bot.store import Archive, backup
from tests.delivery.errors import refused, unreachable
from tests.delivery.fake import GONE, LACKS, FakePostbox, World
from tests.factories import DAY, edit, rule

SLOT = datetime(2021, 3, 31, 7, tzinfo=UTC)
TEN = tuple(f"2103.15{n:03}" for n in range(10))
LATER = timedelta(minutes=20)


async def copied(world: World, path: Path) -> Path:
    await asyncio.to_thread(backup.copy, world.archive.path, path)
    return path


@pytest.fixture
async def first(world: World) -> World:
    """A digest of several parts is due, in a thread, and the program has run for a while."""
    await world.close_day(DAY, *TEN)
    await world.add(rule(thread=True))
    await world.tick(SLOT - timedelta(seconds=15))
    world.clock.move_to(SLOT)
    return world


@pytest.mark.parametrize("planned", [False, True])
async def test_what_was_posted_after_the_copy_is_found_in_the_channel(
    first: World, tmp_path: Path, planned: bool
) -> None:
    if planned:
        first.postbox.problems[2] = LACKS
        await first.tick()
        first.postbox.problems.clear()
    copy = await copied(first, tmp_path / "copy.db")
    await first.tick(after=timedelta(seconds=15))
    posted = [one.message_id for one in first.postbox.sent]
    assert len(posted) > 1
    async with await Archive.open(copy) as archive:
        second = replace(first, archive=archive)
        await second.tick(after=LATER)
        assert set(await second.states()) == {DeliveryState.SENT}
        assert [row.message_id for row in await second.rows()] == posted
    assert len(first.postbox.sent) == len(posted)


async def test_what_was_not_posted_is_posted_then(first: World, tmp_path: Path) -> None:
    copy = await copied(first, tmp_path / "copy.db")
    async with await Archive.open(copy) as archive:
        second = replace(first, archive=archive)
        await second.tick(after=LATER)
        assert set(await second.states()) == {DeliveryState.SENT}
    assert len(first.postbox.sent) > 1


async def test_a_channel_that_cannot_be_looked_into_waits(first: World, tmp_path: Path) -> None:
    copy = await copied(first, tmp_path / "copy.db")
    await first.tick()
    posted = len(first.postbox.sent)
    async with await Archive.open(copy) as archive:
        second = replace(first, archive=archive)
        first.postbox.look_faults.append(refused(503))
        await second.tick(after=LATER)
        assert set(await second.states()) == {DeliveryState.PLANNED}
        await second.tick(after=LATER)
        assert set(await second.states()) == {DeliveryState.SENT}
    assert len(first.postbox.sent) == posted


@dataclass
class Busy(FakePostbox):
    """So much was written in the channel that only a search from the slot on finds its digest."""

    async def find(self, channel_id: int, delivery: Delivery) -> int | None:
        found = await super().find(channel_id, delivery)
        since = delivery.reserved_at or delivery.slot_at
        return found if since <= delivery.slot_at + CLOCKS_DIFFER else None


async def test_a_second_look_goes_as_far_back_as_the_first(first: World, tmp_path: Path) -> None:
    copy = await copied(first, tmp_path / "copy.db")
    await first.tick()
    posted = list(first.postbox.digests)
    busy = Busy(sent=first.postbox.sent, threads=first.postbox.threads)
    busy.look_faults.append(refused(503))
    async with await Archive.open(copy) as archive:
        second = replace(first, archive=archive, postbox=busy)
        await second.tick(after=timedelta(hours=5))
        await second.tick(after=LATER)
        assert set(await second.states()) == {DeliveryState.SENT}
    assert first.postbox.digests == posted


NEXT = "2103.16001"
DAY_LATER = SLOT + timedelta(days=1)
AWAKE = timedelta(minutes=9)  # after longer than ten minutes it had been asleep


@asynccontextmanager
async def restored(first: World, copy: Path) -> AsyncIterator[World]:
    async with await Archive.open(copy) as archive:
        yield replace(first, archive=archive)


async def planned_in_the_copy(first: World, path: Path) -> Path:
    """A copy in which the digest is planned, after which it is posted."""
    first.postbox.outages.add(1)
    await first.tick()
    first.postbox.outages.clear()
    copy = await copied(first, path)
    await first.tick(after=timedelta(seconds=15))
    assert set(await first.states()) == {DeliveryState.SENT}
    return copy


def each_paper_stands_once(world: World) -> None:
    text = "".join(one.text for one in world.postbox.digests)
    for paper in (*TEN, NEXT):
        assert text.count(f":why:{paper}'") <= 1, paper


async def ends_of_slots(world: World) -> list[set[DeliveryState]]:
    slots: dict[datetime, set[DeliveryState]] = {}
    for row in await world.rows():
        slots.setdefault(row.slot_at, set()).add(row.state)
    return list(slots.values())


async def test_a_digest_of_an_old_archive_is_looked_for_before_it_is_given_up_for_its_age(
    first: World, tmp_path: Path
) -> None:
    copy = await planned_in_the_copy(first, tmp_path / "copy.db")
    posted = [one.message_id for one in first.postbox.sent]
    async with restored(first, copy) as second:
        await second.close_day(DAY + timedelta(days=1), NEXT)
        await second.tick(DAY_LATER + timedelta(hours=2))
        await second.ticks(2)
        assert await ends_of_slots(second) == [{DeliveryState.SENT}, {DeliveryState.SENT}]
        assert [row.message_id for row in await second.rows()][: len(posted)] == posted
    each_paper_stands_once(first)
    assert NEXT in first.postbox.text_in(2)


async def test_the_rest_of_one_that_was_begun_is_posted_then(first: World, tmp_path: Path) -> None:
    first.postbox.outages.add(1)
    await first.tick()
    copy = await copied(first, tmp_path / "copy.db")
    first.postbox.outages.clear()
    first.postbox.fail(None, posted=True)
    first.postbox.fail(unreachable())
    await first.tick(after=timedelta(seconds=15))
    assert await first.states() == [DeliveryState.SENT, DeliveryState.PLANNED]
    async with restored(first, copy) as second:
        await second.tick(DAY_LATER + timedelta(hours=2))
        await second.ticks(2)
        assert (await ends_of_slots(second))[0] == {DeliveryState.SENT}
    each_paper_stands_once(first)
    for paper in TEN:
        assert paper in "".join(one.text for one in first.postbox.digests)


async def test_what_is_not_there_either_gives_its_days_to_the_next(
    first: World, tmp_path: Path
) -> None:
    copy = await planned_in_the_copy(first, tmp_path / "copy.db")
    first.postbox.sent.clear()
    async with restored(first, copy) as second:
        await second.close_day(DAY + timedelta(days=1), NEXT)
        await second.tick(DAY_LATER + timedelta(hours=2))
        await second.ticks(2)
        assert await ends_of_slots(second) == [{DeliveryState.FAILED}, {DeliveryState.SENT}]
    each_paper_stands_once(first)
    text = "".join(one.text for one in first.postbox.digests)
    for paper in (*TEN[:9], NEXT):  # the best ten of both days
        assert paper in text


async def test_what_could_not_be_looked_for_in_a_day_counts_as_posted(
    first: World, tmp_path: Path
) -> None:
    copy = await planned_in_the_copy(first, tmp_path / "copy.db")
    posted = len(first.postbox.digests)
    async with restored(first, copy) as second:
        first.postbox.look_faults.extend([Unclear("too much was written")] * 1000)
        await second.tick(after=LATER)
        await second.close_day(DAY + timedelta(days=1), NEXT)
        await second.ticks(7 * 25, AWAKE)
        assert await ends_of_slots(second) == [{DeliveryState.FAILED}, {DeliveryState.SENT}]
        assert (await second.rows())[0].may_stand
    each_paper_stands_once(first)
    assert len(first.postbox.digests) == posted + 1
    assert NEXT in first.postbox.digests[-1].text


async def test_a_digest_that_was_posted_after_the_copy_is_not_merged_into_the_next(
    first: World, tmp_path: Path
) -> None:
    copy = await copied(first, tmp_path / "copy.db")
    await first.tick()
    async with restored(first, copy) as second:
        await second.close_day(DAY + timedelta(days=1), NEXT)
        await second.tick(DAY_LATER + timedelta(hours=2))
        await second.ticks(2)
        assert await ends_of_slots(second) == [{DeliveryState.SENT}, {DeliveryState.SENT}]
    each_paper_stands_once(first)
    assert NEXT in first.postbox.text_in(2)


async def test_what_of_it_was_not_posted_any_more_is_posted_then(
    first: World, tmp_path: Path
) -> None:
    copy = await copied(first, tmp_path / "copy.db")
    first.postbox.fail(None, posted=True)
    first.postbox.fail(unreachable())
    await first.tick()
    assert await first.states() == [DeliveryState.SENT, DeliveryState.PLANNED]
    async with restored(first, copy) as second:
        await second.close_day(DAY + timedelta(days=1), NEXT)
        await second.tick(DAY_LATER + timedelta(hours=2))
        await second.ticks(4)
        assert await ends_of_slots(second) == [{DeliveryState.SENT}, {DeliveryState.SENT}]
    each_paper_stands_once(first)
    for paper in (*TEN, NEXT):
        assert paper in "".join(one.text for one in first.postbox.digests)


async def test_an_archive_that_no_program_has_run_from_is_no_exception(
    world: World, tmp_path: Path
) -> None:
    await world.close_day(DAY, *TEN)
    await world.add(rule())
    copy = await copied(world, tmp_path / "copy.db")
    await world.tick(SLOT)
    posted = list(world.postbox.digests)
    assert posted
    async with restored(world, copy) as second:
        await second.tick(after=LATER)
        assert set(await second.states()) == {DeliveryState.SENT}
    assert world.postbox.digests == posted


async def test_nor_is_it_after_a_day_in_which_the_channel_took_nothing(
    first: World, tmp_path: Path
) -> None:
    copy = await copied(first, tmp_path / "copy.db")
    await first.tick()
    async with restored(first, copy) as second:
        first.postbox.problems[2] = LACKS
        await second.tick(after=LATER)
        await second.ticks(7 * 24, AWAKE)
        first.postbox.problems.clear()
        await second.close_day(DAY + timedelta(days=1), NEXT)
        await second.ticks(3)
        assert await ends_of_slots(second) == [{DeliveryState.SENT}, {DeliveryState.SENT}]
    each_paper_stands_once(first)


async def test_days_that_nobody_posted_are_merged_after_all(first: World, tmp_path: Path) -> None:
    copy = await copied(first, tmp_path / "copy.db")
    async with restored(first, copy) as second:
        await second.close_day(DAY + timedelta(days=1), NEXT)
        await second.tick(DAY_LATER + timedelta(hours=2))
        await second.ticks(2)
        assert await ends_of_slots(second) == [{DeliveryState.DONE}, {DeliveryState.SENT}]
    text = "".join(one.text for one in first.postbox.digests)
    for paper in (*TEN[:9], NEXT):  # the best ten of both days
        assert paper in text


async def test_in_a_channel_that_was_deleted_nothing_stands(first: World, tmp_path: Path) -> None:
    """So what waits for it goes along when the digest is moved."""
    first.postbox.outages.add(1)
    await first.tick()
    first.postbox.outages.clear()
    first.postbox.problems[2] = GONE
    first.postbox.look_faults.extend([refused(404, 10003)] * 10)
    first.restart()
    await first.tick(after=LATER)
    found = await first.rule()
    await first.archive.write(edit, replace(found, channel_id=5))
    await first.ticks(2)
    assert set(await first.states()) == {DeliveryState.SENT}
    assert first.postbox.in_channel(5)


async def test_a_slot_that_is_due_while_the_program_runs_is_not_looked_for(first: World) -> None:
    await first.tick()
    assert first.postbox.looks == []
