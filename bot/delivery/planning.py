"""Rules and time -> rows in the ledger. Writes, but never sends."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlite_utils import Database

from bot import log
from bot.clock import Clock
from bot.config import Settings
from bot.delivery import agenda
from bot.delivery.agenda import Ending, Step
from bot.delivery.content import Content, Kitchen
from bot.delivery.post import Postbox
from bot.models import Day, Rule, TargetKind
from bot.slots import Listings, arxiv_listings, slots_between
from bot.store import Archive, days, ledger, rules

logger = logging.getLogger(__name__)

_MOMENT = timedelta(seconds=1)

_REASONS = {
    Ending.MERGED: "merged into a later digest",
    Ending.SKIPPED: "skipped after downtime, as this channel asked for",
    Ending.TOO_OLD: "more than seven days old: in the archive only",
}


async def plan_due(
    archive: Archive, settings: Settings, clock: Clock, postbox: Postbox, awake_since: datetime
) -> None:
    """Write every slot that is due, once, with its messages or its reason.

    A rule whose channel cannot take messages is parked, and comes back by itself when it can.
    """
    await _park_and_unpark(archive, postbox)
    now = clock.now()
    kitchen = Kitchen(archive, settings)
    for rule in await archive.read(rules.active):
        for step in await _steps(archive, settings, rule, now, awake_since):
            await _write(archive, rule, step, kitchen, now)


async def _park_and_unpark(archive: Archive, postbox: Postbox) -> None:
    for rule in await archive.read(rules.undeleted):
        problem = postbox.problem(rule) or ""
        if problem != rule.parked and not (rule.parked and problem):
            await archive.write(rules.save, replace(rule, parked=problem))
            event = "rule.parked" if problem else "rule.resumed"
            log.event(
                logger, logging.WARNING, event, rule=rule.rule_id, channel=rule.channel_id,
                reason=problem,
            )  # fmt: skip


async def _steps(
    archive: Archive, settings: Settings, rule: Rule, now: datetime, awake_since: datetime
) -> list[Step]:
    last = await archive.read(ledger.last_slot, rule.rule_id)
    made = rule.created_at or now
    start = made if last is None else max(last + _MOMENT, made)
    listings = listings_of(settings)
    dues = slots_between(rule, start, now + _MOMENT, listings)
    if not dues:
        return []
    horizon = now - agenda.TOO_OLD
    owed = [
        day for due in slots_between(rule, max(made, horizon), start, listings) for day in due.days
    ]
    oldest = min([now.date(), *owed, *(day for due in dues for day in due.days)])
    covered = await archive.read(ledger.covered_days, rule.rule_id, oldest)
    return agenda.steps(
        rule,
        dues,
        await _known_days(archive, oldest, now.date() + timedelta(days=1)),
        covered,
        owed=owed,
        now=now,
        awake_since=awake_since,
    )


def listings_of(settings: Settings) -> Listings:
    """arXiv's days as slots see them, under these settings."""
    return arxiv_listings(settings.schedule.close_after_hours, frozenset(settings.arxiv.deferred))


async def _known_days(archive: Archive, start: date, end: date) -> dict[date, Day]:
    return {day.day: day for day in await archive.read(days.between, start, end)}


async def _write(archive: Archive, rule: Rule, step: Step, kitchen: Kitchen, now: datetime) -> None:
    if step.ending in _REASONS:
        content = Content(bodies=(), reason=_REASONS[step.ending])
    else:
        content = await kitchen.serve(rule, step)
    await archive.write(_plan, rule, step, content, now)
    log.event(
        logger, logging.INFO, "slot.planned", rule=rule.rule_id, slot=step.due.slot.at,
        ending=step.ending, messages=len(content.bodies), papers=len(content.papers),
        reason=content.reason,
    )  # fmt: skip


def _plan(db: Database, rule: Rule, step: Step, content: Content, now: datetime) -> None:
    """One transaction: the slot's rows, the papers on them, the days they cover."""
    slot_at = step.due.slot.at
    if ledger.of_slot(db, rule.rule_id, slot_at):
        return
    ledger.plan(
        db,
        kind=TargetKind.CHANNEL,
        target_id=rule.channel_id,
        rule_id=rule.rule_id,
        slot_at=slot_at,
        payloads=content.bodies,
        reason=content.reason,
        listing_day=_last(step.days),
        now=now,
    )
    ledger.note_posted(db, rule.rule_id, slot_at, content.papers)
    ledger.note_days(db, rule.rule_id, slot_at, step.days)


def _last(found: Sequence[date]) -> date | None:
    return found[-1] if found else None
