"""Every slot of every rule is delivered once, or ends with a visible reason.

A tick finds out what became of messages whose outcome is unknown, writes what is due into the
ledger (``planning``), then sends what the ledger holds (``sending``). All read everything they
need from the archive, so a run that was killed is continued by the next one. docs/delivery.md
draws the states.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.config import Settings, logs
from bot.delivery import notices
from bot.delivery.agenda import Agenda
from bot.delivery.content import Content, ContentBuilder
from bot.delivery.pacing import ANSWER_SECONDS, UNANSWERED, Pacer
from bot.delivery.permissions import (
    missing_permissions,
    needed_permissions,
    own_permissions,
    system_channel_of,
)
from bot.delivery.planner import Planner, undo_after
from bot.delivery.sender import Sender
from bot.delivery.suspension import Suspension
from bot.delivery.transport import DiscordTransport, MessageTransport
from bot.problems import Problem
from bot.store import Archive, ledger

__all__ = [
    "UNANSWERED",
    "Content",
    "ContentBuilder",
    "Deliveries",
    "DiscordTransport",
    "MessageTransport",
    "Pacer",
    "missing_permissions",
    "needed_permissions",
    "own_permissions",
    "system_channel_of",
]

logger = logging.getLogger(__name__)

_MARK_EVERY = timedelta(minutes=1)
# Of all digests that are due in one minute so many are made first; while they are sent, twice as
# many, and so on: none waits for the making of all, and few rounds do for tens of thousands.
FIRST_PLANNED = 500


class Deliveries:
    """The whole way from a rule to a message in its channel. One per process."""

    def __init__(
        self,
        archive: Archive,
        settings: Settings,
        clock: Clock,
        postbox: MessageTransport,
        pacer: Pacer | None = None,
        patience: float = ANSWER_SECONDS,
    ) -> None:
        """``patience`` is how many seconds a tick waits for the last answers at most."""
        self._archive = archive
        self._settings = settings
        self._clock = clock
        self._postbox = postbox
        self._pacer = pacer or Pacer()
        self._patience = patience
        self._last_tick: datetime | None = None
        self._busy = asyncio.Lock()
        self._stopped = False
        self._begin()

    def _begin(self) -> None:
        """Without memory of any time."""
        self._suspension = Suspension(self._archive, self._clock, self._postbox)
        self._agenda = Agenda()
        self._planner = Planner(self._archive, self._settings, self._clock, self._agenda)
        self._sender = Sender(
            self._archive,
            self._clock,
            self._postbox,
            self._pacer,
            self._suspension,
            self._patience,
            forgotten=lambda rule_id: self._agenda.look_at([rule_id]),
        )
        self._awake_since: datetime | None = None
        self._look_before: datetime | None = None
        self._marked: datetime | None = None
        if self._stopped:
            self._sender.stop()

    @property
    def halted(self) -> tuple[datetime, Problem] | None:
        """Until when nothing is sent anywhere, and why; None when all is well."""
        return self._sender.halted

    def stop(self) -> None:
        """Begin no further message. What is under way goes on."""
        self._stopped = True
        self._sender.stop()

    async def end(self, grace: float) -> None:
        """Stop, and give what is under way ``grace`` seconds to be settled.

        What is left then is unknown, and looked for at the next start.
        """
        self.stop()
        await self._sender.end(grace)

    async def tick(self) -> None:
        """Plan what is due, send what is planned. Does nothing until channels are known.

        Channels that do not answer are waited for behind its back, so that the next tick can come.
        """
        if not self._postbox.is_ready():
            return
        async with self._busy:
            await self._lose_sight()
            awake_since, away_since = await self._wake()
            self._agenda.look_at(await self._suspension.refresh())
            await self._suspension.judge(self._due())
            await self._sender.settle()
            first, *rest = _growing(self._due(), FIRST_PLANNED)
            await self._plan(first, awake_since)
            await self._mark_alive(away_since)
            for following in rest:
                await asyncio.gather(self._sender.send_all(), self._plan(following, awake_since))
            await self._sender.send_all()
            self._last_tick = self._clock.now()

    async def _plan(self, rule_ids: Sequence[int], awake_since: datetime) -> None:
        known = (self._suspension.rules.get(rule_id) for rule_id in rule_ids)
        rules = [rule for rule in known if rule is not None]
        await self._planner.plan(rules, awake_since, self._look_before)

    def _due(self) -> list[int]:
        """The rules of which something may be due."""
        due = self._agenda.due(self._clock.now())
        for rule_id in due:
            if rule_id not in self._suspension.rules:
                self._agenda.drop(rule_id)
        return [rule_id for rule_id in due if rule_id in self._suspension.rules]

    async def _lose_sight(self) -> None:
        """Nobody else sends, so whoever reserved what is not under way here is gone."""
        await self._archive.write(ledger.mark_reserved_unknown, self._sender.under_way)

    async def _wake(self) -> tuple[datetime, datetime | None]:
        """Since when the program is there, and since when it was not if it has just come back."""
        now = self._clock.now()
        last = self._last_tick or await self._archive.read(notices.alive_at)
        if await self._was_ahead(last, now):
            await self._set_back(now)
            return now, None
        if self._awake_since is None or (last is not None and now - last >= notices.ASLEEP):
            self._awake_since = now
            await self._look_first(now)
        is_back = last is not None and now - last >= notices.WORTH_TELLING
        return self._awake_since, last if is_back else None

    async def _was_ahead(self, last: datetime | None, now: datetime) -> bool:
        """Whether the last tick was later than ``now``, or one that was killed has planned so."""
        if last is not None and last - now >= notices.ASLEEP:
            return True
        planned = None if self._last_tick else await self._archive.read(ledger.last_planned)
        return planned is not None and planned - now >= notices.ASLEEP

    async def _set_back(self, now: datetime) -> None:
        """The clock was ahead. What it had come due, or grow too old, must not stay so."""
        await self._sender.end(0)
        await self._lose_sight()
        self._begin()
        self._awake_since = now
        forgotten = await self._archive.write(undo_after, now)
        await self._look_first(now)
        logs.event(logger, logging.WARNING, "delivery.set_back", to=now, forgotten=forgotten)

    async def _look_first(self, now: datetime) -> None:
        """What was due until now may have been posted: the archive may be a restored one."""
        self._look_before = now
        await self._archive.write(ledger.look_first, now)

    async def _mark_alive(self, away_since: datetime | None) -> None:
        now = self._clock.now()
        if away_since is None and self._marked is not None and now < self._marked + _MARK_EVERY:
            return
        self._marked = now
        said = await self._archive.write(
            notices.mark_alive, self._settings.discord.admin_channel, now, away_since
        )
        if said:
            logs.event(logger, logging.WARNING, "delivery.recovered", said=said)


def _growing(items: Sequence[int], first: int) -> list[Sequence[int]]:
    """The items in parts, each twice as long as the one before; at least one, be it empty."""
    parts, rest, size = [items[:first]], items[first:], 2 * first
    while rest:
        parts.append(rest[:size])
        rest, size = rest[size:], 2 * size
    return parts
