"""What each due slot of a rule is to become. Pure.

A slot waits for the days it covers to be closed, but not for ever: after ``WAIT`` it says that
arXiv or the counting is late, and those days are owed to the next slot. After downtime several
slots of one rule are due at once; the rule's catch-up policy says what becomes of the older.

A paused rule's slots end at once, and their days are never owed. Those of a suspended rule wait for
its channel to be mended, but no longer than ``DEADLINE``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.delivery.slots import Due
from bot.models import CatchUp, Day, DayState, Rhythm, Rule

# How long a slot waits for its days after it was due (or after the program came back).
WAIT = timedelta(hours=2)
# A slot that could not be posted for so long ends without a post.
DEADLINE = timedelta(hours=24)
# Older slots go to the archive only, and days that are older are no longer owed.
TOO_OLD = timedelta(days=7)
# What a week's digest owes is for the next one, which comes an hour later over a clock change.
_OVER_A_CHANGE = timedelta(hours=1)


class SlotOutcome(StrEnum):
    """What a slot becomes."""

    POST = "post"
    NO_LISTING = "no listing"
    NOT_READY = "not ready"
    MERGED = "merged"
    SKIPPED = "skipped"
    TOO_OLD = "too old"
    PAUSED = "paused"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Step:
    """One slot's ending.

    ``days`` are the listing days that it covers, so that no later slot has them: those it posts,
    or those that are left out on purpose. ``waiting`` are those not ready.
    """

    due: Due
    ending: SlotOutcome
    days: tuple[date, ...] = ()
    waiting: tuple[date, ...] = ()


def steps(
    rule: Rule,
    dues: Sequence[Due],
    days: Mapping[date, Day],
    covered: Collection[date],
    *,
    earlier: Sequence[Due] = (),
    now: datetime,
    awake_since: datetime,
) -> list[Step]:
    """What becomes of a rule's due slots, oldest first. A slot that still waits is left out.

    ``days`` is what the archive knows, ``covered`` the listing days that the rule has had.
    ``earlier`` are slots that have ended; their days that are not covered by now join the first
    slot that posts. ``awake_since`` is when the program came back from its last absence.
    """
    if rule.paused:
        return [Step(due, SlotOutcome.PAUSED, due.days) for due in dues]
    start = oldest(rule, now)
    old = [due for due in dues if due.slot.at < start]
    settled = [Step(due, SlotOutcome.TOO_OLD) for due in old]
    open_dues = dues[len(old) :]
    if rule.suspended:
        return settled + _give_up(rule, open_dues, now)
    owed = [due for due in earlier if due.slot.at >= start]
    for place, due in enumerate(open_dues):
        is_last = place == len(open_dues) - 1
        if not is_last and rule.catch_up is CatchUp.MERGE:
            settled.append(Step(due, SlotOutcome.MERGED))
        elif not is_last and rule.catch_up is CatchUp.SKIP:
            settled.append(Step(due, SlotOutcome.SKIPPED, due.days))
            continue
        else:
            step = _settle([*owed, due], days, covered, now, awake_since)
            if step is None:
                break
            settled.append(step)
            covered = {*covered, *step.days}
        owed.append(due)
    return settled


def oldest(rule: Rule, now: datetime) -> datetime:
    """Slots that were due before this are too old."""
    if rule.rhythm is Rhythm.WEEKLY:
        return now - TOO_OLD - _OVER_A_CHANGE - WAIT
    return now - TOO_OLD


def _give_up(rule: Rule, dues: Sequence[Due], now: datetime) -> list[Step]:
    """The slots that a suspended rule's channel can no longer have; the younger ones wait."""
    left_out = rule.catch_up is CatchUp.SKIP
    return [
        Step(due, SlotOutcome.SUSPENDED, due.days if left_out else ())
        for due in dues
        if now >= due.slot.at + DEADLINE
    ]


def _settle(
    dues: Sequence[Due],
    days: Mapping[date, Day],
    covered: Collection[date],
    now: datetime,
    awake_since: datetime,
) -> Step | None:
    """The last of ``dues`` with the days of all; None while one of them is worth waiting for.

    Each day is waited for once, at its own slot: one that never comes must not delay the others.
    """
    slots = {day: due.slot.at for due in dues for day in due.days if day not in covered}
    ready = tuple(day for day in sorted(slots) if _is_closed(days.get(day)))
    waiting = tuple(day for day in sorted(slots) if day not in ready)
    if any(now < max(slots[day], awake_since) + WAIT for day in waiting):
        return None
    if ready:
        return Step(dues[-1], SlotOutcome.POST, ready, waiting)
    if set(waiting) & set(dues[-1].days):
        return Step(dues[-1], SlotOutcome.NOT_READY, (), waiting)
    return Step(dues[-1], SlotOutcome.NO_LISTING)


def _is_closed(day: Day | None) -> bool:
    return day is not None and day.state is DayState.CLOSED
