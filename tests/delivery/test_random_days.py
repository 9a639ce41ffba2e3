"""Ten bad days, drawn at random: nothing comes twice, nothing is lost, everything ends.

Discord fails in every way, the program is killed, the clock jumps, and people move, pause and
change their digests meanwhile. Then come days on which all is well.
"""

import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

import aiohttp
import discord
import pytest

from bot.clock import ManualClock
from bot.delivery.content import listings_of
from bot.models import CatchUp, Delivery, DeliveryState, Rhythm, Rule
from bot.pipeline.day_close import closes_at
from bot.problems import Code
from bot.store import rules
from tests.delivery.errors import refused, unreachable
from tests.delivery.fake import LACKS, SETTINGS, FakePostbox, InOneThread, Sent, World
from tests.delivery.test_sender import KilledError
from tests.factories import DAY, NOW, edit, rule

BAD, GOOD = 80, 40  # looks
STEPS = (0.004, 0.03, 0.3, 1, 1, 1, 3, 9, 26)  # hours between two looks
OFF = (0, 0, 3, 48, 240, 4800, -3, -48)  # hours that the clock is wrong
ENDED = {DeliveryState.SENT, DeliveryState.DONE, DeliveryState.FAILED}
# After the first of these Discord may have the message, after the others it has not.
MAYBE = (aiohttp.ServerDisconnectedError(), TimeoutError(), refused(503), KilledError())
NEVER = (
    unreachable(), discord.RateLimited(300.0), refused(401), refused(403, 50013),
    refused(404, 10003), refused(403, 40333),
)  # fmt: skip


class Life:
    """A world of three digests, and what happens to them."""

    def __init__(self, world: World, random: Random) -> None:
        self.world, self.random = world, random
        self.now, self.off = NOW, timedelta(0)
        every = (DAY + timedelta(days=n) for n in range(60))
        self.listings = deque(filter(listings_of(SETTINGS).is_listing_day, every))

    async def live(self) -> None:
        for n in range(3):
            await self.world.add(self._rule(n))
        for _ in range(BAD):
            self._a_bad_moment()
            await self._a_person_comes()
            await self._look(self.random.choice(STEPS))
        self._all_is_well()
        for _ in range(GOOD):
            await self._look(3)

    def _rule(self, n: int) -> Rule:
        return rule(
            guild_id=1 + n % 2,
            channel_id=2 + n,
            catch_up=self.random.choice(list(CatchUp)),
            rhythm=self.random.choice((Rhythm.MAILING, Rhythm.WEEKDAYS)),
            thread=self.random.random() < 0.3,
            quiet_lines=self.random.random() < 0.5,
        )

    def _a_bad_moment(self) -> None:
        chance, postbox = self.random.random, self.world.postbox
        if chance() < 0.3:
            error = self.random.choice((*MAYBE, *NEVER))
            postbox.fail(error, posted=error in MAYBE and chance() < 0.5)
        if chance() < 0.1:
            postbox.look_faults.append(refused(503))
        if chance() < 0.1:
            postbox.thread_faults.append(refused(503))
        if chance() < 0.05:
            postbox.outages ^= {1}
        if chance() < 0.05:
            postbox.problems = {} if postbox.problems else {2: LACKS}
        if chance() < 0.1:
            self.world.restart()
        if chance() < 0.08:
            self.off = timedelta(hours=self.random.choice(OFF))

    async def _a_person_comes(self) -> None:
        if self.random.random() > 0.15:
            return
        found = self.random.choice(await self.world.archive.read(rules.undeleted))
        changes: tuple[Callable[[], Rule], ...] = (
            lambda: replace(found, channel_id=found.channel_id + 100),
            lambda: replace(found, at=time(self.random.randrange(24))),
            lambda: replace(found, paused=not found.paused),
            lambda: replace(found, catch_up=self.random.choice(list(CatchUp))),
        )
        await self.world.archive.write(edit, self.random.choice(changes)())

    def _all_is_well(self) -> None:
        self.off = timedelta(0)
        old = self.world.postbox
        self.world.postbox = FakePostbox(sent=old.sent, threads=old.threads)
        self.world.restart()

    async def _look(self, hours: float) -> None:
        self.now += timedelta(hours=hours)
        self.world.clock.move_to(max(self.now + self.off, NOW))
        while closes_at(self.listings[0], SETTINGS) <= self.now:
            await self._close(self.listings.popleft())
        try:
            await self.world.tick()
        except KilledError:
            self.world.restart()

    async def _close(self, day: date) -> None:
        count, likes = self.random.choice((1, 5, 10)), self.random.choice((5, 300, 300))
        ids = [f"{day:%y%m}.{day:%d}{n:03}" for n in range(count)]
        await self.world.close_day(day, *ids, likes=likes)


def judge(rows: list[Delivery], standing: dict[object, Sent], *, in_thread: bool) -> None:
    assert {row.state for row in rows} <= ENDED
    places: dict[datetime, set[int]] = {}
    papers = Counter[str]()
    for row in rows:
        message = standing.get(row.nonce)
        if row.state is DeliveryState.SENT:
            assert message is not None
            assert message.message_id == row.message_id
        elif message is not None:
            assert row.reason is not None
            assert row.reason.code is Code.MAYBE_POSTED
        if message is not None:
            papers.update(set(re.findall(r"abs/(\d{4}\.\d{5})", message.text)))
            places.setdefault(row.slot_at, set()).add(message.channel_id)
    assert set(papers.values()) <= {1}
    assert in_thread or all(len(where) == 1 for where in places.values())


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.rehearsal) for n in range(1, 25))]
)
async def test_whatever_happens(tmp_path: Path, seed: int) -> None:
    async with await InOneThread.open(tmp_path / "archive.db") as archive:
        world = World(archive, ManualClock(NOW), FakePostbox(), SETTINGS)
        life = Life(world, Random(seed))
        await life.live()
        standing = {one.body["nonce"]: one for one in world.postbox.digests}
        assert 0 < len(standing) == len(world.postbox.digests)
        for one in await archive.read(rules.undeleted):
            rows = await world.rows(one.rule_id)
            judge(rows, standing, in_thread=one.thread)
            past = [row.slot_at for row in rows if row.slot_at <= life.now]
            assert one.paused or max(past) > life.now - timedelta(days=4)
            assert all(row.state is not DeliveryState.DONE for row in rows[len(past) :])
