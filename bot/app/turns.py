"""One question of a member after the other, whoever else asks meanwhile.

The archive has few readers (``bot.store.archive.READERS``): a member who asks twenty dear things at
once takes one of them, and the others stay free.
"""

from asyncio import Lock
from weakref import WeakValueDictionary


class MemberTurns:
    def __init__(self) -> None:
        self._locks: WeakValueDictionary[int, Lock] = WeakValueDictionary()

    def of(self, member_id: int) -> Lock:
        """To be held while the archive is asked for this member."""
        return self._locks.setdefault(member_id, Lock())
