"""Rules whose channel cannot take messages are parked with the reason, and resume by themselves.

A server is told once, in its channel for system messages, by a notice that is written down
together with the parking; a rule that Discord's own answers park again and again is told of once.

Nothing is ever deleted because Discord does not show it: a channel or a server may come back.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot import cards
from bot.clock import Clock
from bot.config import logs
from bot.delivery import slots
from bot.delivery.content import components
from bot.delivery.transport import MessageTransport
from bot.models import Rule
from bot.store import Archive, ledger, rules

logger = logging.getLogger(__name__)

# A rule that Discord's own answer parked although its permissions look well is tried again then.
HOLD = timedelta(hours=1)
# Parked again within that after a hold, it is the same trouble, and its server knows of it.
QUIET = timedelta(days=1)
_BREATH = 100  # so many rules are judged before others get their turn


class Suspension:
    """The undeleted rules by id, each with what is known of its channel."""

    def __init__(self, archive: Archive, clock: Clock, postbox: MessageTransport) -> None:
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
        now = self._clock.now()
        before = self._held.get((rule.rule_id, rule.channel_id))
        self._held[rule.rule_id, rule.channel_id] = now + HOLD
        is_announcement = before is None or now >= before + QUIET
        await self._change_to({rule.rule_id: reason}, tell=is_announcement)

    def _change(self, rule: Rule) -> str | None:
        """The new reason for being parked, "" to resume, None to leave it as it is."""
        if self._postbox.is_out(rule):
            return None
        # That the zone is back says nothing of the channel, which cannot always be seen from here.
        judged = replace(rule, parked="") if slots.is_parked_for_zone(rule) else rule
        problem = slots.why_never(rule) or self._postbox.problem(judged)
        if problem:
            return None if rule.parked else problem
        held = self._held.get((rule.rule_id, rule.channel_id))
        if not rule.parked or (held is not None and self._clock.now() < held):
            return None
        return ""

    async def _change_to(self, reasons: Mapping[int, str], *, tell: bool = True) -> None:
        judged = {rule_id: self.rules[rule_id] for rule_id in reasons if rule_id in self.rules}
        guilds = {rule.guild_id for rule in judged.values()}
        desks = {guild_id: self._postbox.desk(guild_id) for guild_id in guilds if tell}
        channels = {rule_id: rule.channel_id for rule_id, rule in judged.items()}
        changed = await self._archive.write(
            _set_parked, reasons, channels, desks, self._clock.now()
        )
        for rule in changed:
            self.rules[rule.rule_id] = rule
            logs.event(
                logger, logging.WARNING, "rule.parked" if rule.parked else "rule.resumed",
                rule=rule.rule_id, guild=rule.guild_id, channel=rule.channel_id,
                reason=rule.parked,
            )  # fmt: skip


def _set_parked(
    db: Database,
    reasons: Mapping[int, str],
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
        if rule.parked != reason:
            is_announcement = not rule.parked and not rule.paused
            rule = rules.change(db, rule, parked=reason) or rule
            changed.append(rule)
            desk = desks.get(rule.guild_id)
            if is_announcement and desk is not None and desk != rule.channel_id:
                told.setdefault(desk, []).append(rule)
    for desk, parked in told.items():
        ledger.notice(db, desk, components(cards.rules_parked(parked)), now=now)
    return changed
