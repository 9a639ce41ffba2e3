"""Rows in the ledger -> messages in channels."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, zip_longest
from typing import TypeVar

import discord

from bot import log, phrases
from bot.clock import Clock
from bot.delivery import fates
from bot.delivery.answers import Action, Verdict, judge
from bot.delivery.fates import Fate
from bot.delivery.pacing import Pacer
from bot.delivery.parking import Parking
from bot.delivery.post import Postbox, body
from bot.delivery.threads import Threads
from bot.delivery.together import Together
from bot.models import Delivery, Rule
from bot.store import Archive, ledger
from bot.store.ledger import Pending

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Enough to keep up with Discord's limit while each answer takes up to half a second.
WORKERS = 24

OUT = Verdict(Action.LOOK, phrases.delivery.OUTAGE)


class Sender:
    """Looks after unfinished deliveries: the parts of a slot in order, slots side by side.

    ``halted`` is until when and why nothing is sent at all. Slots that were due before
    ``look_before`` are looked for before they are sent.
    """

    def __init__(
        self, archive: Archive, clock: Clock, postbox: Postbox, pacer: Pacer, parking: Parking
    ) -> None:
        self._archive = archive
        self._ledger = Together(archive)
        self._clock = clock
        self._postbox = postbox
        self._pacer = pacer
        self._parking = parking
        self._threads = Threads(archive, postbox, pacer)
        self._waits = fates.Waits()
        self._stopping = False
        self.halted: tuple[datetime, str] | None = None
        self.look_before: datetime | None = None

    def stop(self) -> None:
        """Begin nothing more. What is being sent is finished."""
        self._stopping = True

    async def settle(self) -> None:
        """Find out what became of unknown messages, and end what cannot be posted any more.

        To be done before planning: the days of a slot that ends unposted are owed to the next.
        """
        now = self._clock.now()
        looking = []
        for one in await self._archive.read(ledger.unfinished):
            rule, why = self._rule(one.delivery), self._hindrance(one.delivery)
            fate, reason = fates.decide(one, rule, self._waits, now, why)
            if fate in (Fate.CLOSE, Fate.GIVE_UP):
                await self._end(one.delivery, fate, reason)
            elif fate is Fate.LOOK:
                looking.append(one)
        await self._side_by_side(looking, self._look)

    async def send_all(self) -> None:
        """Send whatever may be sent now. Returns when each slot has had its try."""
        await self._side_by_side(await self._sendable(), self._send_slot)

    def _rule(self, delivery: Delivery) -> Rule | None:
        return self._parking.rules.get(delivery.rule_id)

    async def _side_by_side(self, items: Sequence[T], act: Callable[[T], Awaitable[None]]) -> None:
        queue = iter(items)
        async with asyncio.TaskGroup() as workers:
            for _ in range(min(WORKERS, len(items))):
                workers.create_task(self._work(queue, act))

    async def _work(self, queue: Iterable[T], act: Callable[[T], Awaitable[None]]) -> None:
        for item in queue:
            if self._stopping or self._is_halted():
                return
            try:
                await act(item)
            except Exception as error:  # an edge: one slot must not take the others with it
                log.event(logger, logging.ERROR, "delivery.crashed", error=error)

    def _is_halted(self) -> bool:
        if self.halted is not None and self._clock.now() >= self.halted[0]:
            self.halted = None
        return self.halted is not None

    def _hindrance(self, delivery: Delivery) -> str:
        if self._is_out(delivery):
            return OUT.reason
        return self.halted[1] if self.halted is not None else ""

    def _is_out(self, delivery: Delivery) -> bool:
        rule = self._rule(delivery)
        return rule is not None and self._postbox.is_out(rule)

    async def _sendable(self) -> list[list[Pending]]:
        """The parts of each slot, in an order that lets no server wait for another's backlog."""
        by_guild: dict[int, dict[tuple[int, datetime], list[Pending]]] = defaultdict(dict)
        for one in await self._archive.read(ledger.unfinished):
            rule = self._rule(one.delivery)
            if not self._is_out(one.delivery):
                slots = by_guild[0 if rule is None else rule.guild_id]
                key = (one.delivery.rule_id, one.delivery.slot_at)
                slots.setdefault(key, []).append(one)
        columns = zip_longest(*(slots.values() for slots in by_guild.values()))
        return [slot for slot in chain.from_iterable(columns) if slot]

    async def _send_slot(self, parts: Sequence[Pending]) -> None:
        for one in parts:
            fate, _ = fates.decide(one, self._rule(one.delivery), self._waits, self._clock.now())
            if fate is not Fate.SEND or self._stopping:
                return  # later parts wait, so that they never stand before this one
            if not await self._send(one.delivery):
                return

    async def _send(self, delivery: Delivery) -> bool:
        """One try at one part; whether it is settled and the next part may go."""
        rule, key = self._rule(delivery), delivery.delivery_id
        wanted = delivery.target_id if rule is None else rule.channel_id
        home = await self._ledger.write(ledger.reserve, key, wanted, now=self._clock.now())
        if home is None:
            return False
        delivery, place = replace(delivery, target_id=home), home
        asked, event = False, "delivery.found"
        try:
            message_id = await self._posted_before(delivery)
            if message_id is None:
                place = await self._threads.place_of(delivery, rule)
                await self._pacer.turn()
                if not await self._ledger.write(ledger.confirm, key, home):
                    return False
                asked, event = True, "delivery.sent"
                message_id = await self._postbox.send(place, body(delivery))
        except Exception as error:  # judged by the one table; what is not Discord's is raised
            verdict = judge(error)
            action = fates.act(verdict, rule, home, place, asked=asked)
            return await self._note(delivery, verdict, action)
        await self._seal(event, delivery, message_id)
        return True

    async def _posted_before(self, delivery: Delivery) -> int | None:
        """What stands in the channel of a slot that was due while the program was not there.

        The archive may be older than the channel: restored from a backup or a replica.
        """
        is_older = self.look_before is not None and delivery.slot_at < self.look_before
        # It may have been posted since its slot, long before anything was reserved here.
        return await self._found(replace(delivery, reserved_at=None)) if is_older else None

    async def _look(self, one: Pending) -> None:
        """Whether an unknown message turned out to stand in the channel; then it is sealed."""
        delivery, now = one.delivery, self._clock.now()
        if self._is_out(delivery):
            await self._cannot_see(one, OUT)
            return
        try:
            message_id = await self._found(delivery)
        except Exception as error:  # judged by the one table; what is not Discord's is raised
            await self._cannot_see(one, judge(error))
            return
        self._waits.forget(delivery)
        if message_id is not None:
            await self._seal("delivery.found", delivery, message_id)
        elif fates.is_overdue(one, now):
            await self._end(delivery, Fate.GIVE_UP, delivery.reason)
        else:
            await self._ledger.write(ledger.put_back, delivery.delivery_id, delivery.reason)

    async def _found(self, delivery: Delivery) -> int | None:
        places = await self._threads.places_of(delivery, self._rule(delivery))
        for place in places:
            await self._pacer.turn()
            try:
                found = await self._postbox.find(place, delivery)
            except discord.NotFound:
                if place == places[-1]:
                    raise
                continue  # the thread was never opened
            if found is not None:
                return found
        return None

    async def _cannot_see(self, one: Pending, verdict: Verdict) -> None:
        """The outcome stays unknown: looked for again later, and given up at the deadline."""
        delivery, now = one.delivery, self._clock.now()
        self._waits.looked(delivery, now, verdict.wait)
        _log(logging.WARNING, "delivery.unseen", delivery, reason=verdict.reason)
        if verdict.action is Action.HALT:
            self._halt(verdict)
        elif fates.is_overdue(one, now):
            said = f"{delivery.reason} {verdict.reason}".strip()
            await self._ledger.write(
                ledger.give_up, delivery.delivery_id, said, now=now, maybe_posted=True
            )

    async def _seal(self, event: str, delivery: Delivery, message_id: int) -> None:
        """The thread comes first: it can be opened again, while a sealed part is done with."""
        await self._threads.open_for(delivery, self._rule(delivery), message_id)
        await self._ledger.write(
            ledger.seal, delivery.delivery_id, message_id, now=self._clock.now()
        )
        _log(logging.INFO, event, delivery, message=message_id)

    async def _note(self, delivery: Delivery, verdict: Verdict, action: Action) -> bool:
        """What follows from an answer that was no success; as ``_send``."""
        key, rule, now = delivery.delivery_id, self._rule(delivery), self._clock.now()
        _log(logging.WARNING, f"delivery.{action.name.lower()}", delivery, reason=verdict.reason)
        match action:
            case Action.LOOK:
                await self._ledger.write(ledger.lose_sight, key, verdict.reason)
            case Action.RETRY | Action.HALT | Action.PARK:
                await self._ledger.write(ledger.put_back, key, verdict.reason)
                self._waits.told(delivery, now + verdict.wait)
            case Action.GIVE_UP:
                await self._ledger.write(ledger.give_up, key, verdict.reason, now=now)
            case Action.CLOSE:
                await self._ledger.write(ledger.close, key, verdict.reason, now=now)
        if action is Action.HALT:
            self._halt(verdict)
        if action is Action.PARK and rule is not None:
            await self._parking.park(rule, verdict.reason)
        return action in (Action.GIVE_UP, Action.CLOSE)

    def _halt(self, verdict: Verdict) -> None:
        self.halted = (self._clock.now() + verdict.wait, verdict.reason)
        log.event(
            logger, logging.ERROR, "delivery.halted", until=self.halted[0], reason=verdict.reason
        )

    async def _end(self, delivery: Delivery, fate: Fate, reason: str) -> None:
        act = ledger.close if fate is Fate.CLOSE else ledger.give_up
        await self._ledger.write(act, delivery.delivery_id, reason, now=self._clock.now())
        _log(logging.WARNING, f"delivery.{fate.name.lower()}", delivery, reason=reason)


def _log(level: int, name: str, delivery: Delivery, *, reason: str = "", message: int = 0) -> None:
    log.event(
        logger, level, name, delivery=delivery.delivery_id, rule=delivery.rule_id,
        channel=delivery.target_id, slot=delivery.slot_at, part=delivery.part, reason=reason,
        message=message or None,
    )  # fmt: skip
