"""What each due slot of a rule is to become. Pure.

A slot waits for the days it covers to be closed, but not for ever: after ``WAIT`` it says that
arXiv or the counting is late, and those days are owed to the next slot. After downtime several
slots of one rule are due at once; the rule's catch-up policy says what becomes of the older.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.models import CatchUp, Day, DayState, Rule
from bot.slots import Due

# How long a slot waits for its days after it was due (or after the program came back).
WAIT = timedelta(hours=2)
# Older slots go to the archive only, and days that are older are no longer owed.
TOO_OLD = timedelta(days=7)


class Ending(StrEnum):
    """What a slot becomes."""

    POST = "post"
    NO_LISTING = "no listing"
    NOT_READY = "not ready"
    MERGED = "merged"
    SKIPPED = "skipped"
    TOO_OLD = "too old"


@dataclass(frozen=True, slots=True)
class Step:
    """One slot's ending. ``days`` are the closed days it posts, ``waiting`` those not ready."""

    due: Due
    ending: Ending
    days: tuple[date, ...] = ()
    waiting: tuple[date, ...] = ()


def steps(
    rule: Rule,
    dues: Sequence[Due],
    days: Mapping[date, Day],
    covered: Collection[date],
    *,
    owed: Sequence[date],
    now: datetime,
    awake_since: datetime,
) -> list[Step]:
    """What becomes of a rule's due slots, oldest first. A slot that still waits is left out.

    ``days`` is what the archive knows, ``covered`` the listing days that the rule has had.
    ``owed`` are listing days of earlier slots, oldest first; those not covered by now join the
    first slot that posts.
    """
    settled: list[Step] = []
    open_dues = list(dues)
    while open_dues and open_dues[0].slot.at < now - TOO_OLD:
        settled.append(Step(open_dues.pop(0), Ending.TOO_OLD))
    carried = [day for day in owed if day not in covered]
    for place, due in enumerate(open_dues):
        is_last = place == len(open_dues) - 1
        if not is_last and rule.catch_up is CatchUp.MERGE:
            settled.append(Step(due, Ending.MERGED))
            carried += due.days
        elif not is_last and rule.catch_up is CatchUp.SKIP:
            settled.append(Step(due, Ending.SKIPPED, days=due.days))
        else:
            step = _settle(due, carried, days, covered, now, awake_since)
            if step is None:
                break
            settled.append(step)
            carried = list(step.waiting)
    return settled


def _settle(
    due: Due,
    carried: Sequence[date],
    days: Mapping[date, Day],
    covered: Collection[date],
    now: datetime,
    awake_since: datetime,
) -> Step | None:
    wanted = sorted({*carried, *due.days} - set(covered))
    ready = tuple(day for day in wanted if _is_closed(days.get(day)))
    waiting = tuple(day for day in wanted if day not in ready)
    if waiting and now < max(due.slot.at, awake_since) + WAIT:
        return None
    if ready:
        return Step(due, Ending.POST, ready, waiting)
    if waiting:
        return Step(due, Ending.NOT_READY, (), waiting)
    return Step(due, Ending.NO_LISTING)


def _is_closed(day: Day | None) -> bool:
    return day is not None and day.state is DayState.CLOSED
