"""When a rule is due, and which listing days each of its slots covers. Pure.

A slot falls on a local date of the rule's rhythm at the rule's local time: every date for
``mailing``, Monday to Friday for ``weekdays``, Mondays for ``weekly``, the first of a month for
``monthly``. It covers the listing days that closed after the slot before it and not later than
itself, so every listing day is covered once, by the first slot that can show final counts:
Friday's listing (closed on Saturday at 02:00 in New York) is a mailing rule's Saturday slot and a
weekday rule's Monday slot. A monthly slot may leave the month's last day to the next one.

A date of ``mailing`` or ``weekdays`` is a slot only if something closed for it: a listing, or a
Monday to Friday on which arXiv had none, which is worth a line. ``weekly`` and ``monthly`` always
are.

A local time that the clock skips is moved to the first instant after the gap; of one that comes
twice the first is taken. A local date that a zone left out (Apia, 30 December 2011) has no slot.
"""

from collections.abc import Callable, Collection, Iterator, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.arxiv import calendar
from bot.errors import InputError
from bot.models import Rhythm, Rule, Slot
from bot.problems import Code, Problem, several

_DAY = timedelta(days=1)

# Far enough back to hold the slot before the one asked for, also past a date left out.
_LOOK_BACK = {
    Rhythm.MAILING: timedelta(days=3),
    Rhythm.WEEKDAYS: timedelta(days=5),
    Rhythm.WEEKLY: timedelta(days=9),
    Rhythm.MONTHLY: timedelta(days=33),
}


@dataclass(frozen=True, slots=True)
class Listings:
    """What slots need to know of arXiv's days.

    ``closes_at`` answers for every Monday to Friday, with or without a listing, later for a later
    date, and not before that date's 00:00 UTC. ``why_none`` is asked only for those without.
    """

    closes_at: Callable[[date], datetime]
    is_listing_day: Callable[[date], bool]
    why_none: Callable[[date], Problem | None]


def arxiv_listings(close_after_hours: float, deferred: Collection[date] = ()) -> Listings:
    """arXiv's own days; a day closes so many hours after its mailing began."""
    return _arxiv_listings(close_after_hours, frozenset(deferred))


@cache  # so that what is computed of these days is found again
def _arxiv_listings(close_after_hours: float, deferred: frozenset[date]) -> Listings:
    open_for = timedelta(hours=close_after_hours)
    return Listings(
        closes_at=lambda day: calendar.mailing_start(day) + open_for,
        is_listing_day=lambda day: calendar.is_listing_day(day, deferred),
        why_none=lambda day: calendar.why_none(day, deferred),
    )


@dataclass(frozen=True, slots=True)
class Due:
    """A slot with the listing days it covers, oldest first.

    ``missing`` are the Mondays to Fridays among its dates that had no listing; ``absent`` says
    why, and is set only when there is no listing day at all.
    """

    slot: Slot
    days: tuple[date, ...]
    missing: tuple[date, ...] = ()
    absent: Problem | None = None


def slots_between(
    rule: Rule, start: datetime, end: datetime, listings: Listings
) -> tuple[Due, ...]:
    """The rule's slots in [``start``, ``end``), oldest first, whether it is paused or not.

    At most one for a local date. Raises InputError for a zone that does not exist.
    """
    return tuple(_slots_between(rule, start, end, listings))


def _slots_between(rule: Rule, start: datetime, end: datetime, listings: Listings) -> Iterator[Due]:
    """One by one, as whoever wants the next slot need not have the following ones computed."""
    zone = _zone(rule.zone)
    first = start.astimezone(zone).date() - _LOOK_BACK[rule.rhythm]
    last = end.astimezone(zone).date() + _DAY
    moments = (
        (day, at)
        for day in _dates(rule.rhythm, first, last)
        if (at := local_moment(day, rule.at, zone))
    )
    dues = (
        _due(rule, day, before, at, listings)
        for (_, before), (day, at) in pairwise(moments)
        if start <= at < end
    )
    return (due for due in dues if due)


def next_due(rule: Rule, after: datetime, listings: Listings) -> Due:
    """The rule's first slot at or after ``after``. Raises InputError as ``slots_between``."""
    return next(_slots_between(rule, after, after + timedelta(days=40), listings))


