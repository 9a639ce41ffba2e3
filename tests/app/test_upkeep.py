"""The work on the archive that the bot does by itself: when, and what becomes of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.app.upkeep import CHECK_EVERY, MAX_WAIT, Upkeep, check_due_at, may_retry
from bot.clock import ManualClock
from bot.config import BackupSection, Config, Secrets, Settings
from bot.container import Services, services
from bot.models import Rule
from bot.monitoring.alerts import problems
from bot.monitoring.health import document, health
from bot.problems import Code, Problem
from bot.store import rules, scheduled_backup, upkeep
from bot.store.upkeep import Result, Task
from tests import factories

NOW = datetime(2026, 12, 2, 3, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAILED = Problem(Code.FOLDER_NOT_WRITABLE, folder="/backups", error="No space left on device")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def opened(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Services]:
    settings = Settings(backup=BackupSection(every="day", keep=2))
    config = Config(settings, Secrets(), tmp_path / "hotpapers.db")
    async with services(config, clock) as found:
        yield found


def made(opened: Services) -> list[datetime]:
    folder = scheduled_backup.folder_of(opened.archive.path)
    return [at for at, _ in scheduled_backup.present(folder)]


# --- when ---------------------------------------------------------------------------------------


def result(tried_at: datetime, problem: Problem | None = None) -> Result:
    if problem is None:
        return Result(tried_at=tried_at, succeeded_at=tried_at)
    return Result(tried_at=tried_at, code=problem.code, arguments=problem.to_json())


def test_a_backup_that_failed_is_tried_again_after_an_hour() -> None:
    assert may_retry(None, Task.BACKUP, NOW)
    assert may_retry(result(NOW), Task.BACKUP, NOW)
    assert not may_retry(result(NOW - HOUR / 2, FAILED), Task.BACKUP, NOW)
    assert may_retry(result(NOW - HOUR, FAILED), Task.BACKUP, NOW)
    assert may_retry(result(NOW + 2 * DAY, FAILED), Task.BACKUP, NOW)  # of a wrong clock


def test_the_archive_is_looked_at_once_a_week_and_daily_while_something_is_wrong() -> None:
    assert check_due_at(result(NOW), NOW) == NOW + CHECK_EVERY
    assert check_due_at(result(NOW, FAILED), NOW) == NOW + DAY
    assert check_due_at(result(NOW + DAY), NOW) == NOW  # of a wrong clock


async def noted(opened: Services, task: Task) -> Result | None:
    return await opened.archive.read(upkeep.last, task)


async def test_the_first_look_is_a_week_after_the_first_start(opened: Services) -> None:
    await Upkeep(opened, frozenset).check_when_idle()
    first = await noted(opened, Task.CHECK)
    assert first is not None
    assert (first.tried_at, first.was_tried) == (NOW, False)
    assert await opened.archive.read(upkeep.results) == {}


def soon(clock: ManualClock) -> Rule:
    """A digest that is due in ten minutes."""
    at = clock.now() + timedelta(minutes=10)
    return factories.rule(at=at.time(), zone="UTC", created_at=clock.now() - 3 * DAY)


@pytest.mark.parametrize("busy", ["a job", "a digest"])
async def test_it_waits_until_nobody_waits_for_the_bot_but_not_for_ever(
    opened: Services, clock: ManualClock, busy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[datetime] = []

    async def look(*_: object) -> None:
        looked_at.append(clock.now())

    monkeypatch.setattr("bot.app.upkeep.run_in_background", look)
    await opened.archive.write(upkeep.note, Task.CHECK, None, now=NOW - CHECK_EVERY)
    running = {"work", "check"} if busy == "a job" else {"check"}
    if busy == "a digest":
        await opened.archive.write(rules.save, soon(clock))
    kept = Upkeep(opened, lambda: running)
    await kept.check_when_idle()
    assert looked_at == []
    if busy == "a job":
        running.discard("work")
    else:
        clock.move_to(NOW + HOUR)
    await kept.check_when_idle()
    assert len(looked_at) == 1
    running.add("work")
    clock.move_to(clock.now() + CHECK_EVERY + MAX_WAIT)
    await kept.check_when_idle()
    assert len(looked_at) == 2


# --- what becomes of it -------------------------------------------------------------------------


async def test_nothing_is_made_unless_it_is_asked_for(opened: Services) -> None:
    never = Config(Settings(), Secrets(), opened.config.archive)
    await Upkeep(replace(opened, config=never), frozenset).back_up_when_due()
    assert made(opened) == []


async def test_a_failure_is_told_wherever_somebody_asks(opened: Services) -> None:
    await opened.archive.write(upkeep.note, Task.BACKUP, None, now=NOW - DAY)
    await opened.archive.write(upkeep.note, Task.BACKUP, FAILED, now=NOW)
    found = await health(opened.archive, opened.config, opened.clock)
    told = problems(found, lambda rule: "", host={}, now=NOW)
    assert told["upkeep:backup"].startswith("The scheduled backup failed: Nothing can be written")
    assert document(found)["upkeep"]["backup"] == {
        "tried_at": NOW,
        "succeeded_at": NOW - DAY,
        "code": FAILED.code,
        "reason": "Nothing can be written to /backups: No space left on device.",
    }
    await opened.archive.write(upkeep.note, Task.BACKUP, None, now=NOW + DAY)
    found = await health(opened.archive, opened.config, opened.clock)
    assert problems(found, lambda rule: "", host={}, now=NOW) == {}


@pytest.mark.rehearsal  # each starts a process
async def test_backups_come_and_go_by_themselves(opened: Services, clock: ManualClock) -> None:
    kept = Upkeep(opened, frozenset)
    for hours in (0, 1, 24, 48):
        clock.move_to(NOW + hours * HOUR)
        await kept.back_up_when_due()
    assert made(opened) == [NOW + 2 * DAY, NOW + DAY]
    last = await noted(opened, Task.BACKUP)
    assert last is not None
    assert last.succeeded_at == NOW + 2 * DAY


@pytest.mark.rehearsal
async def test_a_damaged_archive_is_told_of(opened: Services, clock: ManualClock) -> None:
    def damage(db: Database) -> None:
        db.conn.execute("INSERT INTO totals (pattern, day, listed) VALUES ('cs', '2026-11-30', 3)")

    await opened.archive.write(upkeep.begin, Task.CHECK, now=NOW - CHECK_EVERY)
    await opened.archive.write(damage)
    kept = Upkeep(opened, frozenset)
    await kept.check_when_idle()
    last = await noted(opened, Task.CHECK)
    assert last is not None
    assert last.code == Code.ARCHIVE_NOT_WHOLE

    await opened.archive.write(lambda db: db.conn.execute("DELETE FROM totals"))
    clock.move_to(NOW + DAY)
    await kept.check_when_idle()
    last = await noted(opened, Task.CHECK)
    assert last is not None
    assert (last.problem, last.succeeded_at) == (None, NOW + DAY)


@pytest.mark.rehearsal
async def test_the_archive_is_written_while_it_is_looked_at(opened: Services) -> None:
    await opened.archive.write(upkeep.begin, Task.CHECK, now=NOW - CHECK_EVERY)
    looking = asyncio.create_task(Upkeep(opened, frozenset).check_when_idle())
    while not looking.done():
        await opened.archive.write(upkeep.note, Task.BACKUP, None, now=NOW)
        await asyncio.sleep(0.01)
    last = await noted(opened, Task.CHECK)
    assert last is not None
    assert last.problem is None
