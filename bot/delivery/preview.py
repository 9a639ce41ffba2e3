"""What a rule would post, and why not, for its admins. Nothing here writes or sends."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from bot.arxiv import taxonomy
from bot.config import Settings
from bot.delivery import selection
from bot.delivery.content import Content, ContentBuilder, listings_of
from bot.delivery.slots import Due, next_due, next_new, slots_between, why_never
from bot.models import Day, DayState, Era, Rhythm, Rule, Stage
from bot.problems import Code, Problem
from bot.store import Archive, days, papers, posted_digests, standings

REHEARSED = 5
SUGGESTION_DAYS = 20
SUGGESTED_A_DAY = 5
# Days of other eras may be newer than the newest of ours; so many are looked through.
_LOOK_BACK = 60
# A month and its first slot after it.
_MAX_RHYTHM = timedelta(days=40)
_LONG = (Rhythm.WEEKLY, Rhythm.MONTHLY)


async def next_run(
    archive: Archive, settings: Settings, rule: Rule, now: datetime
) -> datetime | None:
    """When something of the rule is seen next, whether it is paused or not; None for never."""
    if why_never(rule):
        return None
    start = (now - _MAX_RHYTHM).date()
    covered = await archive.read(posted_digests.covered_days, rule.rule_id, start)
    return next_new(rule, now, listings_of(settings), covered).slot.at


async def rehearse(
    archive: Archive, settings: Settings, rule: Rule
) -> tuple[tuple[date, int], ...]:
    """How many papers the rule would have had on each of the last listing days, oldest first."""
    kitchen = ContentBuilder(archive, settings)
    closed = await archive.read(_newest_closed, REHEARSED)
    fresh = replace(rule, rule_id=0)
    return tuple(
        [(day.day, len((await kitchen.digest(fresh, (day.day,))).papers)) for day in closed[::-1]]
    )


async def suggest_bar(archive: Archive, settings: Settings, rule: Rule) -> float | None:
    """A bar that about ``SUGGESTED_A_DAY`` papers of the rule's categories reached on the last
    listing days.

    None for a rule that is narrowed further than by categories, and where so many papers were not
    talked about.
    """
    if rule.keywords or rule.exclusions or not rule.cross_lists:
        return None
    closed = [day.day for day in await archive.read(_newest_closed, SUGGESTION_DAYS)]
    patterns = tuple(map(taxonomy.resolve_pattern, rule.categories))
    wanted = SUGGESTED_A_DAY * len(closed)
    scores = await archive.read(standings.best_scores, closed, patterns, wanted)
    return round_bar(scores[-1]) if wanted and len(scores) == wanted else None


def round_bar(score: float) -> float:
    """Down to a number that people choose: 137.4 is 130, 12.7 is 12, 0.5 stays."""
    step = 10 if score >= 100 else 1
    return math.floor(score / step) * step if score >= 1 else score


async def preview(
    archive: Archive, settings: Settings, rule: Rule
) -> tuple[tuple[date, ...], Content] | None:
    """The digest of the newest closed day as if the channel had had none before, with the day.

    Of a week's or month's digest all its days that are closed, oldest first. None when no day is
    closed yet.
    """
    closed = [day.day for day in await archive.read(_newest_closed, _MAX_RHYTHM.days)]
    if not closed:
        return None
    of_slot = _covered(rule, settings, closed[0]) if rule.rhythm in _LONG else closed[:1]
    shown = tuple(sorted(set(closed).intersection(of_slot)))
    return shown, await ContentBuilder(archive, settings).digest(replace(rule, rule_id=0), shown)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a channel has, gets or does not get a paper.

    ``posted`` is the slot that had it and its rank there; ``comes`` the slot that will have it.
    ``ended`` is the slot that had its day and posted nothing of it, with that slot's reason;
    ``passed`` the slot that had its day, whatever it posted.
    ``too_old``: its listing closed before the rule was made. ``still_open``: counts may change.
    """

    rule: Rule
    day: date | None
    verdict: selection.Verdict
    posted: tuple[datetime, int] | None = None
    comes: datetime | None = None
    ended: tuple[datetime, Problem | None] | None = None
    passed: datetime | None = None
    too_old: bool = False
    still_open: bool = False


