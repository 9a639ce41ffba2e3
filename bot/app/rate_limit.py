"""How often a member may ask. One who holds a button down must not slow down everybody else."""

from collections import deque
from datetime import datetime, timedelta

from discord import app_commands

# Turning pages quickly is one press a second; a whole digest's buttons are twenty.
MAX_REQUESTS = 20
WITHIN = timedelta(seconds=20)
# Members remembered before those who asked nothing lately are forgotten.
_MAX_MEMBERS = 5_000


class MemberRateLimiter:
    """Counts commands, buttons and forms together, for each member and over all servers."""

    def __init__(self, most: int = MAX_REQUESTS, within: timedelta = WITHIN) -> None:
        self._most = most
        self._within = within
        self._asked: dict[int, deque[datetime]] = {}

    def check(self, member_id: int, now: datetime) -> None:
        """Note that the member asks. Raises CommandOnCooldown when that is too often."""
        if len(self._asked) >= _MAX_MEMBERS:
            self._forget(now)
        asked = self._asked.setdefault(member_id, deque())
        while asked and asked[0] <= now - self._within:
            asked.popleft()
        if len(asked) >= self._most:
            wait = (asked[0] + self._within - now).total_seconds()
            limit = app_commands.Cooldown(self._most, self._within.total_seconds())
            raise app_commands.CommandOnCooldown(limit, wait)
        asked.append(now)

    def _forget(self, now: datetime) -> None:
        old = now - self._within
        self._asked = {who: asked for who, asked in self._asked.items() if asked[-1] > old}
