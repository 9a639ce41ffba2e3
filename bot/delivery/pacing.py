"""Keeps all sends together under Discord's limit for one bot."""

import asyncio

# Discord allows a bot 50 requests a second in all (topics/rate-limits). The margin is for what
# else the bot asks for; answers to interactions do not count.
REQUESTS_PER_SECOND = 49.0


class Pacer:
    """Lets callers pass one by one, evenly spaced."""

    def __init__(self, per_second: float = REQUESTS_PER_SECOND) -> None:
        self._interval = 1 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Return when it is this caller's turn. Never lets a burst through after a pause."""
        loop = asyncio.get_running_loop()
        turn = max(self._next, loop.time())
        self._next = turn + self._interval
        await asyncio.sleep(turn - loop.time())
