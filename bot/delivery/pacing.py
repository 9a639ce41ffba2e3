"""Keeps all sends together under Discord's limit for one bot."""

import asyncio
from math import ceil

# Discord allows a bot 50 requests a second in all (topics/rate-limits). What is left free is for
# what else the bot asks for and for requests that overtake each other on their way: in the
# fullest second 47.7 go out and one more that opens it, half of one made up for, and 17 ms of
# jitter fill the rest. Answers to interactions do not count.
REQUESTS_PER_SECOND = 47.7
# The slowest answer that is still to be expected while all is well.
ANSWER_SECONDS = 5.0
# So many requests may wait for their answers: then there is always room for the next, as the
# oldest, which has to make room for it, was sent longer ago than that.
UNANSWERED = ceil(REQUESTS_PER_SECOND * ANSWER_SECONDS)
# What a late turn may make up for. Without it every oversleeping of the loop would be lost.
SLACK_SECONDS = 0.01


class Pacer:
    """Lets callers pass one by one, evenly spaced, in the order they came."""

    def __init__(self, per_second: float = REQUESTS_PER_SECOND) -> None:
        self._interval = 1 / per_second
        self._next = 0.0
        self._door = asyncio.Lock()

    async def turn(self) -> None:
        """Return when it is this caller's turn. Never lets a burst through after a pause."""
        clock = asyncio.get_running_loop().time
        async with self._door:
            await asyncio.sleep(self._next - clock())
            self._next = max(self._next, clock() - SLACK_SECONDS) + self._interval
