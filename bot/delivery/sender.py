"""Rows in the ledger -> messages in channels."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Hashable,
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain, zip_longest
from typing import TypeVar

import discord

from bot.clock import Clock
from bot.config import logs
from bot.delivery import retry_policy
from bot.delivery.discord_errors import Action, Classification, judge
from bot.delivery.pacing import Pacer
from bot.delivery.retry_policy import NextStep
from bot.delivery.suspension import Suspension
from bot.delivery.threads import Threads
from bot.delivery.transport import MessageTransport, body
from bot.delivery.workers import Job, Workers
from bot.delivery.write_batcher import WriteBatcher
from bot.models import Delivery, DeliveryState, Rule
from bot.problems import Code, Problem
from bot.store import Archive, ledger
from bot.store.ledger import Pending

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Of each round so many seconds at most are for channels that did not answer the last time.
LAST_SECONDS = 8.0
_BREATH = 100  # so many are looked through before others get their turn

NO_CHANNEL = 10003  # what Discord answers about a channel or thread that does not exist
OUT = Classification(Action.LOOK, Problem(Code.DISCORD_OUTAGE))


class Sender:
    """Looks after unfinished deliveries: the parts of a slot in order, the slots of a channel one
    after the other, channels side by side. A slot that is begun comes before all others of its
    channel, so that no message stands between its own.

    A channel that does not answer is waited for behind the back of ``settle`` and ``send_all``,
    which leave alone what is ``under_way``. The next time it comes last.

    ``halted`` is until when and why nothing is sent at all. ``forgotten`` is told the id of a rule
    of which a planned slot must be planned anew.
    """

    def __init__(
        self,
        archive: Archive,
        clock: Clock,
        postbox: MessageTransport,
        pacer: Pacer,
        suspension: Suspension,
        patience: float,
        forgotten: Callable[[int], None],
    ) -> None:
        self._archive = archive
        self._ledger = WriteBatcher(archive)
        self._clock = clock
        self._postbox = postbox
        self._suspension = suspension
        self._workers = Workers(pacer, patience)
        self._threads = Threads(archive, postbox, self._workers.turn)
        self._hung: set[int] = set()  # channels whose last answer did not come
        self._forgotten = forgotten
        self._waits = retry_policy.Waits()
        self._stopping = False
        self.halted: tuple[datetime, Problem] | None = None

    @property
    def under_way(self) -> list[int]:
        """The rows that somebody still works on."""
        return [one.delivery.delivery_id for job in self._workers.under_way for one in job.parts]

    def stop(self) -> None:
        """Begin nothing more. What is being sent is finished."""
        self._stopping = True

    async def end(self, grace: float) -> None:
        """Wait ``grace`` seconds for what is under way. What is left then stays reserved."""
        await self._workers.end(grace)

    async def settle(self) -> None:
        """Find out what became of unknown messages, and end what cannot be posted any more.

        To be done before planning: the days of a slot that ends unposted are owed to the next.
        """
        now = self._clock.now()
        by_slot: dict[Hashable, list[Pending]] = defaultdict(list)
        async for one in _in_turns(await self._unfinished()):
            fate, reason = self._decide(one, now)
            if reason is not None:
                await self._end(one.delivery, fate, reason)
            elif self._channel(one.delivery) not in self._hung:
                by_slot[_slot(one.delivery)].append(one)
        await self._workers.do(self._looks(by_slot.values(), now), self._may_begin)

    async def send_all(self) -> None:
        """Send whatever may be sent now. Returns when each slot has had its try, but for those of
        channels that do not answer."""
        unfinished, hung = await self._unfinished(), frozenset(self._hung)
        jobs = await self._sends(unfinished)
        looks = await self._left_looks(unfinished, hung)
        await self._workers.do(self._in_order(jobs, looks, hung), self._may_begin)

    def _rule(self, delivery: Delivery) -> Rule | None:
        return self._suspension.rules.get(delivery.rule_id)

    def _decide(self, one: Pending, now: datetime) -> tuple[NextStep, Problem | None]:
        hindrance = self._hindrance(one.delivery)
        return retry_policy.decide(one, self._rule(one.delivery), self._waits, now, hindrance)

    def _channel(self, delivery: Delivery) -> int:
        """Where a part is to go, or may have gone."""
        rule = self._rule(delivery)
        if rule is None or delivery.state is DeliveryState.UNKNOWN:
            return delivery.target_id
        return rule.channel_id

    async def _unfinished(self) -> list[Pending]:
        """The parts that nobody works on. Of a slot or a channel that somebody works on, none."""
        jobs = self._workers.under_way  # before reading: what ends meanwhile may be read as it was
        slots = {_slot(one.delivery) for job in jobs for one in job.parts}
        channels = {job.channel_id for job in jobs}
        return [
            one
            async for one in _in_turns(await self._archive.read(ledger.unfinished))
            if _slot(one.delivery) not in slots and self._channel(one.delivery) not in channels
        ]

    async def _one_by_one(
        self, channel_id: int, items: Iterable[T], act: Callable[[T], Awaitable[bool]]
    ) -> None:
        """``act`` says whether the next may follow."""
        may_follow = True
        for item in items:
            if not may_follow or not self._may_begin():
                return
            try:
                may_follow = await act(item)
            except TimeoutError:  # what became of that part is noted
                self._hung.add(channel_id)
                return
            except Exception as error:  # an edge: one slot must not take the others with it
                logs.event(logger, logging.ERROR, "delivery.crashed", error=error)
            self._hung.discard(channel_id)

    def _may_begin(self) -> bool:
        return not self._stopping and not self._is_halted()

    def _is_halted(self) -> bool:
        if self.halted is not None and self._clock.now() >= self.halted[0]:
            self.halted = None
        return self.halted is not None

    def _hindrance(self, delivery: Delivery) -> Problem | None:
        if self._is_out(delivery):
            return OUT.reason
        return self.halted[1] if self.halted is not None else None

    def _is_out(self, delivery: Delivery) -> bool:
        rule = self._rule(delivery)
        return rule is not None and self._postbox.is_out(rule)

    def _in_order(
        self, jobs: Sequence[Job], looks: Sequence[Job], hung: frozenset[int]
    ) -> Iterator[Job]:
        """What can be sent; then, for a while, whatever is to be done in channels that hung."""
        yield from (job for job in jobs if job.channel_id not in hung)
        free = hung - {job.channel_id for job in looks}
        clock = asyncio.get_running_loop().time
        until = clock() + LAST_SECONDS
        for job in chain(looks, (job for job in jobs if job.channel_id in free)):
            if clock() >= until:
                return
            yield job

    async def _left_looks(
        self, unfinished: Iterable[Pending], hung: frozenset[int]
    ) -> Sequence[Job]:
        """Those that ``settle`` has left out, as their channels hung."""
        by_slot: dict[Hashable, list[Pending]] = defaultdict(list)
        async for one in _in_turns(unfinished):
            if self._channel(one.delivery) in hung:
                by_slot[_slot(one.delivery)].append(one)
        return list(self._looks(by_slot.values(), self._clock.now()))

    def _looks(self, slots: Iterable[list[Pending]], now: datetime) -> Iterator[Job]:
        by_channel: dict[int, list[list[Pending]]] = defaultdict(list)
        for parts in slots:
            if self._decide(parts[0], now)[0] is NextStep.LOOK:
                by_channel[self._channel(parts[0].delivery)].append(parts)
        for channel_id, looked_for in by_channel.items():
            act = partial(self._one_by_one, channel_id, looked_for, self._look_in_order)
            yield Job(channel_id, tuple(chain.from_iterable(looked_for)), act)

    async def _sends(self, unfinished: Iterable[Pending]) -> list[Job]:
        """The slots of each channel, in an order that lets no server wait for another's backlog."""
        now = self._clock.now()
        by_slot: dict[Hashable, list[Pending]] = defaultdict(list)
        async for one in _in_turns(unfinished):
            if not self._is_out(one.delivery):
                by_slot[_slot(one.delivery)].append(one)
        by_channel: dict[int, list[list[Pending]]] = defaultdict(list)
        held: set[int] = set()
        async for parts in _in_turns(_begun_first(by_slot.values(), now)):
            channel_id = self._channel(parts[0].delivery)
            if channel_id in held:
                continue
            if self._decide(parts[0], now)[0] in (NextStep.SEND, NextStep.LOOK):
                by_channel[channel_id].append(parts)
            elif retry_policy.holds_channel(parts[0], now):
                held.add(channel_id)
        by_guild: dict[int, list[Job]] = defaultdict(list)
        async for channel_id, slots in _in_turns(by_channel.items()):
            rule = self._rule(slots[0][0].delivery)
            act = partial(self._one_by_one, channel_id, slots, self._send_slot)
            job = Job(channel_id, tuple(chain.from_iterable(slots)), act)
            by_guild[0 if rule is None else rule.guild_id].append(job)
        return list(filter(None, chain.from_iterable(zip_longest(*by_guild.values()))))

    async def _send_slot(self, parts: Sequence[Pending]) -> bool:
        """Whether the channel's next slot may begin now."""
        for one in parts:
            now = self._clock.now()
            fate, _ = self._decide(one, now)
            if fate is NextStep.LOOK and not self._stopping:
                fate = await self._look(one)
                if fate is NextStep.FOUND:
                    continue
            if fate is not NextStep.SEND or self._stopping:
                # Later parts wait, so that they never stand before this one.
                return not retry_policy.holds_channel(one, now)
            if not await self._send(one.delivery):
                return now >= one.planned_at + retry_policy.MAX_HOLD
        return True

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
            await self._workers.turn()
            if self._is_halted():
                await self._ledger.write(ledger.requeue, key, delivery.last_error)
                return False
            if not await self._ledger.write(ledger.confirm, key, home):
                return False
            asked = True
            message_id = await self._postbox.send(place, body(delivery))
        except Exception as error:  # judged by the one table; what is not Discord's is raised
            verdict = judge(error)
            action = retry_policy.act(verdict, rule, home, place, asked=asked)
            is_settled = await self._note(delivery, verdict, action)
            if isinstance(error, TimeoutError):
                raise
            return is_settled
        await self._seal("delivery.sent", delivery, message_id)
        return True

    async def _look_in_order(self, parts: Sequence[Pending]) -> bool:
        """The thread of the later parts is known once the first is found."""
        for one in parts:
            fate, _ = self._decide(one, self._clock.now())
            if fate is not NextStep.LOOK or await self._look(one) is NextStep.WAIT:
                break
        return True

    async def _look(self, one: Pending) -> NextStep:
        """Whether a message stands in its channel; then it is sealed. Else what is to be done."""
        delivery = one.delivery
        if self._is_out(delivery):
            await self._cannot_see(one, OUT)
            return NextStep.WAIT
        try:
            message_id = await self._found(_as_it_may_stand(delivery))
            earlier = None if message_id is not None else await self._earlier(delivery)
        except Exception as error:  # judged by the one table; what is not Discord's is raised
            await self._cannot_see(one, judge(error))
            if isinstance(error, TimeoutError):
                raise
            return NextStep.WAIT
        self._waits.forget(delivery)
        if message_id is not None:
            await self._seal("delivery.found", delivery, message_id)
            return NextStep.FOUND
        if earlier is not None:
            await self._ledger.write(
                ledger.give_days_to, earlier, delivery.slot_at, now=self._clock.now()
            )
            self._forgotten(delivery.rule_id)
            return NextStep.WAIT
        absent = replace(delivery, state=DeliveryState.PLANNED, unseen_since=None)
        now = self._clock.now()
        fate, reason = self._decide(replace(one, delivery=absent), now)
        if fate is NextStep.GIVE_UP and retry_policy.may_be_finished(delivery, now):
            rest = await self._ledger.write(ledger.plan_rest, delivery, now=now)
            fate = NextStep.SEND if rest else fate
        if fate in (NextStep.CLOSE, NextStep.GIVE_UP) and reason is not None:
            await self._end(delivery, fate, reason)
        else:
            await self._ledger.write(ledger.requeue, delivery.delivery_id, delivery.last_error)
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
            await self._workers.turn()
            try:
                found = await self._postbox.find(place, delivery)
            except discord.NotFound as error:
                if error.code != NO_CHANNEL:
                    raise
                continue  # the thread was never opened, or the channel was deleted with all in it
            if found is not None:
                return found
        return None

    async def _cannot_see(self, one: Pending, verdict: Classification) -> None:
        """The outcome stays unknown: looked for again later, and given up at the deadline."""
        delivery, now = one.delivery, self._clock.now()
        self._waits.looked(delivery, now, verdict.wait)
        _log(logging.WARNING, "delivery.unseen", delivery, reason=verdict.reason)
        if verdict.action is Action.HALT:
            self._halt(verdict)
        elif retry_policy.is_unseen_too_long(one, now):
            why = [reason for reason in (delivery.last_error, verdict.reason) if reason]
            reason = Problem(Code.MAYBE_POSTED, reasons=why)
            await self._ledger.write(ledger.give_up, delivery.delivery_id, reason, now=now)

    async def _seal(self, event: str, delivery: Delivery, message_id: int) -> None:
        """The thread comes first: it can be opened again, while a sealed part is done with."""
        await self._threads.open_for(delivery, self._rule(delivery), message_id)
        await self._ledger.write(
            ledger.mark_sent, delivery.delivery_id, message_id, now=self._clock.now()
        )
        _log(logging.INFO, event, delivery, message=message_id)

    async def _note(self, delivery: Delivery, verdict: Classification, action: Action) -> bool:
        """What follows from an answer that was no success; as ``_send``."""
        key, rule, now = delivery.delivery_id, self._rule(delivery), self._clock.now()
        _log(logging.WARNING, f"delivery.{action.name.lower()}", delivery, reason=verdict.reason)
        if action is Action.HALT:  # before anything else is begun
            self._halt(verdict)
        match action:
            case Action.LOOK:
                await self._ledger.write(ledger.mark_unknown, key, verdict.reason)
            case Action.RETRY | Action.HALT | Action.SUSPEND:
                await self._ledger.write(ledger.requeue, key, verdict.reason)
                self._waits.told(delivery, now + verdict.wait)
            case Action.GIVE_UP:
                await self._ledger.write(ledger.give_up, key, verdict.reason, now=now)
            case Action.CLOSE:
                await self._ledger.write(ledger.mark_done, key, verdict.reason, now=now, stood=True)
        if action is Action.SUSPEND and rule is not None:
            await self._suspension.suspend(rule, verdict.reason)
        return action in (Action.GIVE_UP, Action.CLOSE)

    def _halt(self, verdict: Classification) -> None:
        self.halted = (self._clock.now() + verdict.wait, verdict.reason)
        logs.event(
            logger, logging.ERROR, "delivery.halted", until=self.halted[0], reason=verdict.reason
        )

    async def _end(self, delivery: Delivery, fate: NextStep, reason: Problem) -> None:
        act = ledger.mark_done if fate is NextStep.CLOSE else ledger.give_up
        await self._ledger.write(act, delivery.delivery_id, reason, now=self._clock.now())
        _log(logging.WARNING, f"delivery.{fate.name.lower()}", delivery, reason=reason)


