"""Which rules are to be looked at, so that all others cost nothing. In memory; pure."""

from collections.abc import Iterable
from datetime import datetime
from heapq import heappop, heappush


class Agenda:
    """Rules by the time of their next slot. One that is not known here is to be looked at."""

    def __init__(self) -> None:
        self._at_once: set[int] = set()
        self._later: dict[int, datetime] = {}
        self._by_time: list[
            tuple[datetime, int]
        ] = []  # a heap; what ``_later`` lacks is out of date

    def look_at(self, rule_ids: Iterable[int]) -> None:
        """These were changed, or one of their slots was forgotten."""
        for rule_id in rule_ids:
            self._later.pop(rule_id, None)
            self._at_once.add(rule_id)

    def put_off(self, rule_id: int, until: datetime) -> None:
        """Nothing of the rule is due before."""
        self._at_once.discard(rule_id)
        self._later[rule_id] = until
        heappush(self._by_time, (until, rule_id))

    def drop(self, rule_id: int) -> None:
        """There is no such rule any more, or nothing of it will be due until it is changed."""
        self._at_once.discard(rule_id)
        self._later.pop(rule_id, None)

    def due(self, now: datetime) -> list[int]:
        """The rules to look at, oldest first; they stay so until they are put off or dropped."""
        while self._by_time and self._by_time[0][0] <= now:
            until, rule_id = heappop(self._by_time)
            if self._later.get(rule_id) == until:
                del self._later[rule_id]
                self._at_once.add(rule_id)
        return sorted(self._at_once)
