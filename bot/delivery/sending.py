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
from bot.models import Delivery, DeliveryState, Rule
from bot.store import Archive, ledger
from bot.store.ledger import Pending

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Enough to keep up with Discord's limit while each answer takes up to half a second.
WORKERS = 24

NO_CHANNEL = 10003  # what Discord answers about a channel or thread that does not exist
OUT = Verdict(Action.LOOK, phrases.delivery.OUTAGE)


class Sender:
    """Looks after unfinished deliveries: the parts of a slot in order, slots side by side.

    ``halted`` is until when and why nothing is sent at all. ``forgotten`` is told the id of a rule
    of which a planned slot must be planned anew.
    """

    def __init__(
        self,
        archive: Archive,
        clock: Clock,
        postbox: Postbox,
        pacer: Pacer,
        parking: Parking,
        forgotten: Callable[[int], None],
    ) -> None:
        self._archive = archive
        self._ledger = Together(archive)
        self._clock = clock
        self._postbox = postbox
        self._pacer = pacer
        self._parking = parking
        self._forgotten = forgotten
        self._threads = Threads(archive, postbox, pacer)
        self._waits = fates.Waits()
        self._stopping = False
        self.halted: tuple[datetime, str] | None = None

    def stop(self) -> None:
        """Begin nothing more. What is being sent is finished."""
        self._stopping = True

    async def settle(self) -> None:
        """Find out what became of unknown messages, and end what cannot be posted any more.

        To be done before planning: the days of a slot that ends unposted are owed to the next.
        """
        now = self._clock.now()
        slots: dict[tuple[int, datetime], list[Pending]] = defaultdict(list)
        for one in await self._archive.read(ledger.unfinished):
            fate, reason = self._decide(one, now)
            if fate in (Fate.CLOSE, Fate.GIVE_UP):
                await self._end(one.delivery, fate, reason)
            else:
                slots[one.delivery.rule_id, one.delivery.slot_at].append(one)
        await self._side_by_side(list(slots.values()), self._look_in_order)

    async def send_all(self) -> None:
        """Send whatever may be sent now. Returns when each slot has had its try."""
        await self._side_by_side(await self._sendable(), self._send_slot)

    def _rule(self, delivery: Delivery) -> Rule | None:
        return self._parking.rules.get(delivery.rule_id)

    def _decide(self, one: Pending, now: datetime) -> tuple[Fate, str]:
        hindrance = self._hindrance(one.delivery)
        return fates.decide(one, self._rule(one.delivery), self._waits, now, hindrance)

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
            fate, _ = self._decide(one, self._clock.now())
            if fate is Fate.LOOK and not self._stopping:
                fate = await self._look(one)
                if fate is Fate.FOUND:
                    continue
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
        asked = False
        try:
            place = await self._threads.place_of(delivery, rule)
            await self._pacer.turn()
            asked = True
            message_id = await self._postbox.send(place, body(delivery))
        except Exception as error:  # judged by the one table; what is not Discord's is raised
            verdict = judge(error)
            action = fates.act(verdict, rule, home, place, asked=asked)
            return await self._note(delivery, verdict, action)
        await self._seal("delivery.sent", delivery, message_id)
        return True

    async def _look_in_order(self, parts: Sequence[Pending]) -> None:
        """The thread of the later parts is known once the first is found."""
        for one in parts:
            fate, _ = self._decide(one, self._clock.now())
            if fate is not Fate.LOOK or await self._look(one) is Fate.WAIT:
                return

    async def _look(self, one: Pending) -> Fate:
        """Whether a message stands in its channel; then it is sealed. Else what is to be done."""
        delivery = one.delivery
        if self._is_out(delivery):
            await self._cannot_see(one, OUT)
            return Fate.WAIT
        try:
            message_id = await self._found(_as_it_may_stand(delivery))
            earlier = None if message_id is not None else await self._earlier(delivery)
        except Exception as error:  # judged by the one table; what is not Discord's is raised
            await self._cannot_see(one, judge(error))
            return Fate.WAIT
        self._waits.forget(delivery)
        if message_id is not None:
            await self._seal("delivery.found", delivery, message_id)
            return Fate.FOUND
        if earlier is not None:
            await self._ledger.write(
                ledger.give_days_to, earlier, delivery.slot_at, now=self._clock.now()
            )
            self._forgotten(delivery.rule_id)
            return Fate.WAIT
        absent = replace(delivery, state=DeliveryState.PLANNED, unseen_since=None)
        now = self._clock.now()
        fate, reason = self._decide(replace(one, delivery=absent), now)
        if fate is Fate.GIVE_UP and fates.may_be_finished(delivery, now):
            rest = await self._ledger.write(ledger.plan_rest, delivery, now=now)
            fate = Fate.SEND if rest else fate
        if fate in (Fate.CLOSE, Fate.GIVE_UP):
            await self._end(delivery, fate, reason)
        else:
            await self._ledger.write(ledger.put_back, delivery.delivery_id, delivery.reason)
        return fate

    async def _earlier(self, delivery: Delivery) -> Delivery | None:
        """The newest slot whose days this one has and which stands in the channel all the same:
        posted by a program whose archive was newer than this one."""
        if delivery.part or delivery.unseen_since is None:
            return None
        slot = delivery.rule_id, delivery.slot_at
        for one in await self._archive.read(ledger.taken_over, *slot):
            if await self._found(one) is not None:
                return one
        return None

    async def _found(self, delivery: Delivery) -> int | None:
        places = await self._threads.places_of(delivery, self._rule(delivery))
        for place in places:
            await self._pacer.turn()
            try:
                found = await self._postbox.find(place, delivery)
            except discord.NotFound as error:
                if error.code != NO_CHANNEL:
                    raise
                continue  # the thread was never opened, or the channel was deleted with all in it
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
        elif fates.is_unseen_too_long(one, now):
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


def _as_it_may_stand(delivery: Delivery) -> Delivery:
    """One that is planned may have been posted at any time since its slot."""
    is_planned = delivery.state is DeliveryState.PLANNED
    return replace(delivery, reserved_at=None) if is_planned else delivery


def _log(level: int, name: str, delivery: Delivery, *, reason: str = "", message: int = 0) -> None:
    log.event(
        logger, level, name, delivery=delivery.delivery_id, rule=delivery.rule_id,
        channel=delivery.target_id, slot=delivery.slot_at, part=delivery.part, reason=reason,
        message=message or None,
    )  # fmt: skip
