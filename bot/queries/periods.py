"""Spans of listing days, and each paper once in a span. Pure."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.arxiv.ids import sort_key
from bot.models import Announcement, Listed, Paper, Period

# arXiv's first day (https://info.arxiv.org/about): no listing is older.
FIRST_DAY = date(1991, 8, 14)


def period_bounds(day: date, period: Period) -> tuple[date, date]:
    """First and last date of the day, week (Monday to Sunday), month or year that holds ``day``.

    ``Period.ALL`` runs from arXiv's first day to the last date there is.
    """
    match period:
        case Period.DAY:
            return day, day
        case Period.WEEK:
            to_sunday = min(6 - day.weekday(), (date.max - day).days)
            since_monday = min(day.weekday(), (day - date.min).days)
            return day - timedelta(since_monday), day + timedelta(to_sunday)
        case Period.MONTH:
            last = calendar.monthrange(day.year, day.month)[1]
            return day.replace(day=1), day.replace(day=last)
        case Period.YEAR:
            return date(day.year, 1, 1), date(day.year, 12, 31)
        case Period.ALL:
            return FIRST_DAY, date.max


@dataclass(frozen=True, slots=True)
class Once:
    """The papers of a span of listing days, each once. The mappings are by arXiv id."""

    papers: tuple[Paper, ...]
    days: Mapping[str, date]  # the first listing day in the span
    announcements: Mapping[str, Announcement]  # new where it was new on any day of the span


def unique_papers(listed: Iterable[Listed]) -> Once:
    """Each paper once, as it was last announced; replacements are never news and fall away."""
    latest: dict[str, Listed] = {}
    days: dict[str, date] = {}
    announcements: dict[str, Announcement] = {}
    for entry in listed:
        arxiv_id = entry.paper.arxiv_id
        if not entry.announcement.is_announcement:
            continue
        days[arxiv_id] = min(entry.day, days.get(arxiv_id, entry.day))
        if entry.announcement is Announcement.NEW or arxiv_id not in announcements:
            announcements[arxiv_id] = entry.announcement
        known = latest.get(arxiv_id)
        if known is None or _announced(entry) > _announced(known):
            latest[arxiv_id] = entry
    order = sorted(latest, key=sort_key)
    return Once(tuple(latest[i].paper for i in order), days, announcements)


def _announced(entry: Listed) -> tuple[date, int, str]:
    return entry.day, entry.paper.version, repr(entry.paper)
