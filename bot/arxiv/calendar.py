"""arXiv's listing days: which day a paper stands in, and why a day has no listing. Pure.

arXiv announces at 20:00 New York time on Sunday to Thursday: the *slots*. The listing, the feed and
the mail of a slot carry the date of the next day, Monday to Friday: the *listing day*. A slot takes
what was submitted before its *freeze*, 14:00 of the slot's day (16:00 before 2017); the Sunday slot
freezes on the Friday. Now and then arXiv *defers* a slot, and its papers go to the next one.
Sources: arXiv's help page on availability (info.arxiv.org/help/availability.html) and its own code
(arxiv/schedule/calendar.py of github.com/arXiv/arxiv-base).

Every function that depends on deferrals takes ``deferred``, further dates as arXiv prints them:
Sunday to Thursday means that evening's slot, a Friday or Saturday the slot of the Sunday after it.
"""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.arxiv import ids
from bot.problems import Code, Problem

NEW_YORK = ZoneInfo("America/New_York")

_ANNOUNCED_AT = time(20)
_FREEZE, _FREEZE_TO_2016 = time(14), time(16)
_DAY = timedelta(days=1)
_MONDAY, _FRIDAY, _SATURDAY, _SUNDAY = 0, 4, 5, 6

CATCHUP_REACH = timedelta(days=90)
"""The pages that list a past day reach so far back (arXiv/arxiv-browse: catchup)."""
SAFE_REACH = CATCHUP_REACH - _DAY
"""For who must not come too late."""

_EARLIER_FREEZE = date(2017, 1, 2)
"""The first day with the freeze at 14:00 instead of 16:00."""


def listing_day(submitted: datetime, deferred: Collection[date] = ()) -> date:
    """The earliest possible listing day of a version submitted at that aware time.

    Moderation holds papers back, so the real day may be later, never earlier. The version's own
    time counts: a replacement is listed by the time it was replaced. Raises ValueError for a naive
    time.
    """
    if submitted.utcoffset() is None:
        raise ValueError("listing_day needs an aware time; this one has no time zone")
    # Wall-clock times compare safely: New York's clock never changes near a freeze.
    local = submitted.astimezone(NEW_YORK).replace(tzinfo=None)
    skipped = _skipped(deferred)
    day = local.date() + _DAY
    while day.weekday() >= _SATURDAY or day in skipped or _local_freeze(day) <= local:
        day += _DAY
    return day


def never_listed(day: date) -> bool:
    """Whether no listing can ever carry this date."""
    return day.weekday() >= _SATURDAY


def is_listing_day(day: date, deferred: Collection[date] = ()) -> bool:
    """Whether a listing carries the date ``day``."""
    return day.weekday() < _SATURDAY and day not in _skipped(deferred)


def why_none(day: date, deferred: Collection[date] = ()) -> Problem | None:
    """Why no listing carries the date ``day``: WEEKEND or ARXIV_HOLIDAY; None if one does."""
    if is_listing_day(day, deferred):
        return None
    if day.weekday() >= _SATURDAY:
        return Problem(Code.WEEKEND, day=day)
    return Problem(Code.ARXIV_HOLIDAY, day=day)


def next_listing(day: date, deferred: Collection[date] = ()) -> date:
    """The first listing day after ``day``."""
    skipped = _skipped(deferred)
    day += _DAY
    while day.weekday() >= _SATURDAY or day in skipped:
        day += _DAY
    return day


def previous_listing(day: date, deferred: Collection[date] = ()) -> date:
    """The last listing day before ``day``."""
    skipped = _skipped(deferred)
    day -= _DAY
    while day.weekday() >= _SATURDAY or day in skipped:
        day -= _DAY
    return day


def listing_days(first: date, last: date, deferred: Collection[date] = ()) -> Iterator[date]:
    """The listing days from ``first`` to ``last``, both included, in order."""
    skipped = _skipped(deferred)
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if day.weekday() < _SATURDAY and day not in skipped:
            yield day


@lru_cache(maxsize=1024)  # asked again and again for the slots of thousands of channels
def mailing_start(day: date) -> datetime:
    """When the announcement of listing day ``day`` begins, in UTC: 20:00 New York the day before.

    Listing pages change then; it has taken until 20:40. Raises ValueError on Saturdays and Sundays.
    """
    _require_weekday(day)
    return _utc(day - _DAY, _ANNOUNCED_AT)


def feed_start(day: date) -> datetime:
    """When the feeds turn to listing day ``day``: midnight in New York, in UTC.

    Raises ValueError on Saturdays and Sundays, when feeds are empty.
    """
    _require_weekday(day)
    return _utc(day, time())


def freeze(day: date) -> datetime:
    """When the submissions of listing day ``day`` end, itself excluded, in UTC.

    Raises ValueError on Saturdays and Sundays.
    """
    _require_weekday(day)
    frozen = _local_freeze(day)
    return _utc(frozen.date(), frozen.time())


