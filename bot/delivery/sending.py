"""Rows in the ledger -> messages in channels."""

import asyncio
import logging
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from bot import log
from bot.clock import Clock
from bot.delivery.answers import Action, Verdict, judge
from bot.delivery.pacing import Pacer
from bot.delivery.post import Postbox, body
from bot.errors import DeliveryError
from bot.models import Delivery, DeliveryState
from bot.store import Archive, ledger, rules

logger = logging.getLogger(__name__)

# Enough to keep up with Discord's limit while each answer takes up to half a second.
WORKERS = 24
# A message is tried this often, and no longer than this after its slot.
ATTEMPTS = 8
DEADLINE = timedelta(hours=24)
FIRST_WAIT = timedelta(seconds=10)
# Discord keeps a nonce "a few minutes" (resources/message); within this time the same message
# may be sent again even when nobody can look whether it is there.
NONCE_LIVES = timedelta(minutes=2)


class Sender:
    """Sends unfinished deliveries: the parts of a slot in order, slots side by side."""

    def __init__(self, archive: Archive, clock: Clock, postbox: Postbox, pacer: Pacer) -> None:
        self._archive = archive
        self._clock = clock
        self._postbox = postbox
        self._pacer = pacer
        self._halted_until: datetime | None = None

    async def send_all(self) -> None:
        """Send whatever may be sent now. Returns when each has had its try."""
        if self._halted_until is not None and self._clock.now() < self._halted_until:
            return
        queue: asyncio.Queue[list[Delivery]] = asyncio.Queue()
        for slot in await self._slots():
            queue.put_nowait(slot)
        async with asyncio.TaskGroup() as workers:
            for _ in range(min(WORKERS, queue.qsize())):
                workers.create_task(self._work(queue))

    async def _slots(self) -> list[list[Delivery]]:
        """The parts of each slot, in an order that lets no server wait for another's backlog."""
        rows = await self._archive.read(ledger.unfinished)
        guilds = await self._archive.read(rules.guilds)
        by_guild: dict[int, dict[tuple[int, datetime], list[Delivery]]] = defaultdict(dict)
        for row in rows:
            slots = by_guild[guilds.get(row.rule_id, 0)]
            slots.setdefault((row.rule_id, row.slot_at), []).append(row)
        columns = zip_longest(*(slots.values() for slots in by_guild.values()))
        return [slot for slot in chain.from_iterable(columns) if slot]

    async def _work(self, queue: asyncio.Queue[list[Delivery]]) -> None:
        while self._halted_until is None and not queue.empty():
            for delivery in queue.get_nowait():
                if not await self._finish(delivery):
                    break  # later parts wait, so that they never stand before this one

    async def _finish(self, delivery: Delivery) -> bool:
        """One try at one part; whether it is settled and the next part may go."""
        now = self._clock.now()
        if not is_time(delivery, now):
            return False
        if is_past_hope(delivery, now):
            reason = f"Given up after {delivery.attempts} tries. {delivery.reason}".strip()
            await self._archive.write(ledger.give_up, delivery.delivery_id, reason, now=now)
            return True
        try:
            if delivery.state is DeliveryState.UNKNOWN and await self._is_there(delivery):
                return True
            if not await self._archive.write(ledger.reserve, delivery.delivery_id, now=now):
                return False
            await self._pacer.turn()
            message_id = await self._postbox.send(delivery.target_id, body(delivery))
        except Exception as error:  # judged by the one table; what is not Discord's is raised
            return await self._note(delivery, judge(error))
        await self._archive.write(
            ledger.seal, delivery.delivery_id, message_id, now=self._clock.now()
        )
        _log("delivery.sent", delivery, message=message_id)
        return True

    async def _is_there(self, delivery: Delivery) -> bool:
        """Whether an unknown message turned out to stand in the channel; then it is sealed.

        Raises DeliveryError when nobody can look and the nonce no longer protects a second send.
        """
        await self._pacer.turn()
        try:
            message_id = await self._postbox.find(delivery.target_id, delivery)
        except Exception as error:  # as above
            verdict = judge(error)
            tried = delivery.reserved_at
            if verdict.action is Action.PARK and tried is not None:
                if self._clock.now() - tried < NONCE_LIVES:
                    return False
                raise DeliveryError(
                    "The channel cannot be read to see if it was posted."
                ) from error
            raise
        if message_id is None:
            return False
        await self._archive.write(
            ledger.seal, delivery.delivery_id, message_id, now=self._clock.now()
        )
        _log("delivery.found", delivery, message=message_id)
        return True

    async def _note(self, delivery: Delivery, verdict: Verdict) -> bool:
        key, now = delivery.delivery_id, self._clock.now()
        _log("delivery." + verdict.action.replace(" ", "_"), delivery, reason=verdict.reason)
        match verdict.action:
            case Action.LOOK:
                await self._archive.write(ledger.lose_sight, key, verdict.reason)
            case Action.RETRY:
                await self._archive.write(ledger.put_back, key, verdict.reason)
            case Action.HALT:
                await self._archive.write(ledger.put_back, key, verdict.reason)
                self._halted_until = now + verdict.wait
            case Action.PARK:
                await self._archive.write(ledger.give_up, key, verdict.reason, now=now)
                await self._park(delivery, verdict.reason)
            case Action.GIVE_UP:
                await self._archive.write(ledger.give_up, key, verdict.reason, now=now)
                return True
        return False

    async def _park(self, delivery: Delivery, reason: str) -> None:
        rule = await self._archive.read(rules.get, delivery.rule_id)
        if rule is not None:
            await self._archive.write(rules.save, replace(rule, parked=reason))


def is_time(delivery: Delivery, now: datetime) -> bool:
    """The waits between tries double: 10 s, 20 s, 40 s ... up to an hour."""
    if delivery.reserved_at is None or delivery.attempts == 0:
        return True
    wait = min(FIRST_WAIT * (1 << (delivery.attempts - 1)), timedelta(hours=1))
    return now >= delivery.reserved_at + wait


def is_past_hope(delivery: Delivery, now: datetime) -> bool:
    return delivery.attempts >= ATTEMPTS or (
        delivery.attempts > 0 and now > delivery.slot_at + DEADLINE
    )


def _log(name: str, delivery: Delivery, *, reason: str = "", message: int = 0) -> None:
    log.event(
        logger, logging.INFO if name == "delivery.sent" else logging.WARNING, name,
        delivery=delivery.delivery_id, rule=delivery.rule_id, channel=delivery.target_id,
        slot=delivery.slot_at, part=delivery.part, reason=reason, message=message,
    )  # fmt: skip
