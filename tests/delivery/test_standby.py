"""An archive that is older than the channel: a backup or a replica, restored and started."""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.delivery.post import CLOCKS_DIFFER
from bot.models import Delivery, DeliveryState
from bot.store import Archive, copies
from tests.delivery.errors import refused
from tests.delivery.fake import FakePostbox, World
from tests.make import DAY, rule

SLOT = datetime(2021, 3, 31, 7, tzinfo=UTC)
TEN = tuple(f"2103.15{n:03}" for n in range(10))
LATER = timedelta(minutes=20)


async def copied(world: World, path: Path) -> Path:
    await asyncio.to_thread(copies.copy, world.archive.path, path)
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
        first.postbox.problems[2] = "The bot lacks Send Messages in this channel."
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


async def test_a_slot_that_is_due_while_the_program_runs_is_not_looked_for(first: World) -> None:
    await first.tick()
    assert first.postbox.looks == []
