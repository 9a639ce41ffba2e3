"""Which step of the daily job is due for which day. Pure.

Nothing here remembers: what is due follows from the archive and the time alone, so a restart,
a long sleep of the machine or a changed clock needs no care.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.arxiv import calendar
from bot.config import Settings
from bot.models import Day, DayState, Era
from bot.pipeline.day_close import PATIENCE, closes_at, is_due

# The feeds turn over at midnight in New York; a request in the first minutes can freeze
# yesterday's list into arXiv's cache for the whole day (facts of 2026-08-12).
FEED_DELAY = timedelta(minutes=10)
# While a day is fresh arXiv is asked again often for what is missing, later more and more seldom.
RETRY_EARLY = timedelta(minutes=20)
RETRY_LATE = timedelta(hours=1)
RETRY_OLD = timedelta(hours=6)
EARLY = timedelta(hours=6)
LATE = timedelta(days=2)


class Step(StrEnum):
    """``COLLECT`` also ranks, and both it and ``RANK`` close the day when its time has come."""

    HARVEST = "harvest"
    COLLECT = "collect"
    RANK = "rank"


@dataclass(frozen=True, slots=True)
class Task:
    """A step to do now."""

    step: Step
    day: date


def due(
    known: Sequence[Day],
    last_asked: Mapping[tuple[date, str], datetime],
    settings: Settings,
    now: datetime,
) -> list[Task]:
    """The steps to do now, oldest day first, a day's harvest before its collection.

    ``known`` are the days in the archive from ``horizon(now)`` on. An empty archive begins with
    the newest listing whose counting has ended, as that is what the first digest is to show.
    """
    deferred = frozenset(settings.arxiv.deferred)
    newest = calendar.latest_in_feed(now - FEED_DELAY, deferred)
    by_day = {
        day.day: day
        for day in known
        if day.era is Era.HOTPAPERS and not calendar.never_listed(day.day)
    }
    first = min([*by_day, _newest_counted(newest, settings, now)])
    wanted = {*calendar.listing_days(max(first, horizon(now)), newest, deferred), *by_day}
    tasks = []
    for day in sorted(wanted):
        collected = last_asked.get((day, "collect"))
        if _harvest_is_due(by_day.get(day), last_asked.get((day, "harvest")), day, now):
            tasks.append(Task(Step.HARVEST, day))
        if _collect_is_due(by_day.get(day), collected, day, settings, now):
            tasks.append(Task(Step.COLLECT, day))
        elif _rank_is_due(by_day.get(day), collected, settings, now):
            tasks.append(Task(Step.RANK, day))
    return tasks


def _newest_counted(newest: date, settings: Settings, now: datetime) -> date:
    day = newest
    while closes_at(day, settings) > now:
        day = calendar.previous_listing(day, settings.arxiv.deferred)
    return day


def horizon(now: datetime) -> date:
    """The oldest day that can still be mended."""
    return (now - calendar.SAFE_REACH).date()


def _harvest_is_due(known: Day | None, asked: datetime | None, day: date, now: datetime) -> bool:
    if known is not None and (known.harvested_at or known.state is DayState.CLOSED):
        return False
    if asked is None:
        return True
    age = now - calendar.feed_start(day)
    if age < EARLY:
        return now >= asked + RETRY_EARLY
    return now >= asked + (RETRY_LATE if age < LATE else RETRY_OLD)


def _collect_is_due(
    known: Day | None, asked: datetime | None, day: date, settings: Settings, now: datetime
) -> bool:
    if known is None or (not known.listed and known.harvested_at is None):
        return False
    if known.state is DayState.CLOSED and known.counted_at is None:
        return False  # filled in long after its time, or without a listing
    end = closes_at(day, settings)
    moments = [end, *(end + timedelta(days=n) for n in settings.schedule.recount_after_days)]
    if asked is None or any(asked < moment <= now for moment in moments):
        return True
    if known.state is DayState.CLOSED:
        return False
    if known.harvested_at is not None and asked < known.harvested_at:
        return True  # for the papers that came since
    every = timedelta(hours=settings.schedule.collect_every_hours)
    return now >= asked + every and now < end + PATIENCE + every


def _rank_is_due(
    known: Day | None, collected: datetime | None, settings: Settings, now: datetime
) -> bool:
    """Whether the program was ended between a collection and what follows from it."""
    if known is None or collected is None:
        return False
    return known.counted_at is None or known.counted_at < collected or is_due(known, settings, now)
