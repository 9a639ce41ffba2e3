"""How often a member may ask. One who holds a button down must not slow down everybody else."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from discord import app_commands

# Turning pages quickly is one press a second; a whole digest's buttons are twenty.
MAX_REQUESTS = 20
WITHIN = timedelta(seconds=20)


class MemberRateLimiter:
    """Counts commands, buttons and forms together, for each member and over all servers."""

    def __init__(self, most: int = MAX_REQUESTS, within: timedelta = WITHIN) -> None:
        self._most = most
        self._within = within
        self._asked: OrderedDict[int, deque[datetime]] = OrderedDict()  # who asked last comes last

    def check(self, member_id: int, now: datetime) -> None:
        """Note that the member asks. Raises CommandOnCooldown when that is too often."""
        self._forget(now)
        asked = self._asked.get(member_id, deque())
        while asked and asked[0] <= now - self._within:
            asked.popleft()
        if len(asked) >= self._most:
            wait = (asked[0] + self._within - now).total_seconds()
            limit = app_commands.Cooldown(self._most, self._within.total_seconds())
            raise app_commands.CommandOnCooldown(limit, wait)
        asked.append(now)
        self._asked[member_id] = asked
        self._asked.move_to_end(member_id)

    def _forget(self, now: datetime) -> None:
        """Who asked nothing lately, the longest ago first: as many as have come since, no more."""
        old = now - self._within
        while self._asked and next(iter(self._asked.values()))[-1] <= old:
            self._asked.popitem(last=False)
