"""Rules whose channel cannot take messages are suspended with the reason, and resume by themselves.

A server is told once, in its channel for system messages, by a notice that is written down
together with the suspension; a rule that Discord's own answers suspend again and again is told of
once.

Nothing is ever deleted because Discord does not show it: a channel or a server may come back.
"""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from sqlite_utils import Database

from bot import cards
from bot.clock import Clock
from bot.config import logs
from bot.delivery import slots
from bot.delivery.content import components
from bot.delivery.transport import MessageTransport
from bot.models import Rule
from bot.problems import Problem
from bot.store import Archive, ledger, rules

logger = logging.getLogger(__name__)

# A rule that Discord's own answer suspended although its permissions look well is tried again then.
HOLD = timedelta(hours=1)
# Suspended again within that after a hold, it is the same trouble, and its server knows of it.
QUIET = timedelta(days=1)
_BREATH = 100  # so many rules are judged before others get their turn
# So many are judged at each tick besides those that are due, so that others come round to all.
_JUDGED = 1_000


class Suspension:
    """The undeleted rules by id, each with what is known of its channel."""

    def __init__(self, archive: Archive, clock: Clock, postbox: MessageTransport) -> None:
        self._archive = archive
        self._clock = clock
        self._postbox = postbox
        self._held: dict[tuple[int, int], datetime] = {}  # by rule and channel
        self.rules: dict[int, Rule] = {}
        self._is_watching = False
        self._round: Iterator[int] = iter(())

    async def refresh(self) -> Set[int]:
        """Read the rules that have changed since the last time; their ids, at first all."""
        if not self._is_watching:
            self.rules = {rule.rule_id: rule for rule in await self._archive.write(rules.watch)}
            self._is_watching = True
            return self.rules.keys()
        changes = await self._archive.write(rules.take_changes)
        for rule_id, rule in changes.items():
            if rule is None:
                self.rules.pop(rule_id, None)
            else:
                self.rules[rule_id] = rule
        return changes.keys()

    async def judge(self, due: Iterable[int]) -> None:
        """Suspend and resume as channels are now: of the rules that are due, and of some others,
        which comes round to all. Asks nobody."""
        others = list(islice(self._round, _JUDGED))
        if len(others) < _JUDGED:
            self._round = iter(list(self.rules))
            others += islice(self._round, _JUDGED - len(others))
        changes: dict[int, Problem | None] = {}
        for place, rule_id in enumerate(dict.fromkeys([*due, *others])):
            rule = self.rules.get(rule_id)
            if rule is not None:
                problem = self._problem(rule)
                if problem != rule.suspended:
                    changes[rule_id] = problem
            if place % _BREATH == 0:
                await asyncio.sleep(0)
        if changes:
            await self._change_to(changes)

    async def suspend(self, rule: Rule, reason: Problem) -> None:
        """Discord's answer says that the rule's channel takes no messages."""
        now = self._clock.now()
        before = self._held.get((rule.rule_id, rule.channel_id))
        self._held[rule.rule_id, rule.channel_id] = now + HOLD
        is_announcement = before is None or now >= before + QUIET
        await self._change_to({rule.rule_id: reason}, tell=is_announcement)

    def _problem(self, rule: Rule) -> Problem | None:
        """Why the rule is to be suspended from now on."""
        if self._postbox.is_out(rule):
            return rule.suspended
        # That the zone is back says nothing of the channel, which cannot always be seen from here.
        judged = replace(rule, suspended=None) if slots.is_suspended_for_zone(rule) else rule
        problem = slots.why_never(rule) or self._postbox.problem(judged)
        if problem:
            return rule.suspended or problem
        held = self._held.get((rule.rule_id, rule.channel_id))
        is_held = held is not None and self._clock.now() < held
        return rule.suspended if is_held else None

    async def _change_to(self, reasons: Mapping[int, Problem | None], *, tell: bool = True) -> None:
        judged = {rule_id: self.rules[rule_id] for rule_id in reasons if rule_id in self.rules}
        guilds = {rule.guild_id for rule in judged.values()}
        desks = {guild_id: self._postbox.desk(guild_id) for guild_id in guilds if tell}
        channels = {rule_id: rule.channel_id for rule_id, rule in judged.items()}
        changed = await self._archive.write(
            _set_suspended, reasons, channels, desks, self._clock.now()
        )
        for rule in changed:
            self.rules[rule.rule_id] = rule
            logs.event(
                logger, logging.WARNING, "rule.suspended" if rule.suspended else "rule.resumed",
                rule=rule.rule_id, guild=rule.guild_id, channel=rule.channel_id,
                reason=rule.suspended,
            )  # fmt: skip


def _set_suspended(
    db: Database,
    reasons: Mapping[int, Problem | None],
    channels: Mapping[int, int],
    desks: Mapping[int, int | None],
    now: datetime,
) -> list[Rule]:
    """Read and written in one go: a person may have edited the rule meanwhile.

    A rule that was moved from its channel in ``channels`` is left alone: the reason is about that.
    """
    changed = []
    told: dict[int, list[Rule]] = {}
    for rule_id, reason in reasons.items():
        rule = rules.get(db, rule_id)
        if (
            rule is None
            or rule.deleted
            or rule.unreadable
            or channels.get(rule_id) != rule.channel_id
        ):
            continue
        if rule.suspended != reason:
            is_announcement = not rule.suspended and not rule.paused
            rule = rules.change(db, rule, suspended=reason) or rule
            changed.append(rule)
            desk = desks.get(rule.guild_id)
            if is_announcement and desk is not None and desk != rule.channel_id:
                told.setdefault(desk, []).append(rule)
    for desk, suspended in told.items():
        ledger.notice(db, desk, components(cards.rules_suspended(suspended)), now=now)
    return changed
