"""Rules and time -> rows in the ledger. Writes, but never sends."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeVar

from sqlite_utils import Database

from bot.clock import Clock
from bot.config import Settings, logs
from bot.delivery.agenda import Agenda
from bot.delivery.content import Content, ContentBuilder, listings_of
from bot.delivery.due import DEADLINE, TOO_OLD, WAIT, SlotOutcome, Step, oldest, steps
from bot.delivery.slots import Due, next_due, slots_between, why_never
from bot.models import Day, Rule, Slot, TargetKind
from bot.problems import Code, Problem
from bot.store import Archive, days, ledger, ledger_undo, posted_digests, rules

logger = logging.getLogger(__name__)

T = TypeVar("T")

_MOMENT = timedelta(seconds=1)
# Slots of the last week cover listing days as far back as this (a month's slot: 31 more days).
_REACH = timedelta(days=45)
# So many rules are read, and so many slots written, in one go.
_BATCH = 100

_CODES = {
    SlotOutcome.MERGED: Code.MERGED_INTO_LATER_DIGEST,
    SlotOutcome.SKIPPED: Code.SKIPPED_AFTER_DOWNTIME,
    SlotOutcome.TOO_OLD: Code.TOO_OLD,
    SlotOutcome.PAUSED: Code.DIGEST_PAUSED,
}

Plan = tuple[Rule, Step, Content]


class Planner:
    """Writes every slot that is due, once, with its messages or its reason.

    It puts rules of which nothing is due off in the ``agenda``.
    """

    def __init__(
        self, archive: Archive, settings: Settings, clock: Clock, agenda: Agenda | None = None
    ) -> None:
        self._archive = archive
        self._settings = settings
        self._clock = clock
        self._listings = listings_of(settings)
        self._agenda = agenda or Agenda()

    async def plan(
        self,
        candidates: Iterable[Rule],
        awake_since: datetime,
        look_before: datetime | None = None,
    ) -> None:
        """Plan what is due of these rules.

        ``awake_since`` is when the program came back from its last absence. What was due before
        ``look_before`` may stand in its channel already.
        """
        now = self._clock.now()
        kitchen = ContentBuilder(self._archive, self._settings)
        await self._make_up(kitchen, now)
        due = await self._due(candidates, now)
        if not due:
            return
        batch = _Batch(self._archive, kitchen, now, look_before)
        round_ = _Round(now, awake_since, await self._days(now), batch)
        for some in _batched(due, _BATCH):
            covered = await self._archive.read(_covered, [rule.rule_id for rule, _ in some], now)
            for rule, start in some:
                with _alone(rule):
                    await self._plan_one(rule, start, covered[rule.rule_id], round_)
                await asyncio.sleep(0)
        await batch.flush()

    async def _make_up(self, kitchen: ContentBuilder, now: datetime) -> None:
        """Make the messages of slots that were found in their channels, whole or in part."""
        unmade = await self._archive.read(ledger.unmade)
        for row in unmade:
            rule = await self._archive.read(rules.get, row.rule_id)
            if rule is None or rule.deleted:
                reason = Problem(Code.DELETED_BEFORE_POSTING)
                await self._archive.write(ledger.mark_done, row.delivery_id, reason, now=now)
                continue
            with _alone(rule):
                found = await self._archive.read(posted_digests.days_of, rule.rule_id, row.slot_at)
                slot = Slot(rule_id=rule.rule_id, at=row.slot_at, local_date=row.slot_at.date())
                step = Step(Due(slot, found), SlotOutcome.POST, found)
                plan = (rule, step, await kitchen.build(rule, step))
                await self._archive.write(_write_anew, plan, now)

    async def _due(self, candidates: Iterable[Rule], now: datetime) -> list[tuple[Rule, datetime]]:
        """The rules with a slot that is due and has no row, and since when they have none."""
        found = []
        for some in _batched(candidates, _BATCH):
            last = await self._archive.read(_last_slots, [rule.rule_id for rule in some], now)
            for rule in some:
                if why_never(rule):
                    self._agenda.drop(rule.rule_id)
                    continue
                with _alone(rule):
                    start = _since(rule, last[rule.rule_id], now)
                    following = next_due(rule, start, self._listings).slot.at
                    if following <= now:
                        found.append((rule, start))
                    else:
                        self._agenda.put_off(rule.rule_id, following)
        return found

    async def _plan_one(
        self, rule: Rule, start: datetime, covered: frozenset[date], round_: "_Round"
    ) -> None:
        now = round_.now
        earliest = max(rule.created_at or now, oldest(rule, now))
        found = steps(
            rule,
            slots_between(rule, start, now + _MOMENT, self._listings),
            round_.days,
            covered,
            earlier=slots_between(rule, earliest, start, self._listings),
            now=now,
            awake_since=round_.awake_since,
        )
        for step in found:
            await round_.batch.add(rule, step)

    async def _days(self, now: datetime) -> dict[date, Day]:
        start, end = (now - _REACH).date(), now.date() + timedelta(days=1)
        return {day.day: day for day in await self._archive.read(days.between, start, end)}


@dataclass(frozen=True, slots=True)
class _Round:
    """What all rules of one look share."""

    now: datetime
    awake_since: datetime
    days: Mapping[date, Day]
    batch: "_Batch"


@contextmanager
def _alone(rule: Rule) -> Iterator[None]:
    """An edge: one channel's trouble must not keep the others waiting."""
    try:
        yield
    except Exception as error:
        logs.event(
            logger, logging.ERROR, "slot.crashed", error=error, rule=rule.rule_id,
            channel=rule.channel_id,
        )  # fmt: skip


