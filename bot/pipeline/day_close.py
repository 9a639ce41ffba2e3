"""When a day ends."""

from datetime import date, datetime, timedelta

from bot.arxiv import calendar
from bot.clock import Clock
from bot.config import Settings
from bot.models import Day, DayState
from bot.store import Archive, days

# A day whose harvest is not whole stays open this long, so that arXiv can mend itself.
PATIENCE = timedelta(days=7)
# Counts taken this long after the closing time are marked as late.
GRACE = timedelta(hours=12)


def closes_at(day: date, settings: Settings) -> datetime:
    """The end of a day's counting window: so many hours after the mailing began."""
    return calendar.mailing_start(day) + timedelta(hours=settings.schedule.close_after_hours)


def is_due(day: Day, settings: Settings, now: datetime) -> bool:
    """Its window has ended, its harvest is whole (or past hope), and it was counted since both."""
    end = closes_at(day.day, settings)
    if day.state is DayState.CLOSED or day.counted_at is None or day.counted_at < end:
        return False
    if day.harvested_at is None:
        return now >= end + PATIENCE
    return day.counted_at >= day.harvested_at


def is_late(day: Day, settings: Settings) -> bool:
    """Its counts were taken well after its window had ended."""
    end = closes_at(day.day, settings)
    return day.counted_at is not None and day.counted_at >= end + GRACE


async def close_if_due(archive: Archive, settings: Settings, clock: Clock, day: date) -> bool:
    """Close ``day`` when its time has come; returns whether it is closed now."""
    found = await archive.read(days.get, day)
    if found is None:
        return False
    if is_due(found, settings, clock.now()):
        await archive.write(days.close, day, now=clock.now(), late=is_late(found, settings))
        return True
    return found.state is DayState.CLOSED