def latest_mailed(now: datetime, deferred: Collection[date] = ()) -> date:
    """The newest listing day whose announcement has begun: at 20:00 New York the day before."""
    local = now.astimezone(NEW_YORK)
    tomorrow = local.date() + _DAY
    return previous_listing(
        tomorrow + _DAY if local.time() >= _ANNOUNCED_AT else tomorrow, deferred
    )


def latest_in_feed(now: datetime, deferred: Collection[date] = ()) -> date:
    """The newest listing day that feeds have shown: they turn at midnight in New York."""
    return previous_listing(now.astimezone(NEW_YORK).date() + _DAY, deferred)


def slot_of(printed: date) -> date:
    """The evening that is meant by a deferred date as arXiv prints it.

    A Friday's freeze is announced on Sunday, so a deferred Friday means that Sunday; arXiv's code
    says so in ``is_publish_day``. arXiv has not printed a Saturday: no other slot could be meant.
    """
    weekday = printed.weekday()
    return printed + (_SUNDAY - weekday) * _DAY if weekday >= _FRIDAY else printed


def table_covers(day: date) -> bool:
    """Whether the shipped table reaches to ``day``; elsewhere a deferral may be missing.

    It begins in December 2003 and ends with the last year that arXiv has planned.
    """
    skipped = _skipped(())
    return min(skipped) <= day <= max(skipped)


def correct_by_neighbours(
    estimates: Sequence[tuple[str, date]],
    known: Mapping[str, date] | None = None,
    deferred: Collection[date] = (),
) -> dict[str, date]:
    """Listing days of new papers from their ids, where only submission times are at hand.

    ``estimates`` pairs canonical ids with ``listing_day`` of their first version; ``known`` holds
    days learnt from arXiv itself, which always win. arXiv gives ids in the order of announcement
    and estimates are never too late, so a paper whose estimate is below an earlier id's was held
    back: it takes the day on which its nearest unheld neighbours agree, else the later one, as held
    papers mostly lead their batch. Leave cross-lists and replacements out. Dense ids do best: of
    320 astro-ph papers of 2023, 308 were right by submission time and 319 after this.
    """
    known = known or {}
    days: dict[str, date] = {}
    ordered = sorted((_place(identifier), identifier, day) for identifier, day in estimates)
    for (_, archive), papers in groupby(ordered, key=lambda paper: paper[0][:2]):
        month = [(identifier, day) for _, identifier, day in papers]
        floor = date.min if archive else _first_of_month(month[0][0], deferred)
        days.update(_correct_month(month, known, floor))
    return days


def _correct_month(
    papers: list[tuple[str, date]], known: Mapping[str, date], floor: date
) -> Iterator[tuple[str, date]]:
    """The days of one numbering series, in the order of its numbers; none before ``floor``."""
    firm: list[date | None] = []
    newest = floor
    for identifier, estimate in papers:
        if identifier in known or estimate >= newest:
            newest = known.get(identifier, estimate)
            firm.append(newest)
        else:
            firm.append(None)
    before = _carried(firm, floor)
    after = reversed(list(_carried(reversed(firm), floor)))
    for (identifier, estimate), day, left, right in zip(papers, firm, before, after, strict=True):
        yield identifier, day or max(estimate, left, right)


def _carried(days: Iterable[date | None], start: date) -> Iterator[date]:
    """Each day, or the last one before it, or ``start``."""
    for day in days:
        start = day or start
        yield start


def _place(identifier: str) -> tuple[int, str, int]:
    """Month, archive and number: until 2007 every archive numbered its papers for itself."""
    month, number, archive = ids.sort_key(identifier)
    return month, archive, number


def _first_of_month(identifier: str, deferred: Collection[date]) -> date:
    """The first listing of the id's month, which is the month of the freeze, not of the listing."""
    year, month = ids.month(identifier)
    return listing_day(datetime(year, month, 1, tzinfo=NEW_YORK), deferred)


def _local_freeze(day: date) -> datetime:
    """The freeze of listing day ``day`` on New York's clock, without a zone."""
    frozen = day - (3 * _DAY if day.weekday() == _MONDAY else _DAY)
    return datetime.combine(frozen, _FREEZE if frozen >= _EARLIER_FREEZE else _FREEZE_TO_2016)


def _utc(day: date, local: time) -> datetime:
    return datetime.combine(day, local, NEW_YORK).astimezone(UTC)


def _require_weekday(day: date) -> None:
    if day.weekday() >= _SATURDAY:
        raise ValueError(f"{day}: no listing on Saturdays and Sundays")


def _skipped(deferred: Collection[date]) -> frozenset[date]:
    """The weekdays without a listing: those after each deferred slot."""
    return _with_table(frozenset(deferred))


@lru_cache(maxsize=8)
def _with_table(deferred: frozenset[date]) -> frozenset[date]:
    return frozenset(slot_of(printed) + _DAY for printed in (*_table(), *deferred))


@lru_cache(maxsize=1)
def _table() -> tuple[date, ...]:
    """The dates that arXiv printed, from the shipped table."""
    text = (resources.files("bot.arxiv") / "data" / "deferred.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(date.fromisoformat(row["printed"]) for row in rows)