class _Batch:
    """Slots to be made and written together. Those that are lost with it are simply due again."""

    def __init__(
        self, archive: Archive, kitchen: ContentBuilder, now: datetime, look_before: datetime | None
    ) -> None:
        self._archive = archive
        self._kitchen = kitchen
        self._now = now
        self._look_before = look_before
        self._steps: list[tuple[Rule, Step]] = []

    async def add(self, rule: Rule, step: Step) -> None:
        """A rule's second digest is made when its first is written, to leave out its papers."""
        is_post = step.ending is SlotOutcome.POST
        before = [s.ending for r, s in self._steps if r.rule_id == rule.rule_id]
        if is_post and SlotOutcome.POST in before:
            await self.flush()
        self._steps.append((rule, step))
        if len(self._steps) >= _BATCH:
            await self.flush()

    async def flush(self) -> None:
        steps, self._steps = self._steps, []
        had = await self._papers_had(steps)
        plans: list[Plan] = []
        for rule, step in steps:
            with _alone(rule):
                plans.append((rule, *await self._made(rule, step, had.get(rule.rule_id))))
        if not plans:
            return
        written = await self._archive.write(_write, plans, self._now, self._look_before)
        for rule, step, content in written:
            logs.event(
                logger, logging.INFO, "slot.planned", rule=rule.rule_id, slot=step.due.slot.at,
                ending=step.ending, messages=len(content.bodies), papers=len(content.papers),
                reason=content.reason,
            )  # fmt: skip

    async def _papers_had(self, steps: Sequence[tuple[Rule, Step]]) -> dict[int, frozenset[str]]:
        """In one question for all that post the same days."""
        by_days: dict[tuple[date, ...], list[Rule]] = {}
        for rule, step in steps:
            if step.ending is SlotOutcome.POST:
                by_days.setdefault(step.days, []).append(rule)
        had: dict[int, frozenset[str]] = {}
        for days_, rules_ in by_days.items():
            with suppress(Exception):  # each digest meets it again, and says so, when it is made
                had |= await self._kitchen.papers_had(rules_, days_)
        return had

    async def _made(
        self, rule: Rule, step: Step, had: frozenset[str] | None
    ) -> tuple[Step, Content]:
        if step.ending in _CODES:
            return step, Content(bodies=(), reason=Problem(_CODES[step.ending]))
        if step.ending is SlotOutcome.SUSPENDED:
            reason = Problem(Code.SUSPENDED_TOO_LONG, why=rule.suspended)
            return step, Content(bodies=(), reason=reason)
        try:
            return step, await self._kitchen.build(rule, step, had)
        except Exception as error:
            # A card that cannot be made is tried for as long as a late day; then the slot says so,
            # and its days are owed to the next.
            if self._now < step.due.slot.at + WAIT:
                raise
            logs.event(logger, logging.ERROR, "slot.crashed", error=error, rule=rule.rule_id)
            reason = Problem(Code.DIGEST_NOT_MADE, error=type(error).__name__)
            return replace(step, days=()), Content(bodies=(), reason=reason)


