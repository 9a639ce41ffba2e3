"""How many requests were sent, and to whom. Only what went out on the wire is counted."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

_DAYS_KEPT = 8


@dataclass(slots=True)
class Count:
    """The requests sent within a ``with http.counting()`` block, tasks started in it included."""

    requests: int = 0


class Requests:
    """Read-only to everyone but the client. Hosts carry their port where it is unusual."""

    def __init__(self) -> None:
        self._hosts: Counter[str] = Counter()
        self._gates: Counter[str] = Counter()
        self._days: dict[date, Counter[str]] = {}
        self._open: ContextVar[tuple[Count, ...]] = ContextVar("open_counts", default=())

    @property
    def total(self) -> int:
        return self._hosts.total()

    @property
    def by_host(self) -> Mapping[str, int]:
        return MappingProxyType(self._hosts)

    @property
    def by_gate(self) -> Mapping[str, int]:
        """Requests that named no gate are not in here."""
        return MappingProxyType(self._gates)

    def of_day(self, day: date) -> Mapping[str, int]:
        """By host, for one of the last eight UTC days on which requests were made."""
        return MappingProxyType(self._days.get(day, Counter()))

    @contextmanager
    def counting(self) -> Iterator[Count]:
        count = Count()
        token = self._open.set((*self._open.get(), count))
        try:
            yield count
        finally:
            self._open.reset(token)

    def add(self, host: str, gate: str, day: date) -> None:
        self._hosts[host] += 1
        if gate:
            self._gates[gate] += 1
        self._days.setdefault(day, Counter())[host] += 1
        while len(self._days) > _DAYS_KEPT:
            del self._days[min(self._days)]
        for count in self._open.get():
            count.requests += 1
