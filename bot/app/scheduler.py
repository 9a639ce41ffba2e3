"""APScheduler: a few jobs, each of which asks what is due now and does it.

Jobs live in memory and carry no plans: what is due follows from the archive and the clock, so a
missed run costs nothing. The policy is set because APScheduler's default grace of one second
drops late jobs without a word (agronholm/apscheduler#146). A run that falls into the one before
it is left out here and not by APScheduler, which would warn of it at every tick of a long harvest.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.job import Job as Planned
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.config import logs

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` every ``every``; the first time at once.

    ``finishes``: a run under way has time to finish when the program ends. Another is cancelled
    at once, as it may be begun again at any time.
    """

    name: str
    run: Callable[[], Awaitable[None]]
    every: timedelta
    finishes: bool = True


# How often the machine's clock is compared with what APScheduler expects of it.
CLOCK_CHECK_SECONDS = 5.0
_CANCEL_SECONDS = 1.0


class Schedule:
    """Runs jobs side by side, each at most once at a time. A job's error is logged and ends
    that run only."""

    def __init__(self, jobs: tuple[Job, ...], *, clock_check: float = CLOCK_CHECK_SECONDS) -> None:
        self.jobs = jobs
        self._clock_check = clock_check
        self._running: dict[str, asyncio.Task[object]] = {}
        self._again: set[str] = set()
        self._watch: asyncio.Task[None] | None = None
        self._stopping = False
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 3},
        )

    def start(self) -> None:
        """Begin. Needs the running event loop."""
        for job in self.jobs:
            self._scheduler.add_job(
                self._guarded,
                IntervalTrigger(seconds=job.every.total_seconds(), timezone=UTC),
                args=[job],
                id=job.name,
                replace_existing=True,
                # The scheduler lives on the machine's clock; jobs ask the program's own.
                next_run_time=datetime.now(UTC),
            )
        self._scheduler.start()
        self._watch = asyncio.create_task(self._watch_clock())

    def wake(self, name: str) -> None:
        """Run a job now, or once more after the run that is under way. Then as before."""
        if name in self._running:
            self._again.add(name)
        elif self._scheduler.running and (planned := self._scheduler.get_job(name)):
            planned.modify(next_run_time=datetime.now(UTC))

    def running(self) -> frozenset[str]:
        """The names of the jobs that are under way."""
        return frozenset(self._running)

    async def stop(self, grace: float) -> None:
        """Start nothing more; give runs under way ``grace`` seconds to finish, then cancel them."""
        if not self._scheduler.running:
            return
        self._stopping = True
        self._again.clear()
        if self._watch is not None:
            self._watch.cancel()
        self._scheduler.pause()
        for job in self.jobs:
            if not job.finishes and job.name in self._running:
                self._running[job.name].cancel()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=grace)
        left = set(self._running.values())
        for task in left:
            task.cancel()
        self._scheduler.shutdown(wait=False)
        if left:
            logs.event(logger, logging.WARNING, "job.cancelled", jobs=", ".join(self._running))
            await asyncio.wait(left, timeout=_CANCEL_SECONDS)

    def heed_the_clock(self) -> None:
        """Bring back jobs that a clock set back has left waiting for a time far ahead."""
        now = datetime.now(UTC)
        for job in self.jobs:
            planned: Planned | None = self._scheduler.get_job(job.name)
            if planned is None or planned.next_run_time is None:
                continue
            if planned.next_run_time > now + 2 * job.every:
                logs.event(logger, logging.WARNING, "job.moved", job=job.name, to=now)
                planned.modify(next_run_time=now)

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(self._clock_check)
            self.heed_the_clock()

    async def _guarded(self, job: Job) -> None:
        task = asyncio.current_task()
        if task is None or job.name in self._running:
            return
        self._running[job.name] = task
        try:
            await job.run()
        except asyncio.CancelledError:
            if not self._stopping:  # else it is as it should be, and nothing for APScheduler to log
                raise
        except Exception as error:  # an edge: one run of a job must not end the others
            logs.event(logger, logging.ERROR, "job.failed", job=job.name, error=error)
        finally:
            del self._running[job.name]
        if job.name in self._again:
            self._again.discard(job.name)
            self.wake(job.name)
