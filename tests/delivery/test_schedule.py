"""Jobs on APScheduler: never twice at once, never lost, ended in time."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.app.scheduler import Job, Schedule

OFTEN = timedelta(milliseconds=20)


class Work:
    """Counts its runs; each takes ``seconds``."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.begun = self.ended = self.cancelled = self.at_once = self.most_at_once = 0
        self._begins = asyncio.Event()

    async def run(self) -> None:
        self.begun += 1
        self._begins.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(self.seconds)
            self.ended += 1
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.at_once -= 1

    async def until(self, runs: int) -> None:
        async with asyncio.timeout(5):
            while self.begun < runs:
                self._begins.clear()
                await self._begins.wait()


async def test_a_job_runs_at_once_and_again() -> None:
    work = Work()
    schedule = Schedule((Job("work", work.run, OFTEN),))
    schedule.start()
    await work.until(3)
    await schedule.stop(1)


async def test_a_long_run_is_not_joined_by_the_next_and_nobody_is_warned(
    caplog: pytest.LogCaptureFixture,
) -> None:
    work = Work(0.3)
    schedule = Schedule((Job("work", work.run, OFTEN),))
    with caplog.at_level(logging.WARNING):
        schedule.start()
        await work.until(2)
        await schedule.stop(1)
    assert work.most_at_once == 1
    assert caplog.messages == []


async def test_an_error_ends_its_own_run_only() -> None:
    good = Work()

    async def bad() -> None:
        raise RuntimeError("a fault")

    schedule = Schedule((Job("bad", bad, OFTEN), Job("good", good.run, OFTEN)))
    schedule.start()
    await good.until(3)
    await schedule.stop(1)


async def test_stopping_lets_a_run_end_in_its_grace() -> None:
    work = Work(0.1)
    schedule = Schedule((Job("work", work.run, timedelta(hours=1)),))
    schedule.start()
    await work.until(1)
    await schedule.stop(2)
    assert (work.ended, work.cancelled) == (1, 0)


async def test_stopping_cancels_what_takes_longer_and_waits_for_its_end() -> None:
    work = Work(60)
    schedule = Schedule((Job("work", work.run, timedelta(hours=1)),))
    schedule.start()
    await work.until(1)
    await schedule.stop(0.05)
    assert (work.ended, work.cancelled, work.at_once) == (0, 1, 0)


async def test_stopping_does_not_wait_for_what_may_begin_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    harvest, send = Work(60), Work(0.1)
    hour = timedelta(hours=1)
    schedule = Schedule(
        (Job("harvest", harvest.run, hour, finishes=False), Job("send", send.run, hour))
    )
    schedule.start()
    await harvest.until(1)
    await send.until(1)
    async with asyncio.timeout(5):
        await schedule.stop(60)
    assert (harvest.cancelled, send.ended, send.cancelled) == (1, 1, 0)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_clock_set_back_by_a_day_loses_no_run() -> None:
    """Then APScheduler holds a next run that lies a day ahead."""
    work = Work()
    schedule = Schedule((Job("work", work.run, timedelta(seconds=0.2)),), clock_check=0.05)
    schedule.start()
    await work.until(1)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    schedule._scheduler.get_job("work").modify(next_run_time=tomorrow)
    await work.until(2)
    await schedule.stop(1)


async def test_a_job_can_be_woken_before_its_time() -> None:
    work = Work()
    schedule = Schedule((Job("work", work.run, timedelta(hours=1)),))
    schedule.start()
    await work.until(1)
    schedule.wake("work")
    await work.until(2)
    await schedule.stop(1)
    schedule.wake("work")
    assert work.begun == 2


async def test_a_job_woken_while_it_runs_runs_again() -> None:
    """What woke it may have happened after it had looked."""
    work = Work(0.05)
    schedule = Schedule((Job("work", work.run, timedelta(hours=1)),))
    schedule.start()
    await work.until(1)
    schedule.wake("work")
    schedule.wake("work")
    await work.until(2)
    await schedule.stop(1)
    assert (work.begun, work.most_at_once) == (2, 1)


async def test_stopping_what_never_began_is_harmless() -> None:
    await Schedule(()).stop(1)