def undo_after(db: Database, now: datetime) -> int:
    """Undo what a clock that was ahead has decided; how many slots will be derived again.

    One that cannot, as a younger one was posted, is too old no longer: its days are owed.
    """
    undone = ledger_undo.undo_after(db, now, since=now - DEADLINE)
    old, new = Code.TOO_OLD, Code.MERGED_INTO_LATER_DIGEST
    ledger_undo.change_reason_after(db, now, old, new, since=now - TOO_OLD)
    return undone


def _since(rule: Rule, last: datetime | None, now: datetime) -> datetime:
    """From here on the rule's slots have no row yet."""
    made = rule.created_at or now
    return made if last is None else max(last + _MOMENT, made)


def _last_slots(db: Database, rule_ids: Sequence[int], now: datetime) -> dict[int, datetime | None]:
    return {rule_id: ledger.last_slot(db, rule_id, now) for rule_id in rule_ids}


def _covered(db: Database, rule_ids: Sequence[int], now: datetime) -> dict[int, frozenset[date]]:
    start = (now - _REACH).date()
    return {rule_id: posted_digests.covered_days(db, rule_id, start) for rule_id in rule_ids}


def _write(
    db: Database, plans: Sequence[Plan], now: datetime, look_before: datetime | None
) -> list[Plan]:
    """One transaction: the slots' rows, the papers on them, the days they cover. Those written.

    Contents take a while to make. What was made for a rule that is gone, or that asks for something
    else by now, is not written; what is still due is due again. A slot that takes over the days of
    one that may have been posted may not be sent unseen either.
    """
    written = []
    for rule, step, content in plans:
        slot_at = step.due.slot.at
        if not _is_wanted(rules.get(db, rule.rule_id), rule, step):
            continue
        kind = TargetKind.CHANNEL
        if ledger.has_slot(db, kind, rule.channel_id, rule.rule_id, slot_at):
            continue
        posted_digests.note_days(db, rule.rule_id, slot_at, step.days)
        older = ledger.taken_over(db, rule.rule_id, slot_at) if look_before else []
        first = min((one.slot_at for one in older), default=slot_at)
        days_of_slot = step.days or step.due.days
        ledger.plan(
            db,
            kind=kind,
            target_id=rule.channel_id,
            rule_id=rule.rule_id,
            slot_at=slot_at,
            payloads=content.bodies,
            reason=content.reason,
            listing_day=days_of_slot[-1] if days_of_slot else None,
            now=now,
            unseen=look_before is not None and first < look_before,
        )
        posted_digests.note_papers(db, rule.rule_id, slot_at, content.papers)
        written.append((rule, step, content))
    return written


def _is_wanted(now: Rule | None, planned: Rule, step: Step) -> bool:
    """Whether it is paused or deleted by now is asked before each message is sent, not here."""
    if now is None or step.ending is SlotOutcome.PAUSED:
        return now is not None
    return now == replace(planned, paused=now.paused, suspended=now.suspended, deleted=now.deleted)


def _write_anew(db: Database, plan: Plan, now: datetime) -> None:
    rule, step, _ = plan
    ledger.forget(db, rule.rule_id, step.due.slot.at)
    _write(db, [plan], now, now)


def _batched(items: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
