"""A thread per digest: the first message stands in the channel, the others in its thread.

The thread's id is that of the message it was opened from (Discord's docs, topics/threads), so
nothing needs to be remembered about it, and opening it twice does no harm.
"""

import logging
from collections.abc import Awaitable, Callable

from bot.config import logs
from bot.delivery.discord_errors import Action, judge
from bot.delivery.transport import MessageTransport
from bot.messages.common import span
from bot.models import Delivery, DeliveryState, Period, Rule
from bot.store import Archive, ledger, posted_digests

logger = logging.getLogger(__name__)

# The thread cannot be had: the message was deleted, there are too many, the channel has none.
_WITHOUT = (Action.GIVE_UP, Action.CLOSE)


class Threads:
    """Says where the parts of a slot belong."""

    def __init__(
        self, archive: Archive, postbox: MessageTransport, turn: Callable[[], Awaitable[None]]
    ) -> None:
        """``turn`` returns when something may be asked of Discord."""
        self._archive = archive
        self._postbox = postbox
        self._turn = turn
        self._open: set[int] = set()

    async def place_of(self, delivery: Delivery, rule: Rule | None) -> int:
        """The channel or thread to send a part to; the thread is opened when it is not.

        Where a thread cannot be had the channel is the place. Raises as a send does; nothing was
        sent then.
        """
        starter = await self._starter(delivery) if _wants(rule) else None
        if starter is None or not await self._opened(starter, delivery):
            return delivery.target_id
        return starter

    async def places_of(self, delivery: Delivery, rule: Rule | None) -> list[int]:
        """Where a part may stand that was sent, the likeliest place first.

        A thread is looked into whatever the rule says now: it may have had one when it was sent.
        """
        starter = await self._starter(delivery)
        return [place for place in (starter, delivery.target_id) if place is not None]

    async def open_for(self, delivery: Delivery, rule: Rule | None, message_id: int) -> None:
        """Open the thread of a digest's first message. A failure is left to the next part."""
        if not _wants(rule) or not await self._has_papers(delivery):
            return
        if await self._starter(delivery):
            return
        try:
            await self._opened(message_id, delivery)
        except Exception as error:  # an edge: the digest stands in the channel already
            logs.event(
                logger, logging.WARNING, "thread.failed", error=error, rule=delivery.rule_id,
                message=message_id,
            )  # fmt: skip

    async def _opened(self, message_id: int, delivery: Delivery) -> bool:
        if message_id in self._open:
            return True
        await self._turn()
        try:
            name = await self._name_of(delivery)
            await self._postbox.open_thread(delivery.target_id, message_id, name)
        except Exception as error:
            verdict = judge(error)
            if verdict.action not in _WITHOUT:
                raise
            logs.event(logger, logging.WARNING, "thread.refused", reason=verdict.reason)
            return False
        self._open.add(message_id)
        return True

    async def _starter(self, delivery: Delivery) -> int | None:
        """The message before this part that a thread may belong to."""
        if not await self._has_papers(delivery):
            return None
        parts = await self._archive.read(ledger.of_slot, delivery.rule_id, delivery.slot_at)
        sent = [one for one in parts if one.state is DeliveryState.SENT]
        return sent[0].message_id if sent and sent[0].part < delivery.part else None

    async def _has_papers(self, delivery: Delivery) -> bool:
        return await self._archive.read(
            posted_digests.has_papers, delivery.rule_id, delivery.slot_at
        )

    async def _name_of(self, delivery: Delivery) -> str:
        """By all listing days of the digest."""
        slot = delivery.rule_id, delivery.slot_at
        days = await self._archive.read(posted_digests.days_of, *slot) or (delivery.slot_at.date(),)
        return f"Papers of {span(days[0], days[-1], Period.DAY)}"


def _wants(rule: Rule | None) -> bool:
    return rule is not None and rule.thread
