"""Every slot of every rule is delivered once, or ends with a visible reason.

``tick`` first writes what is due into the ledger (``planning``), then sends what the ledger holds
(``sending``). Both read everything they need from the archive, so a run that was killed is
continued by the next one. docs/delivery.md draws the states.
"""

import asyncio
from datetime import datetime

from bot.clock import Clock
from bot.config import Settings
from bot.delivery.content import Content, Kitchen
from bot.delivery.pacing import Pacer
from bot.delivery.planning import plan_due
from bot.delivery.post import DiscordPostbox, Postbox, missing_permissions, needed_permissions
from bot.delivery.sending import Sender
from bot.store import Archive, ledger

__all__ = [
    "Content",
    "Deliveries",
    "DiscordPostbox",
    "Kitchen",
    "Postbox",
    "missing_permissions",
    "needed_permissions",
]

ENDED_WHILE_SENDING = "The program ended while this was being sent."


class Deliveries:
    """The whole way from a rule to a message in its channel. One per process."""

    def __init__(
        self, archive: Archive, settings: Settings, clock: Clock, postbox: Postbox
    ) -> None:
        self._archive = archive
        self._settings = settings
        self._clock = clock
        self._postbox = postbox
        self._sender = Sender(archive, clock, postbox, Pacer())
        self._awake_since: datetime | None = None
        self._busy = asyncio.Lock()

    async def tick(self) -> None:
        """Plan what is due, send what is planned. Does nothing until channels are known."""
        if not self._postbox.is_ready():
            return
        async with self._busy:
            if self._awake_since is None:
                await self._archive.write(ledger.lose_sight_of_reserved, ENDED_WHILE_SENDING)
                self._awake_since = self._clock.now()
            await plan_due(
                self._archive, self._settings, self._clock, self._postbox, self._awake_since
            )
            await self._sender.send_all()
