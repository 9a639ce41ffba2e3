"""What it costs to know what is due: idle, with years of history, and when all is due at once.

CPU of the real deliveries on a real archive, with a Discord that takes everything at once. It must
grow neither with the number of digests that are not due nor with how long they have been posted.
"""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from benchmarks.row import Row
from bot.clock import ManualClock
from bot.config import Settings
from bot.delivery import Deliveries, Pacer
from bot.store import Archive, rules
from bot.store.codecs import seconds
from tests.delivery.fake import FakePostbox, close_day
from tests.factories import DAY, rule

FEW, MANY = 1_000, 10_000
DUE = 2_000
YEARS = 2
MAILINGS = 250  # a year
PARTS = 2  # messages of a digest of ten papers
PAPERS = tuple(f"2103.{n:05}" for n in range(1, 60))
SLOT = datetime(2021, 3, 31, 7, tzinfo=UTC)
FLAT = 1.25  # the growth that is no growth


class Postbox(FakePostbox):
    """Notes the CPU time of each message."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    async def send(self, channel_id: int, body: Mapping[str, object]) -> int:
        self.times.append(time.process_time())
        return await super().send(channel_id, body)


def measure() -> list[Row]:
    idle_few, idle_many = (asyncio.run(_idle(count)) for count in (FEW, MANY))
    fresh_first, fresh = asyncio.run(_due(0))
    _, aged = asyncio.run(_due(YEARS))
    return [
        Row(f"a look when none of {MANY:,} digests is due, against {FEW:,}", 1e3 * idle_many, "ms",
            baseline=1e3 * idle_few, goal=2e3 * idle_few, met=idle_many <= 2 * idle_few),
        Row(f"making and sending a digest after {YEARS} years, against the first", 1e3 * aged, "ms",
            baseline=1e3 * fresh, goal=FLAT * 1e3 * fresh, met=aged <= FLAT * fresh),
        Row(f"until the first of {DUE:,} due at once is sent, against all", fresh_first, "s",
            baseline=fresh * DUE, goal=0.25 * fresh * DUE, met=fresh_first <= 0.25 * fresh * DUE),
    ]  # fmt: skip


async def _idle(count: int) -> float:
    """Seconds of CPU for a tick, once it is known that nothing is due."""
    with tempfile.TemporaryDirectory() as folder:
        async with await Archive.open(Path(folder) / "archive.db") as archive:
            await archive.write(_add_rules, count, 0)
            clock = ManualClock(SLOT - timedelta(hours=1))
            deliveries = Deliveries(archive, Settings(), clock, FakePostbox(), Pacer(1e6))
            ticks = []
            for _ in range(20):
                clock.advance(timedelta(seconds=15))
                before = time.process_time()
                await deliveries.tick()
                ticks.append(time.process_time() - before)
            return min(ticks)


async def _due(years: int) -> tuple[float, float]:
    """Seconds of CPU until the first message, and for each digest, of ``DUE`` at one time."""
    with tempfile.TemporaryDirectory() as folder:
        async with await Archive.open(Path(folder) / "archive.db") as archive:
            await close_day(archive, Settings(), DAY, *PAPERS)
            await archive.write(_add_rules, DUE, years * MAILINGS)
            clock, postbox = ManualClock(SLOT - timedelta(minutes=1)), Postbox()
            deliveries = Deliveries(archive, Settings(), clock, postbox, Pacer(1e6))
            await deliveries.tick()
            clock.move_to(SLOT)
            postbox.times.clear()
            before = time.process_time()
            await deliveries.tick()
            after = time.process_time()
            if len(postbox.times) != DUE * PARTS:
                raise RuntimeError(f"{len(postbox.times)} messages of {DUE} digests were sent")
            return postbox.times[0] - before, (after - before) / DUE


def _add_rules(db: Database, count: int, mailings: int) -> None:
    """Digests in as many channels, each with five papers in each of so many past mailings."""
    for number in range(1, count + 1):
        rule_id = rules.save(db, rule(guild_id=number, channel_id=number))
        db.conn.executemany(
            "INSERT INTO posted (rule_id, arxiv_id, slot_at, rank, score) VALUES (?, ?, ?, ?, 50)",
            (
                (rule_id, f"{1700 + day // 50}.{5 * day + place:05}",
                 seconds(SLOT - timedelta(days=mailings - day + 1)), place)
                for day in range(mailings)
                for place in range(1, 6)
            ),
        )  # fmt: skip