def next_new(rule: Rule, after: datetime, listings: Listings, covered: Set[date]) -> Due:
    """As ``next_due``, but not one that only has ``covered`` days: nothing would be seen of it."""
    dues = _slots_between(rule, after, after + timedelta(days=40), listings)
    found = (due for due in dues if not due.days or set(due.days) - covered)
    return next(found, None) or next_due(rule, after, listings)


# Thousands of channels share a few hours and zones, so what is computed for one is kept.
@lru_cache(maxsize=4096)
def local_moment(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """The instant (UTC) of ``at`` on ``day`` in ``zone``; None if the zone has no such date."""
    wanted = datetime.combine(day, at)
    moment = wanted.replace(tzinfo=zone).astimezone(UTC)
    if _wall(moment, zone) == wanted:
        return moment
    moved = _after_gap(wanted, zone)
    midnight = _after_gap(datetime.combine(day, time()), zone)
    return moved if _wall(midnight, zone).date() == day else None


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _after_gap(wanted: datetime, zone: ZoneInfo) -> datetime:
    """The first instant whose wall clock shows ``wanted`` or later, to the second.

    In a gap fold=1 counts with the offset after it and fold=0 with the one before, which gives
    instants before and after the gap (PEP 495).
    """
    early = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    below, found = -1, round((late - early).total_seconds())
    while found - below > 1:
        middle = (below + found) // 2
        if _wall(early + timedelta(seconds=middle), zone) >= wanted:
            found = middle
        else:
            below = middle
    return early + timedelta(seconds=found)


def why_never(rule: Rule) -> Problem | None:
    """Why the rule has no slots at all: it cannot be read, or the time zones of this machine lack
    its own. Else None."""
    if rule.unreadable:
        return rule.unreadable
    try:
        _zone(rule.zone)
    except InputError as error:
        return error.problem
    return None


def is_suspended_for_zone(rule: Rule) -> bool:
    """Whether nothing but its time zone, gone or back by now, keeps the rule suspended."""
    return rule.suspended is not None and rule.suspended.code is Code.NO_ZONE


@cache  # ZoneInfo itself keeps eight
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(Problem(Code.NO_ZONE, text=name)) from error


def _dates(rhythm: Rhythm, first: date, last: date) -> Iterator[date]:
    match rhythm:
        case Rhythm.MAILING:
            return _each(first, last)
        case Rhythm.WEEKDAYS:
            return (day for day in _each(first, last) if day.weekday() < 5)
        case Rhythm.WEEKLY:
            monday = first + timedelta(days=-first.weekday() % 7)
            return _each(monday, last, timedelta(days=7))
        case Rhythm.MONTHLY:
            return (day for day in _each(first, last) if day.day == 1)


def _each(first: date, last: date, step: timedelta = _DAY) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += step


def _due(rule: Rule, day: date, before: datetime, at: datetime, listings: Listings) -> Due | None:
    listed, missing, absent = _covered(before, at, listings)
    if not listed and not missing and rule.rhythm in (Rhythm.MAILING, Rhythm.WEEKDAYS):
        return None
    slot = Slot(rule_id=rule.rule_id, at=at, local_date=day)
    return Due(slot=slot, days=listed, missing=missing, absent=absent)


@lru_cache(maxsize=4096)
def _covered(
    before: datetime, at: datetime, listings: Listings
) -> tuple[tuple[date, ...], tuple[date, ...], Problem | None]:
    """``days``, ``missing`` and ``absent`` of the slot ``at`` that comes after ``before``."""
    closed = _closed_between(before, at, listings)
    listed = tuple(filter(listings.is_listing_day, closed))
    missing = tuple(day for day in closed if day not in listed)
    if listed:
        return listed, missing, None
    reason = several(filter(None, map(listings.why_none, missing)))
    return listed, missing, reason or Problem(Code.NO_LISTING_CLOSED)


def _closed_between(before: datetime, at: datetime, listings: Listings) -> list[date]:
    """Mondays to Fridays that closed in (``before``, ``at``], oldest first."""
    found: list[date] = []
    day = at.date() + _DAY
    while day.weekday() > 4 or (closes := listings.closes_at(day)) > before:
        if day.weekday() < 5 and closes <= at:
            found.append(day)
        day -= _DAY
    return found[::-1]
