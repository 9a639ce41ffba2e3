"""Rules whose channel cannot take messages are parked with the reason, and resume by themselves.

Nothing is ever deleted because Discord does not show it: a channel or a server may come back.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot import log
from bot.clock import Clock
from bot.delivery.post import Postbox
from bot.models import Rule
from bot.store import Archive, rules

logger = logging.getLogger(__name__)

# A rule that Discord's own answer parked although its permissions look well is tried again then.
HOLD = timedelta(hours=1)
_BREATH = 100  # so many rules are judged before others get their turn


class Parking:
    """The undeleted rules by id, each with what is known of its channel."""

    def __init__(self, archive: Archive, clock: Clock, postbox: Postbox) -> None:
        self._archive = archive
        self._clock = clock
        self._postbox = postbox
        self._held: dict[tuple[int, int], datetime] = {}  # by rule and channel
        self.rules: dict[int, Rule] = {}

    async def refresh(self) -> None:
        """Read the rules; park and resume as their channels are now. Asks nobody."""
        found = {rule.rule_id: rule for rule in await self._archive.read(rules.undeleted)}
        changes: dict[int, str] = {}
        for place, rule in enumerate(found.values()):
            change = self._change(rule)
            if change is not None:
                changes[rule.rule_id] = change
            if place % _BREATH == 0:
                await asyncio.sleep(0)
        self.rules = found
        if changes:
            await self._change_to(changes)

    async def park(self, rule: Rule, reason: str) -> None:
        """Discord's answer says that the rule's channel takes no messages."""
        self._held[rule.rule_id, rule.channel_id] = self._clock.now() + HOLD
        await self._change_to({rule.rule_id: reason})

    def _change(self, rule: Rule) -> str | None:
        """The new reason for being parked, "" to resume, None to leave it as it is."""
        if self._postbox.is_out(rule):
            return None
        problem = self._postbox.problem(rule)
        if problem:
            return None if rule.parked else problem
        held = self._held.get((rule.rule_id, rule.channel_id))
        if not rule.parked or (held is not None and self._clock.now() < held):
            return None
        return ""

    async def _change_to(self, reasons: Mapping[int, str]) -> None:
        changed = await self._archive.write(_set_parked, reasons)
        for rule in changed:
            self.rules[rule.rule_id] = rule
            log.event(
                logger, logging.WARNING, "rule.parked" if rule.parked else "rule.resumed",
                rule=rule.rule_id, guild=rule.guild_id, channel=rule.channel_id,
                reason=rule.parked,
            )  # fmt: skip


def _set_parked(db: Database, reasons: Mapping[int, str]) -> list[Rule]:
    """Read and written in one go: a person may have edited the rule meanwhile."""
    changed = []
    for rule_id, reason in reasons.items():
        rule = rules.get(db, rule_id)
        if rule is not None and not rule.deleted and rule.parked != reason:
            rule = replace(rule, parked=reason)
            rules.save(db, rule)
            changed.append(rule)
    return changed
