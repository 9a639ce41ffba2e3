"""What the bot does for the archive by itself: scheduled backups, and looking whether it is whole.

Both read all of it, which takes minutes for years of arXiv, so each runs in a process of its own
that yields to everybody else. Neither remembers anything: what is due follows from the folder of
backups and from what the archive notes of the last try.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path

from bot.child_process import run_in_background
from bot.config import logs
from bot.container import Services
from bot.errors import StoreError
from bot.monitoring.health import health
from bot.problems import Problem
from bot.store import integrity, scheduled_backup, upkeep
from bot.store.upkeep import Result, Task

logger = logging.getLogger(__name__)

CHECK_EVERY = timedelta(weeks=1)
# What was wrong may have been mended meanwhile, or a folder's rights.
RETRY_AFTER = {Task.CHECK: timedelta(days=1), Task.BACKUP: timedelta(hours=1)}
# Nobody waits for the bot when none of these jobs is under way and no digest is due for so long.
_BUSY = frozenset({"work", "deliver", "backup"})
QUIET = timedelta(minutes=30)
# A bot with so many digests that it is never idle is looked at all the same.
MAX_WAIT = timedelta(days=1)


class Upkeep:
    """``running`` names the jobs that are under way."""

    def __init__(self, services: Services, running: Callable[[], Collection[str]]) -> None:
        self._services = services
        self._running = running

    async def back_up_when_due(self) -> None:
        settings, clock = self._services.config.settings.backup, self._services.clock
        archive, now = self._services.archive, clock.now()
        if settings.every == "never":
            return
        folder = scheduled_backup.folder_of(archive.path)
        present = await asyncio.to_thread(scheduled_backup.present, folder)
        newest = present[0][0] if present else None
        interval = scheduled_backup.INTERVALS[settings.every]
        last = await archive.read(upkeep.last, Task.BACKUP)
        if scheduled_backup.is_due(newest, interval, now) and may_retry(last, Task.BACKUP, now):
            problem = await run_in_background(
                scheduled_backup.make,
                archive.path,
                self._services.config.file,
                keep=settings.keep,
                now=now,
            )
            await self._note(Task.BACKUP, problem, now)

    async def check_when_idle(self) -> None:
        archive, now = self._services.archive, self._services.clock.now()
        last = await archive.read(upkeep.last, Task.CHECK)
        if last is None:
            await archive.write(upkeep.begin, Task.CHECK, now=now)
            return
        due_at = check_due_at(last, now)
        if now < due_at or not (now - due_at >= MAX_WAIT or await self._is_idle(now)):
            return
        problem = await run_in_background(look_whether_whole, archive.path)
        await self._note(Task.CHECK, problem, now)

    async def _is_idle(self, now: datetime) -> bool:
        if _BUSY & set(self._running()):
            return False
        services = self._services
        found = await health(services.archive, services.config, services.clock, slots=1)
        return all(slot.at - now >= QUIET for slot in found.slots)

    async def _note(self, task: Task, problem: Problem | None, began_at: datetime) -> None:
        archive, now = self._services.archive, self._services.clock.now()
        await archive.write(upkeep.note, task, problem, now=now)
        seconds = round((now - began_at).total_seconds())
        if problem is None:
            logs.event(logger, logging.INFO, "upkeep.done", task=task, seconds=seconds)
        else:
            logs.event(
                logger, logging.ERROR, "upkeep.failed", task=task, seconds=seconds, problem=problem
            )


def may_retry(last: Result | None, task: Task, now: datetime) -> bool:
    """Whether the last try went well, or is long enough ago."""
    if last is None or last.problem is None:
        return True
    return abs(now - last.tried_at) >= RETRY_AFTER[task]


def check_due_at(last: Result, now: datetime) -> datetime:
    """At once when the last time is one to come, as of a clock that was wrong."""
    if last.tried_at > now:
        return now
    interval = CHECK_EVERY if last.problem is None else RETRY_AFTER[Task.CHECK]
    return last.tried_at + interval


def look_whether_whole(path: Path) -> None:
    """Raises StoreError when the archive is not. The bot may write meanwhile."""
    found = asyncio.run(integrity.check_file(path, inside_index=False))
    problem = integrity.problem_of(path, found)
    if problem is not None:
        raise StoreError(problem)
