"""What is wanted, how far it has come, and which part of a source comes next. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from bot.arxiv import calendar, ids
from bot.errors import InputError
from bot.models import Paper
from bot.problems import Code, Problem
from bot.sources.arxiv.oai import EARLIEST, Window, freeze_month
from bot.sources.arxiv.record import Record

# A token dies at midnight, and with it what was read of a window: long enough for few requests,
# short enough to be read again.
WINDOW = timedelta(days=28)
# Papers of so many days behind the last one tell where the held ones before them belong.
BEHIND = timedelta(days=7)
_DAY = timedelta(days=1)


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """How far the first pass has come; kept in the archive.

    ``window`` and ``token`` are OAI-PMH's next request, the token being good on ``token_day``;
    ``offset`` is the next byte of a snapshot. ``records`` counts what was read, ``papers`` what
    was new to the archive, ``left_out`` what could not be read.
    """

    begun: date
    window: int = 0
    token: str = ""
    token_day: date | None = None
    offset: int = 0
    records: int = 0
    papers: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """``done`` is the share of the whole, from 0 to 1; ``doing`` says what is under way."""

    done: float
    records: int
    papers: int
    doing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Listing days from ``first`` to ``last``, in ``categories`` (legacy terms included)."""

    first: date
    last: date
    categories: frozenset[str]
    deferred: frozenset[date]

    @property
    def months(self) -> Iterator[tuple[int, int]]:
        """The months of the ids of these days."""
        year, month = freeze_month(self.first)
        while (year, month) <= freeze_month(self.last):
            yield year, month
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def span(
    start: date, end: date, categories: Collection[str], deferred: Collection[date], today: date
) -> Span:
    """The listing days from ``start`` to ``end``. Raises InputError when there are none yet."""
    found = list(calendar.listing_days(start, min(end, today), deferred))
    if not found:
        raise InputError(Problem(Code.NO_LISTINGS_BETWEEN, first=start, last=end))
    return Span(
        first=found[0],
        last=found[-1],
        categories=frozenset(categories),
        deferred=frozenset(deferred),
    )


@dataclass(slots=True)
class Sieved:
    """Records of a span by what they are good for.

    ``papers`` stand with the listing day that their submission times compute. ``early`` came in
    for a day before the span but may have been held back into it. ``behind`` are ids of papers
    shortly behind the span, with their days.
    """

    papers: list[tuple[Paper, date]]
    early: list[Record]
    behind: list[tuple[str, date]]


@dataclass(frozen=True, slots=True)
class Part:
    """What was found in a part of a source, the place behind it, and the share of the source that
    is read then.
    """

    found: Sieved
    after: Checkpoint
    done: float


def sieve(records: Sequence[Record], wanted: Span) -> Sieved:
    """Makes the texts of the wanted ones readable, which is the costly part."""
    found = Sieved([], [], [])
    for record in records:
        if record.deleted or record.submitted_at is None:
            continue
        if wanted.categories.isdisjoint(record.categories):
            continue
        day = calendar.listing_day(record.submitted_at, wanted.deferred)
        if wanted.first <= day <= wanted.last:
            found.papers.append((record.paper(), day))
        elif day > wanted.last:
            if day <= wanted.last + BEHIND:
                found.behind.append((record.arxiv_id, day))
        elif ids.month(record.arxiv_id) >= freeze_month(wanted.first):
            found.early.append(record)
    return found


def windows(first: date, begun: date, subsets: Sequence[str | None]) -> list[Window]:
    """What to ask OAI-PMH for: everything that changed since ``first``'s announcement, to the
    present. ``begun`` is the UTC day on which the backfill began.
    """
    start = max(first - _DAY, EARLIEST)
    periods: list[tuple[date, date | None]] = []
    while start + WINDOW <= begun:
        periods.append((start, start + WINDOW - _DAY))
        start += WINDOW
    periods.append((start, None))
    return [Window(*period, subset) for period in periods for subset in subsets]