async def _in_turns(items: Iterable[T]) -> AsyncIterator[T]:
    """As they are, with turns for others: tens of thousands may be due at once."""
    for place, item in enumerate(items):
        if place % _BREATH == 0:
            await asyncio.sleep(0)
        yield item


def _begun_first(slots: Iterable[list[Pending]], now: datetime) -> list[list[Pending]]:
    return sorted(slots, key=lambda parts: not retry_policy.holds_channel(parts[0], now))


def _slot(delivery: Delivery) -> Hashable:
    """What has an order among its parts. Each notice is for itself."""
    part = delivery.part if delivery.rule_id == ledger.NOTICES else 0
    return delivery.rule_id, delivery.slot_at, part


def _as_it_may_stand(delivery: Delivery) -> Delivery:
    """One that is planned may have been posted at any time since its slot."""
    is_planned = delivery.state is DeliveryState.PLANNED
    return replace(delivery, reserved_at=None) if is_planned else delivery


def _log(
    level: int,
    name: str,
    delivery: Delivery,
    *,
    reason: Problem | None = None,
    message: int = 0,
) -> None:
    logs.event(
        logger, level, name, delivery=delivery.delivery_id, rule=delivery.rule_id,
        channel=delivery.target_id, slot=delivery.slot_at, part=delivery.part, reason=reason,
        message=message or None,
    )  # fmt: skip