async def why_not(
    archive: Archive, settings: Settings, rule: Rule, arxiv_id: str, now: datetime
) -> Reason:
    """At which stage the paper fell out of the rule's digest, on its first day as news.

    It is compared with what the same slot has, and with what the channel had before that slot:
    once a digest is posted, its own papers must not make room for the next ones.
    """
    known, is_announcement = await archive.read(_first_day, arxiv_id)
    if known is not None and not is_announcement:
        verdict = selection.Verdict(Stage.NOT_HARVESTED, Problem(Code.PAPER_ONLY_REPLACED))
        return Reason(rule=rule, day=known.day, verdict=verdict)
    passed = await archive.read(posted_digests.covering, rule.rule_id, known.day) if known else None
    covered = passed[1] if passed else _covered(rule, settings, known.day) if known else ()
    standing = await ContentBuilder(archive, settings).standing(covered)
    verdict = selection.why_not(
        rule,
        arxiv_id,
        standing.ranked,
        standing.announcements,
        default_bar=settings.ranking.bar,
        already=await archive.read(
            posted_digests.paper_ids, rule.rule_id, before=passed and passed[0]
        ),
    )
    if known is None:
        return Reason(rule=rule, day=None, verdict=verdict)
    too_old = _is_too_old(rule, settings, known.day)
    posted = await archive.read(posted_digests.had, rule.rule_id, arxiv_id)
    ended = None if posted else await archive.read(posted_digests.ended, rule.rule_id, known.day)
    nothing_comes = bool(posted or passed or too_old or rule.paused)
    return Reason(
        rule=rule,
        day=known.day,
        verdict=verdict,
        posted=posted,
        comes=None if nothing_comes else _coming(rule, settings, known.day, now),
        ended=ended,
        passed=passed[0] if passed else None,
        too_old=too_old and posted is None,
        still_open=known.state is DayState.OPEN,
    )


def _is_too_old(rule: Rule, settings: Settings, day: date) -> bool:
    """It closed before the rule was made, and the rule's first slot does not cover it."""
    made = rule.created_at
    if made is None or why_never(rule) or listings_of(settings).closes_at(day) >= made:
        return False
    return day not in next_due(rule, made, listings_of(settings)).days


def _covered(rule: Rule, settings: Settings, day: date) -> tuple[date, ...]:
    """All days of the slot that covers ``day``."""
    start = listings_of(settings).closes_at(day)
    dues = _dues(rule, settings, start, start + _MAX_RHYTHM)
    return next((due.days for due in dues if day in due.days), (day,))


def _coming(rule: Rule, settings: Settings, day: date, now: datetime) -> datetime | None:
    """The slot from ``now`` on that covers ``day``."""
    end = max(now, listings_of(settings).closes_at(day)) + _MAX_RHYTHM
    dues = _dues(rule, settings, now, end)
    return next((due.slot.at for due in dues if day in due.days), None)


def _dues(rule: Rule, settings: Settings, start: datetime, end: datetime) -> Sequence[Due]:
    return () if why_never(rule) else slots_between(rule, start, end, listings_of(settings))


def _newest_closed(db: Database, count: int) -> list[Day]:
    """Newest first."""
    found = days.newest(db, _LOOK_BACK, state=DayState.CLOSED)
    return [day for day in found if day.era is Era.HOTPAPERS][:count]


def _first_day(db: Database, arxiv_id: str) -> tuple[Day | None, bool]:
    """The first day in the archive on which the paper was news (True), else was only replaced."""
    listed = sorted(papers.days_of(db, arxiv_id), key=lambda found: not found[1].is_announcement)
    held = ((found, kind.is_announcement) for day, kind in listed if (found := days.get(db, day)))
    return next(held, (None, False))
