"""APScheduler: a few jobs, each of which asks what is due now and does it.

Jobs live in memory and carry no plans: what is due follows from the archive and the clock, so a
missed run costs nothing. The policy is set because APScheduler's default grace of one second
drops late jobs without a word (agronholm/apscheduler#146).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot import log

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """``run`` every ``every``; the first time at once."""

    name: str
    run: Callable[[], Awaitable[None]]
    every: timedelta


class Schedule:
    """Runs jobs side by side, each at most once at a time. A job's error is logged and ends
    that run only."""

    def __init__(self, jobs: tuple[Job, ...]) -> None:
        self.jobs = jobs
        self._running: set[asyncio.Task[object]] = set()
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
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

    async def stop(self, grace: float) -> None:
        """Start nothing more; give runs under way ``grace`` seconds, then cancel them."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=grace)
        self._scheduler.shutdown(wait=False)

    async def _guarded(self, job: Job) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        try:
            await job.run()
        except Exception as error:  # an edge: one run of a job must not end the others
            log.event(logger, logging.ERROR, "job.failed", job=job.name, error=error)
